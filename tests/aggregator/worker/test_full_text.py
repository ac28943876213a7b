"""Whole texts: from a feed's new entries through robots.txt, their pages and the parse process into the store."""

from __future__ import annotations

import gzip

import pytest

from aggregator.model.fault import FaultCode
from aggregator.model.subscription import NewSubscription
from aggregator.services import subscribing
from aggregator.services.accounts import operator
from aggregator.sources.clean import HtmlCleaner
from aggregator.sources.document import read_document
from aggregator.sources.job import ParseJob
from aggregator.store import entries, feeds, subscriptions
from aggregator.update.schedule import LONGEST
from aggregator.worker.full_text import FullTexts
from tests.aggregator.worker.loopback import NOW, add, due, get, rss, run

SENTENCES = "".join(
    f"<p>In paragraph {n} the boats <b>rose</b> with the tide and nobody was late.</p>" for n in range(20)
)
PAGE = (
    "<!doctype html><html><head><title>Tide</title></head><body><nav><a href='/'>Menu entry</a></nav>"
    f"<article><h1>Tide</h1>{SENTENCES}<p onclick='alert(1)'>The <a href='javascript:alert(1)'>end</a> of it."
    "<script>alert(1)</script></p></article><footer>Imprint of the paper</footer></body></html>"
).encode()


@pytest.fixture
def feed(desk, server):
    """A feed whose entry links to a page of the same server, with whole texts on."""
    link = server.put("/a", PAGE, Content_Type="text/html")
    address = server.put("/feed", rss("a").replace(b"https://paper.example/a<", link.encode() + b"<"))
    (feed_id,) = add(desk, address)
    with desk.database.write() as conn:
        feeds.set_full_text(conn, feed_id, "")
    return feed_id


def entry_and_body(desk, feed_id):
    with desk.database.read() as conn:
        (entry,) = entries.iter_entries(conn, feed_id=feed_id, limit=10)
        return entry, entries.get_body(conn, entry.id)


def allow(server, rules=b"User-agent: *\nDisallow: /private\n", **headers):
    server.put("/robots.txt", rules, **headers)


def test_an_entry_gets_the_text_of_its_page(desk, server, feed):
    allow(server)
    due(desk)
    entry, body = entry_and_body(desk, feed)
    assert "In paragraph 19 the boats" in body.content_html
    assert "Menu entry" not in body.content_html
    assert "Imprint" not in body.content_html
    assert entry.words > 200
    assert get(desk, feed).full_text == ""


def test_the_text_goes_through_the_one_cleaner(desk, server, feed):
    allow(server)
    due(desk)
    _, body = entry_and_body(desk, feed)
    assert "alert" not in body.content_html
    assert HtmlCleaner().clean(body.content_html, None) == body.content_html


@pytest.mark.parametrize("rules", [b"User-agent: *\nDisallow: /\n", b"User-agent: Broadsheet\nDisallow: /a\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_robots_txt_is_obeyed_and_that_is_told(desk, server, feed, rules, packed):
    allow(server, gzip.compress(rules) if packed else rules, **({"Content_Encoding": "gzip"} if packed else {}))
    due(desk)
    _, body = entry_and_body(desk, feed)
    assert "In paragraph" not in body.content_html + body.summary_html
    assert server.asked["/a"] == 0
    assert get(desk, feed).full_text == "robots"


def test_a_site_without_robots_txt_allows_its_pages(desk, server, feed):
    server.put("/robots.txt", status=404)
    due(desk)
    assert "In paragraph 19" in entry_and_body(desk, feed)[1].content_html


def test_a_site_whose_robots_txt_fails_allows_nothing(desk, server, feed):
    server.put("/robots.txt", status=503)
    due(desk)
    assert server.asked["/a"] == 0
    assert get(desk, feed).full_text == "robots"


def test_a_page_that_cannot_be_had_leaves_what_the_feed_brought(desk, server, feed):
    allow(server)
    server.put("/a", status=500)
    due(desk)
    entry, body = entry_and_body(desk, feed)
    assert "About Title a" in body.content_html + body.summary_html
    assert get(desk, feed).full_text == "status"
    assert entry.title == "Title a"


def test_a_page_with_less_than_the_feed_changes_nothing(desk, server, feed):
    allow(server)
    server.put("/a", b"<html><body><p>Gone.</p></body></html>")
    due(desk)
    assert "About Title a" in "".join(vars_of(entry_and_body(desk, feed)[1]))


def vars_of(body):
    return body.content_html, body.summary_html


def test_a_known_entry_is_not_fetched_again(desk, server, feed, clock):
    allow(server)
    due(desk)
    with desk.database.read() as conn:
        clock.instant = feeds.get_feed(conn, feed).schedule.due
    due(desk, steady=lambda: 1e9)
    assert server.asked["/a"] == 1


def test_without_the_wish_no_page_is_asked_for(desk, server, feed):
    with desk.database.write() as conn:
        feeds.set_full_text(conn, feed, None)
    allow(server)
    due(desk)
    assert (server.asked["/robots.txt"], server.asked["/a"]) == (0, 0)


def test_safety_08_a_link_into_a_private_network_is_not_followed(desk, server):
    address = server.put("/feed", rss("a").replace(b"https://paper.example/a<", b"http://10.0.0.1/a<"))
    (feed_id,) = add(desk, address)
    with desk.database.write() as conn:
        feeds.set_full_text(conn, feed_id, "")
    due(desk)
    assert get(desk, feed_id).full_text in {"robots", "refused-address"}


def subscribed(desk, feed):
    with desk.database.write() as conn:
        feeds.set_full_text(conn, feed, None)
        subscriptions.add_subscription(conn, operator(desk).group, NewSubscription(feed), now=NOW)


def test_switching_it_on_fetches_the_newest_entries_once_more(desk, server, feed, clock):
    allow(server)
    subscribed(desk, feed)
    due(desk)
    assert "In paragraph" not in entry_and_body(desk, feed)[1].content_html
    subscribing.set_full_text(desk, operator(desk), feed, on=True)
    clock.instant += LONGEST
    due(desk)
    assert "In paragraph 19" in entry_and_body(desk, feed)[1].content_html
    clock.instant += LONGEST
    due(desk)
    assert server.asked["/a"] == 1


HOSTILE_PAGES = {
    "nested": b"<html><body>" + b"<div>" * 100_000 + b"deep",
    "large": b"<html><body><article>" + b"<p>Words in the boat. " * 250_000,
    "scripts": b"<html><body><article>" + b"<script>alert(1)</script><p onclick=alert(1)>Boats again</p>" * 5_000,
    "not text": bytes(range(256)) * 4_000,
}


HEAVY = (
    b"<html><body><article><h1>Tide</h1>"
    + SENTENCES.encode()
    + (b"<div onclick=alert(1)><span><script>alert(1)</script><b style='x'>Boats again and again. </b>" * 500)
    + b"</span></div>" * 500
) * 97


def test_safety_16_five_megabytes_of_scripts_and_nesting_cost_their_own_text_alone(desk, server):
    """Its entry keeps what the feed brought and a page can say why; the next one is whole."""
    allow(server)
    assert len(HEAVY) > 5 * 2**20
    links = [server.put("/heavy", HEAVY, Content_Type="text/html"), server.put("/a", PAGE, Content_Type="text/html")]
    body = rss("heavy", "a")
    for name, link in zip((b"heavy", b"a"), links, strict=True):
        body = body.replace(b"https://paper.example/" + name + b"<", link.encode() + b"<")
    (feed_id,) = add(desk, server.put("/feed", body))
    with desk.database.write() as conn:
        feeds.set_full_text(conn, feed_id, "")
    assert due(desk).entries_new == 2
    with desk.database.read() as conn:
        texts = {
            entry.title: entries.get_body(conn, entry.id)
            for entry in entries.iter_entries(conn, feed_id=feed_id, limit=10)
        }
    assert "In paragraph 19" in texts["Title a"].content_html
    heavy = "".join(vars_of(texts["Title heavy"]))
    assert "About Title heavy" in heavy or "In paragraph 19" in heavy
    assert "alert" not in heavy
    assert get(desk, feed_id).full_text in {"", FaultCode.PARSER_LIMIT.value}


@pytest.mark.parametrize("name", HOSTILE_PAGES)
def test_safety_16_a_hostile_page_is_contained(desk, server, feed, name):
    allow(server)
    server.put("/a", HOSTILE_PAGES[name], Content_Type="text/html")
    assert due(desk).entries_new == 1
    entry, body = entry_and_body(desk, feed)
    assert entry.title == "Title a"
    assert "alert" not in body.content_html
    assert len(body.content_html) <= 2 * 2**20


def test_safety_13_pages_are_not_fetched_around_the_proxy_of_their_feed(desk, server):
    allow(server)
    link = server.put("/a", PAGE, Content_Type="text/html")
    body = rss("a").replace(b"https://paper.example/a<", link.encode() + b"<")
    document = read_document(ParseJob(body, "", "", link, None, None, frozenset(), NOW))

    async def fill(staff):
        return await FullTexts(staff.outbound, staff.pool, lambda: 0.0).fill(document, NOW, "socks5h://127.0.0.1:9")

    assert run(desk, fill) == (document, "robots")
    assert (server.asked["/robots.txt"], server.asked["/a"]) == (0, 0)


def test_safety_07_a_page_that_leads_inward_is_not_followed(desk, server, feed):
    allow(server)
    server.put("/a", status=302, Location="http://10.0.0.1/secret")
    due(desk)
    assert get(desk, feed).full_text == "refused-address"
