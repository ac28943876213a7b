"""Servers that a steward keeps out: nothing of theirs is asked for, taken, found or handed on (safety 50)."""

from __future__ import annotations

import json

import pytest

from aggregator.model.fault import FaultCode
from aggregator.model.job import ItemState
from aggregator.services import accounts, federating, importing, searching
from aggregator.store import entries
from tests.aggregator.worker.loopback import add, get, rss, run
from tests.aggregator.worker.peer import Peer, opened, texts

BAD = "https://bad.example/notes/1"
OPML = b"""<opml version="2.0"><head/><body>
<outline type="rss" text="Bad" xmlUrl="https://sub.bad.example/feed"/>
<outline type="rss" text="Fine" xmlUrl="https://fine.example/feed"/></body></opml>"""


@pytest.fixture
def steward(desk):
    return accounts.operator(desk)


def status(uri, text, **more):
    return {
        "uri": uri, "url": uri, "visibility": "public", "created_at": "2026-11-22T10:00:00Z",
        "account": {"acct": "ana", "uri": "https://fine.example/users/ana"}, "content": f"<p>{text}</p>",
    } | more  # fmt: skip


def timeline(server, *statuses):
    path = "/api/v1/timelines/tag/boats?limit=40"
    return server.put(path, json.dumps(statuses).encode(), content_type="application/json")


@pytest.fixture
def boats(desk, server):
    """A hashtag's timeline with a post of a server, one of another, and a boost of the first by somebody else."""
    boosted = status("https://fine.example/notes/9", "", reblog=status("https://sub.bad.example/notes/2", "Herring"))
    address = timeline(server, status(BAD, "Mackerel"), status("https://fine.example/notes/1", "Halibut"), boosted)
    (feed,) = add(desk, address)
    return feed


def fetch(desk):
    run(desk, lambda staff: staff.loop.these(None))


def found(desk, steward, words):
    return [hit.seen.entry.excerpt for hit in searching.search(desk, steward, words).items]


def test_safety_50_posts_and_boosts_of_a_server_kept_out_are_not_taken_from_timelines(desk, steward, boats):
    federating.block(desk, steward, "bad.example", None)
    fetch(desk)
    assert ["Halibut"] == texts(desk, boats)


def test_safety_50_search_finds_nothing_of_a_server_kept_out(desk, steward, boats):
    fetch(desk)
    assert ["Mackerel"] == found(desk, steward, "mackerel")
    federating.block(desk, steward, "bad.example", None)
    assert ["Halibut"] == texts(desk, boats)
    assert [[], []] == [found(desk, steward, words) for words in ("mackerel", "herring")]


def test_safety_50_what_is_quoted_from_a_server_kept_out_is_not_named(desk, steward, server):
    federating.block(desk, steward, "bad.example", None)
    ana = Peer(server)
    quoting = [ana.note(1, "See this", quote=BAD), ana.note(2, "And that", quote="https://fine.example/notes/1")]
    ana.outbox(*map(ana.create, quoting))
    (feed,) = opened(desk, ana)
    with desk.database.read() as conn:
        held = entries.iter_entries(conn, feed_id=feed, limit=9)
    quotes = {each.excerpt: each.extras.quote for each in held}
    assert {"See this": None, "And that": "https://fine.example/notes/1"} == quotes


def test_safety_50_a_feed_of_a_server_kept_out_is_not_asked(desk, steward, server):
    (feed,) = add(desk, server.put("/feed", rss("a")))
    federating.block(desk, steward, "127.0.0.1", None)
    fetch(desk)
    assert 0 == server.asked.total()
    assert FaultCode.BLOCKED is get(desk, feed).health.fault.code
    federating.unblock(desk, steward, "127.0.0.1")
    fetch(desk)
    assert 1 == server.asked["/feed"]


def test_safety_50_source_lists_leave_out_and_refuse_what_is_kept_out(desk, steward):
    importing.start_import(desk, steward, "all", OPML)
    importing.run_waiting(desk)
    federating.block(desk, steward, "bad.example", None)
    handed = importing.export_opml(desk, steward)
    assert (False, True) == (b"bad.example" in handed, b"fine.example" in handed)
    items = importing.preview(desk, steward, OPML).items
    assert [(ItemState.REFUSED, "blocked"), (ItemState.ALREADY, None)] == [(each.state, each.note) for each in items]
