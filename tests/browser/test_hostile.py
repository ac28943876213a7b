"""Hostile publishers, shown in Chromium by a server that sends no policy: what is stored has to be harmless alone."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from playwright.sync_api import Error as PlaywrightError
from werkzeug.serving import make_server

from aggregator.model.feed import Validators
from aggregator.model.mailbox import Mailbox
from aggregator.model.sharing import Sharing
from aggregator.services import importing, newsletters, sharing, subscribing
from aggregator.store import entries, feeds, leases
from aggregator.update.outcome import Arrived
from aggregator.update.pipeline import store
from aggregator.update.schedule import Wish
from aggregator.worker.letters import LetterBox
from tests.aggregator.outbound.imap import ImapServer
from tests.aggregator.sources.fediverse.making import create, note, read
from tests.aggregator.worker.loopback import Server, due, run
from tests.browser import hostile
from tests.browser.hostile import VECTORS
from tests.web.newsroom import Newsroom
from web import create_app

pytestmark = pytest.mark.timeout(400)  # two hundred pages each
SAMPLE = VECTORS[::4]
BOOM = "window.boomed = 0; window.boom = () => { window.boomed += 1; }; window.alert = window.boom;"
# What must not be on any page, wherever it comes from: run, handlers, elements, addresses. Our scripts have a nonce.
LOOK = """() => {
    const found = window.boomed ? ["it ran"] : [];
    const forbidden = "iframe, frame, object, embed, applet, base, math, marquee, style, meta[http-equiv], "
        + "video, source, area, template:not([id]), .prose svg, .prose form, .prose input, .prose button";
    for (const element of document.querySelectorAll(forbidden)) found.push(element.outerHTML);
    for (const script of document.scripts) if (!script.nonce) found.push(script.outerHTML);
    for (const element of document.querySelectorAll("*")) {
        for (const attribute of element.attributes) {
            if (/^on|^(style|srcdoc|ping|srcset)$/i.test(attribute.name)) {
                found.push(element.outerHTML);
            }
        }
        for (const name of ["href", "src", "action", "formAction", "data", "poster"]) {
            const value = element.getAttribute(name) === null ? null : element[name];
            if (typeof value === "string" && value && !/^(https?|mailto|geo):/.test(value)) found.push(value);
            if (typeof value === "string" && ["src", "poster"].includes(name) && !value.startsWith(location.origin)) {
                found.push(value);
            }
        }
        for (const kind of ["mouseover", "pointerenter", "focus", "toggle", "error", "load", "animationstart"]) {
            element.dispatchEvent(new Event(kind));
        }
    }
    return window.boomed ? [...found, "it ran when touched"] : found;
}"""

LOOK_ELSEWHERE = """() => {
    const FORBIDDEN = /^(script|iframe|object|embed|base|meta|link|style|svg|math|form|input)$/i;
    const HANDLERS = /^on|^(style|srcdoc|ping|srcset)$/i;
    return [
    ...(window.boomed ? ["it ran"] : []),
    ...[...document.querySelectorAll("div *")].flatMap((element) => [
        ...[element.tagName].filter((name) => FORBIDDEN.test(name)),
        ...[...element.attributes].map((each) => each.name).filter((name) => HANDLERS.test(name)),
        ...(element.href && !/^(https?|mailto):/.test(element.href) ? [element.href] : []),
    ]),
];}"""


@pytest.fixture
def publisher():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def imap(tmp_path):
    server = ImapServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def newsroom(tmp_path, publisher, imap):
    room = Newsroom(tmp_path / "data", allow_private_hosts=(publisher.host, f"127.0.0.1:{imap.port}"))
    yield room
    room.close()


@pytest.fixture
def address(newsroom):
    """Serve the pages with the policy taken off every answer."""
    app = create_app(newsroom.settings, desk=newsroom.desk)
    inner = app.wsgi_app

    def without_policy(environ, start_response):
        def start(status, headers, exc_info=None):
            return start_response(status, [h for h in headers if h[0] != "Content-Security-Policy"], exc_info)

        return inner(environ, start)

    app.wsgi_app = without_policy
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def victim(open_reader, newsroom):
    """Somebody whose browser would run anything."""
    reader = open_reader()
    reader.dialogs = []
    reader.page.on("dialog", lambda dialog: (reader.dialogs.append(dialog.message), dialog.dismiss()))
    reader.context.add_init_script(BOOM)
    reader.set_up(newsroom)
    return reader


def fetch(newsroom):
    """Run a real worker's round beside Chromium's own event loop, and let the pages see what came."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(due, newsroom.desk).result()
    with newsroom.desk.database.read() as conn:
        newsroom.desk.columns.sync(conn)


def subscribe(newsroom, *addresses):
    return [subscribing.add_source(newsroom.desk, newsroom.actor(), each).feed.id for each in addresses]


def uids(newsroom, *feed_ids):
    with newsroom.desk.database.read() as conn:
        found = [each for one in feed_ids for each in entries.iter_entries(conn, feed_id=one, limit=1_000)]
    return [each.uid for each in found]


def look(victim, paths):
    """Open each page and touch everything on it; gives what must not be by path."""
    found = {}
    for path in paths:
        victim.page.goto(path, wait_until="load")
        found[path] = victim.page.evaluate(LOOK)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert (victim.dialogs, victim.elsewhere) == ([], [])


def entry_paths(newsroom, *feed_ids):
    return [f"/entries/{uid}?list=front-page" for uid in uids(newsroom, *feed_ids)]


def test_the_vectors_are_live(chromium):
    """Most of them run or ask elsewhere by themselves in a bare page, so that their silence says something."""
    context = chromium.new_context()
    context.add_init_script(BOOM)
    asked = []
    context.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    live = []
    for vector in VECTORS:
        asked.clear()
        page = context.new_page()
        try:
            page.set_content(f"<!doctype html><body><div>{vector}</div>", wait_until="load", timeout=5_000)
            ran = page.evaluate("window.boomed")
        except PlaywrightError:  # it led away while it was looked at
            ran = True
        if ran or any(hostile.EVIL in each for each in asked):
            live.append(vector)
        page.close()
    context.close()
    assert len(VECTORS) >= 100
    assert len(live) >= len(VECTORS) // 2


def test_safety_24_no_vector_does_anything_in_any_place_of_a_feed(victim, newsroom, publisher):
    documents = {
        "/rss": hostile.rss(VECTORS),
        "/broken": hostile.rss(SAMPLE, title=VECTORS[10], broken=True),
        "/atom": hostile.atom(SAMPLE),
        "/json": hostile.json_feed(SAMPLE),
    }
    fed = subscribe(newsroom, *(publisher.put(path, body) for path, body in documents.items()))
    fetch(newsroom)
    kept = [len(uids(newsroom, one)) for one in fed]
    assert kept == [len(VECTORS), *[len(SAMPLE)] * 3]
    sources = [f"/sources/{one}" for one in fed]
    lists = (
        "/lists/front-page",
        "/lists/front-page?rule=newest-first",
        "/lists/front-page/further-down",
        "/search?words=kelp",
    )
    look(victim, [*lists, "/sources", "/sources/voices", *sources, *entry_paths(newsroom, *fed)])


def test_safety_24_nor_in_whole_texts_posts_and_source_lists(victim, newsroom, publisher):
    publisher.put("/robots.txt", status=404)
    links = [publisher.put(f"/page{n}", hostile.page(each), Content_Type="text/html") for n, each in enumerate(SAMPLE)]
    parts = [slice(start, start + 10) for start in range(0, len(SAMPLE), 10)]
    texts = [
        publisher.put(f"/texts{part.start}", hostile.rss(SAMPLE[part], links=tuple(links[part]))) for part in parts
    ]
    whole = subscribe(newsroom, *texts)
    with newsroom.desk.database.write() as conn:
        for one in whole:
            feeds.set_full_text(conn, one, "")
    (posts,) = subscribe(newsroom, "https://reef.example/users/ana")
    post(newsroom, posts)
    fetch(newsroom)
    assert sum("In paragraph" in body for body in bodies(newsroom, whole)) >= len(SAMPLE) * 3 // 4
    job = importing.start_import(newsroom.desk, newsroom.actor(), VECTORS[10], hostile.opml(VECTORS))
    importing.run_waiting(newsroom.desk)
    look(victim, ["/sources", "/import", f"/import/{job}", "/lists/new", *entry_paths(newsroom, *whole, posts)])


def test_safety_24_nor_in_newsletters(victim, newsroom, imap):
    vectors = VECTORS[1::3]
    imap.letters = {n: hostile.letter(n, vector) for n, vector in enumerate(vectors, 1)}
    box = Mailbox("127.0.0.1", "us", imap.password, port=imap.port)
    newsletters.set_mailbox(newsroom.desk, newsroom.actor(), box)
    with ThreadPoolExecutor(1) as beside:
        beside.submit(run, newsroom.desk, lambda staff: read_box(newsroom.desk, staff, imap)).result()
    with newsroom.desk.database.read() as conn:
        newsroom.desk.columns.sync(conn)
    sources = subscribing.sources(newsroom.desk, newsroom.actor())
    fed = [source.feed.id for source in sources]
    assert {source.feed.address for source in sources} == {f"newsletter:kelp{n}@letters.example" for n in range(3)}
    assert len(uids(newsroom, *fed)) == len(vectors)  # not one letter is lost
    pages = ("/sources", "/sources/newsletters", "/lists/front-page", "/search?words=kelp")
    look(victim, [*pages, *(f"/sources/{one}" for one in fed), *entry_paths(newsroom, *fed)])
    assert "4711" not in "".join(bodies(newsroom, fed))


async def read_box(desk, staff, imap):
    await LetterBox(desk, staff.pool, staff.records, context=imap.trust).run()


def bodies(newsroom, feed_ids):
    with newsroom.desk.database.read() as conn:
        held = [each for one in feed_ids for each in entries.iter_entries(conn, feed_id=one, limit=1_000)]
        return [entries.get_body(conn, each.id).content_html for each in held]


@pytest.mark.usefixtures("worker")
def test_safety_24_nor_in_transcripts_and_chapters(victim, newsroom, publisher):
    vectors = VECTORS[2::6]
    for path, body in hostile.said(vectors).items():
        publisher.put(path, body, Content_Type="text/html" if path.endswith("html") else "text/plain")
    feed = publisher.put("/recordings", hostile.recordings(vectors, f"http://{publisher.host}"))
    fed = subscribe(newsroom, feed)
    fetch(newsroom)
    paths = [f"/entries/{uid}" for uid in uids(newsroom, *fed)]
    assert len(paths) == len(vectors)
    look(victim, [f"{path}?chapters=1" for path in paths])
    look(victim, [f"{path}/transcripts/{n}" for path in paths for n in range(len(hostile.FORMS))])
    assert {"kelp" in victim.page.request.get(f"{path}/transcripts/1").text() for path in paths} == {True}


def _note(number, vector):
    tags = [{"type": "Hashtag", "name": vector, "href": vector}]
    files = [{"type": "Document", "mediaType": "image/png", "url": vector, "name": vector}]
    return note(number, name=vector, content=vector, summary=vector, url=vector, tag=tags, attachment=files)


def post(newsroom, feed_id):
    """Store posts as an outbox brings them."""
    told = [create(_note(n, vector)) for n, vector in enumerate(SAMPLE)]
    now = newsroom.desk.clock.now()
    with newsroom.desk.database.write() as conn:
        leased = leases.lease_due(conn, now=now, until=now + timedelta(minutes=1), worker="test", limit=100)
        for each in leased:
            if each.id != feed_id:
                leases.set_due(conn, each.id, now)
    (feed,) = (each for each in leased if each.id == feed_id)
    store(newsroom.desk.database, [Arrived(feed, read(*told), Validators(), Wish(), None)], now=now)
    assert len(uids(newsroom, feed_id)) == len(SAMPLE)


def test_safety_24_what_goes_out_is_harmless_in_another_reader(victim, newsroom, publisher):
    subscribe(newsroom, publisher.put("/rss", hostile.rss(VECTORS, title=VECTORS[10])))
    fetch(newsroom)
    sharing.set_sharing(newsroom.desk, newsroom.actor(), "front-page", Sharing(public=False, full_text=True))
    for kind in ("atom", "rss"):
        victim.page.goto(f"/lists/front-page.{kind}", wait_until="load")
        assert victim.page.evaluate("window.boomed || 0") == 0
    written = {kind: victim.page.request.get(f"/lists/front-page.{kind}").text() for kind in ("atom", "rss", "json")}
    shown = [item["content_html"] for item in json.loads(written["json"])["items"]]
    shown += map(unescape, re.findall(r'<content[^>]* type="html"[^>]*>([^<]*)</content>', written["atom"]))
    shown += map(unescape, re.findall(r"<(?:description|content:encoded)>([^<]*)<", written["rss"]))
    assert len(shown) >= 60
    assert sum("kelp" in each for each in shown) >= 60
    page = victim.context.new_page()
    asked = []
    page.route("**/*", lambda route: (asked.append((route.request.resource_type, route.request.url)), route.abort()))
    for one in shown:
        page.set_content(f"<!doctype html><div>{one}</div>", wait_until="load")
        assert page.evaluate(LOOK_ELSEWHERE) == [], one
    assert {kind for kind, _ in asked} <= {"image"}  # another reader shows pictures as it likes
    assert victim.dialogs == []
