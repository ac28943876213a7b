"""Sources of the fediverse, from a handle to entries, on a real server."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from aggregator.model.discovery import DiscoveredFeed
from aggregator.model.fault import FaultCode
from aggregator.services.instance_actor import ensure_key
from aggregator.sources.fediverse.signatures import Request, Scheme, claim_of
from aggregator.store import blocks, entries
from aggregator.text.address import ACTOR_MARK
from aggregator.update.schedule import LONGEST
from aggregator.worker.discovering import discover
from tests.aggregator.worker.loopback import add, due, get, opened_desk, run
from tests.aggregator.worker.peer import Peer, texts


@pytest.fixture
def desk(tmp_path, server, clock):
    with opened_desk(tmp_path, server, clock, public_url="https://news.example") as desk:
        yield desk


@pytest.fixture
def ana(server):
    return Peer(server)


def added(desk, peer):
    (feed,) = add(desk, peer.id + ACTOR_MARK)
    due(desk)
    return feed


def again(desk, clock):
    clock.instant += LONGEST
    return due(desk)


def test_an_actor_is_found_by_its_profile(desk, server, ana):
    for path in ("/@ana", "/users/ana", "/users/ana" + ACTOR_MARK):
        found = run(desk, lambda staff, path=path: discover(staff, f"http://{server.host}{path}", desk.clock.now()))
        assert (DiscoveredFeed(ana.id + ACTOR_MARK, "Ana"),) == found.feeds


def test_an_actor_that_wants_no_programs_is_told_so(desk, ana):
    ana.show(summary="#nobot")
    found = run(desk, lambda staff: discover(staff, ana.id + ACTOR_MARK, desk.clock.now()))
    assert FaultCode.UNWELCOME in [tried.fault.code for tried in found.tried if tried.fault]


def test_an_outbox_becomes_entries_that_change_and_go(desk, clock, ana):
    one, two = ana.note(1, "First words"), ana.note(2, "Second words")
    ana.outbox(ana.create(two), ana.create(one))
    feed = added(desk, ana)
    assert ["First words", "Second words"] == texts(desk, feed)
    ana.outbox(ana.create(two | {"content": "<p>Second thoughts</p>"}), ana.create(one))
    again(desk, clock)
    assert ["First words", "Second thoughts"] == texts(desk, feed)
    ana.put("/notes/2", {"id": two["id"], "type": "Tombstone"}, status=410)
    ana.outbox(ana.create(ana.note(3, "Third words")), ana.create(one))
    again(desk, clock)
    assert ["First words", "Third words"] == texts(desk, feed)


def test_a_boost_is_fetched_from_its_own_host_once(desk, clock, server, ana):
    bo = Peer(server, "bo")
    post = bo.note(7, "Worth a look")
    ana.outbox(ana.activity("Announce", post["id"]))
    feed = added(desk, ana)
    assert ["Worth a look"] == texts(desk, feed)
    with desk.database.read() as conn:
        (entry,) = entries.iter_entries(conn, feed_id=feed, limit=9)
    assert (("Ana",), [bo.id]) == (entry.extras.boosted_by, [author.uri for author in entry.authors])
    again(desk, clock)
    assert 1 == server.asked["/notes/7"]


def test_pages_are_read_back_to_what_is_known_and_no_further(desk, clock, server, ana):
    def page(number, *items):
        told = {"id": f"{ana.id}/outbox?page={number}", "type": "OrderedCollectionPage", "orderedItems": list(items)}
        ana.put(f"/users/ana/outbox?page={number}", told | {"next": f"{ana.id}/outbox?page={number + 1}"})

    ana.outbox(ana.create(ana.note(1)))
    feed = added(desk, ana)
    for number in range(1, 5):
        page(number, ana.create(ana.note(10 - number, f"New {number}")))
    page(5, ana.create(ana.note(1)))
    again(desk, clock)
    assert 5 == len(texts(desk, feed))
    assert 0 == server.asked["/users/ana/outbox?page=6"]


def test_safety_49_an_endless_outbox_ends(desk, clock, server, ana):
    ana.outbox(ana.create(ana.note(1)))
    feed = added(desk, ana)
    asked = []

    def endless(handler):
        asked.append(handler.path)
        number = len(asked)
        item = ana.create({**ana.note(2, f"More {number}"), "id": f"{ana.base}/notes/x{number}"})
        next_page = f"{ana.id}/outbox?page=n{number}"
        told = {"id": handler.path, "type": "OrderedCollectionPage", "orderedItems": [item], "next": next_page}
        server.pages[f"/users/ana/outbox?page=n{number}"] = endless
        body = json.dumps(told).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/activity+json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    server.pages["/users/ana/outbox?page=1"] = endless
    again(desk, clock)
    assert len(asked) <= 20
    assert 1 + len(asked) == len(texts(desk, feed))


def test_safety_49_a_page_that_leads_to_itself_is_read_once(desk, server, ana):
    ana.outbox(ana.create(ana.note(1)), next=f"{ana.id}/outbox?page=1")
    added(desk, ana)
    assert 1 == server.asked["/users/ana/outbox?page=1"]


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", "image/png", "application/ld+json"])
def test_safety_45_other_types_are_not_accepted(desk, ana, kind):
    ana.put("/users/ana", {"id": ana.id, "type": "Person", "outbox": f"{ana.id}/outbox"}, kind=kind)
    feed = added(desk, ana)
    assert get(desk, feed).health.fault.code in {FaultCode.HTML, FaultCode.NOT_A_FEED}


def test_safety_46_an_actor_of_another_host_is_not_believed(desk, ana):
    ana.show(id="https://elsewhere.example/users/ana")
    feed = added(desk, ana)
    assert get(desk, feed).health.fault is not None
    assert [] == texts(desk, feed)


def test_a_server_that_asks_for_it_gets_signed_requests(desk, server, ana):
    ensure_key(desk)
    ana.outbox(ana.create(ana.note(1, "For who signs")))
    seen = []

    def strict(path):
        page = server.pages[path]

        def answer(handler):
            headers = {name.lower(): value for name, value in handler.headers.items()}
            if "signature" not in headers:
                handler.send_response(401)
                handler.send_header("Content-Length", "0")
                handler.end_headers()
                return
            claim = claim_of(Request("GET", f"http://{server.host}{handler.path}", headers), desk.clock.now())
            seen.append((claim.key_id, claim.scheme))
            page(handler)

        server.pages[path] = answer

    for path in ("/users/ana", "/users/ana/outbox", "/users/ana/outbox?page=1"):
        strict(path)
    feed = added(desk, ana)
    assert ["For who signs"] == texts(desk, feed)
    assert {("https://news.example/actor#main-key", Scheme.CAVAGE)} == set(seen)
    assert 2 == server.asked["/users/ana"]  # once without, then with a signature
    assert 1 == server.asked["/users/ana/outbox"]


def test_safety_50_a_server_kept_out_is_not_asked(desk, clock, server, ana):
    ana.outbox(ana.create(ana.note(1)))
    feed = added(desk, ana)
    with desk.database.write() as conn:
        blocks.set_block(conn, "127.0.0.1", None, now=desk.clock.now())
    before = server.asked.total()
    clock.instant += timedelta(days=2)
    due(desk)
    assert (before, FaultCode.BLOCKED) == (server.asked.total(), get(desk, feed).health.fault.code)


def test_an_actor_that_is_gone_leaves_nothing(desk, clock, ana):
    ana.outbox(ana.create(ana.note(1)))
    feed = added(desk, ana)
    ana.put("/users/ana", b"", status=410)
    clock.instant += timedelta(days=2)
    due(desk)
    assert ([], FaultCode.GONE, True) == (texts(desk, feed), get(desk, feed).health.fault.code, get(desk, feed).paused)


def test_a_timeline_of_mastodon_is_read_by_its_api(desk, server):
    account = {"display_name": "Ana", "acct": "ana", "uri": "https://m.example/users/ana"}
    status = {
        "uri": "https://m.example/users/ana/statuses/1", "url": "https://m.example/@ana/1", "visibility": "public",
        "account": account, "content": "<p>#reef today</p>", "created_at": "2026-11-22T10:00:00Z",
        "favourites_count": 4711, "tags": [{"name": "reef"}], "language": "en", "spoiler_text": "Wet",
    }  # fmt: skip
    secret = status | {"uri": "https://m.example/users/ana/statuses/2", "visibility": "private", "content": "Hush"}
    boost = status | {"uri": "https://m.example/b/3", "reblog": status}
    address = server.put(
        "/api/v1/timelines/tag/reef?limit=40",
        json.dumps([status, secret, boost]).encode(),
        content_type="application/json",
    )
    (feed,) = add(desk, address)
    due(desk)
    with desk.database.read() as conn:
        (entry,) = entries.iter_entries(conn, feed_id=feed, limit=9)
    assert ("#reef today", ("reef",), "Wet", "en") == (
        entry.excerpt, entry.categories, entry.extras.warning, entry.language,
    )  # fmt: skip
