"""From an address on a real server to entries in a real database, and back to the server."""

import asyncio
import gzip
from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.model.fault import FaultCode
from aggregator.model.ports import RefreshReport
from aggregator.sources.identity import source_key
from aggregator.store import feeds, leases
from aggregator.update.schedule import LONGEST, MINIMUM
from aggregator.worker.fetch_loop import LEASE
from aggregator.worker.staff import open_staff
from tests.aggregator.worker.loopback import NOW, add, due, get, opened_desk, rss, run, titles


def test_a_feed_is_fetched_then_unchanged_then_changed(desk, server, clock):
    address = server.put("/feed", rss("a", "b"), etag='"1"')
    (feed,) = add(desk, address)
    assert due(desk) == RefreshReport(fetched=1, entries_new=2)
    assert titles(desk, feed) == ["Title a", "Title b"]
    clock.instant += LONGEST
    assert due(desk) == RefreshReport(not_modified=1)
    server.put("/feed", rss("c", ("a", "Corrected"), "b"), etag='"2"')
    clock.instant += LONGEST
    assert due(desk) == RefreshReport(fetched=1, entries_new=1, entries_changed=1)
    assert titles(desk, feed) == ["Corrected", "Title b", "Title c"]


def test_what_the_document_says_of_its_feed_is_kept(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a", head="<ttl>120</ttl><language>fr</language>")))
    due(desk)
    kept = get(desk, feed)
    assert (kept.title, kept.site, kept.language) == ("Paper", "https://paper.example/", "fr")
    assert kept.schedule.due - NOW >= timedelta(hours=2)
    assert (kept.health.last_ok, kept.health.fault) == (NOW, None)


def test_the_columns_hold_what_was_stored(desk, server):
    add(desk, server.put("/feed", rss("a", "b", "c")))
    due(desk)
    assert desk.columns.snapshot().alive.sum() == 3


def test_a_document_of_more_entries_than_fit_into_one_transaction(desk, server):
    (feed,) = add(desk, server.put("/feed", rss(*(f"k{n:03}" for n in range(200)))))
    assert due(desk) == RefreshReport(fetched=1, entries_new=200)
    assert len(titles(desk, feed)) == 200


def slowly(handler):
    """One byte a second; the server's end ends it."""
    server = handler.server.RequestHandlerClass
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    while not server.closing.wait(1):
        handler.wfile.write(b"x")
        handler.wfile.flush()


BOMB = gzip.compress(b"<rss>" + b" " * (64 * 2**20))
FAULTS = {
    "web-page": (b"<!doctype html><html><body>Hello</body></html>", {}, {FaultCode.HTML}),
    "other-xml": (b"<?xml version='1.0'?><note>Hi</note>", {}, {FaultCode.NOT_A_FEED}),
    "broken": (b"<?xml version='1.0'?><rss><channel><", {}, {FaultCode.BROKEN, FaultCode.NOT_A_FEED}),
    "empty": (b"", {}, {FaultCode.EMPTY}),
    "bomb": (BOMB, {"Content_Encoding": "gzip"}, {FaultCode.TOO_LARGE}),
    "no-gzip": (b"\x1f\x8b nonsense", {"Content_Encoding": "gzip"}, {FaultCode.BAD_ENCODING}),
    "missing": (b"", {"status": 404}, {FaultCode.STATUS}),
    "gone": (b"", {"status": 410}, {FaultCode.GONE}),
    "loop": (b"", {"status": 302, "Location": "/loop"}, {FaultCode.REDIRECTS}),
    "inward": (b"", {"status": 302, "Location": "http://127.0.0.1:1/"}, {FaultCode.REFUSED_ADDRESS}),
}


def test_each_failing_feed_has_its_fault_and_the_others_go_on(desk, server):
    addresses = [server.put(f"/{name}", body, **headers) for name, (body, headers, _) in FAULTS.items()]
    server.pages["/slow"] = slowly
    server.http.RequestHandlerClass.closing = server.closing
    ids = add(desk, *addresses, f"http://{server.host}/slow", "http://10.0.0.1/feed", server.put("/good", rss("a")))
    report = due(desk, seconds=1.5)
    faults = [get(desk, feed).health.fault for feed in ids]
    expected = [codes for _, _, codes in FAULTS.values()]
    assert [f.code in codes for f, codes in zip(faults[: len(FAULTS)], expected, strict=True)] == [True] * len(FAULTS)
    assert [f and f.code for f in faults[len(FAULTS) :]] == [FaultCode.TIMEOUT, FaultCode.REFUSED_ADDRESS, None]
    assert report == RefreshReport(fetched=1, failed=len(FAULTS) + 2, entries_new=1)


def test_a_failure_is_tried_again_later_and_later_and_forgotten_after_a_good_answer(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", status=500))
    waits = []
    for _ in range(3):
        due(desk)
        waits.append(get(desk, feed).schedule.due - clock.instant)
        clock.instant = get(desk, feed).schedule.due
    assert waits[1] / waits[0] == pytest.approx(2, rel=0.01)
    assert waits[2] / waits[1] == pytest.approx(2, rel=0.01)
    server.put("/feed", rss("a"))
    due(desk)
    assert (get(desk, feed).health.streak, get(desk, feed).health.fault) == (0, None)


def test_retry_after_is_kept_to_the_second(desk, server):
    (feed,) = add(desk, server.put("/feed", status=503, Retry_After="5000"))
    due(desk)
    assert get(desk, feed).schedule.due == NOW + timedelta(seconds=5000)


def test_validators_of_a_bad_document_are_not_kept(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", b"<html></html>", etag='"bad"'))
    due(desk)
    assert get(desk, feed).validators.etag is None
    server.put("/feed", rss("a"), etag='"bad"')
    clock.instant += LONGEST
    assert due(desk) == RefreshReport(fetched=1, entries_new=1)


def test_where_a_permanent_redirect_leads_is_noted(desk, server):
    target = server.put("/new", rss("a"))
    (feed,) = add(desk, server.put("/old", status=301, Location="/new"))
    due(desk)
    assert (get(desk, feed).moved_to, get(desk, feed).address) == (target, f"http://{server.host}/old")


def test_a_restart_does_not_ask_again(desk, server, clock):
    add(desk, *(server.put(f"/{n}", rss("a")) for n in range(5)))
    for _ in range(3):
        due(desk)
        clock.instant += MINIMUM / 10
    assert set(server.asked.values()) == {1}


def test_somebody_who_asks_gets_a_fetch_whether_it_is_due_or_not(desk, server):
    one, two = add(desk, server.put("/1", rss("a")), server.put("/2", rss("a")), due=NOW + timedelta(hours=5))
    assert run(desk, lambda staff: staff.loop.these([one])) == RefreshReport(fetched=1, entries_new=1)
    assert run(desk, lambda staff: staff.loop.these(None)) == RefreshReport(fetched=2, entries_new=1)
    assert server.asked == {"/1": 2, "/2": 1}
    assert two


def test_a_feed_added_under_a_later_clock_is_asked_at_once(desk, server, clock):
    add(desk, server.put("/feed", rss("a")))
    clock.instant -= timedelta(days=300)

    async def live(staff):
        await staff.loop.heal()
        return await staff.loop.due()

    assert run(desk, live) == RefreshReport(fetched=1, entries_new=1)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=365)])
@pytest.mark.parametrize("sign", [1, -1])
def test_safety_65_a_clock_that_jumps_neither_asks_too_often_nor_never_again(desk, server, clock, jump, sign):
    add(desk, server.put("/feed", rss("a")))
    elapsed = 0.0

    async def live(staff):
        """Two days in steps of ten minutes, with a jump after six hours."""
        nonlocal elapsed
        times = []
        for step in range(2 * 24 * 6):
            clock.instant += timedelta(minutes=10) + (sign * jump if step == 36 else timedelta(0))
            elapsed += 600.0
            before = server.asked["/feed"]
            await staff.loop.heal()
            await staff.loop.due()
            times += [elapsed] * (server.asked["/feed"] - before)
        return times

    times = run(desk, live, steady=lambda: elapsed)
    gaps = [b - a for a, b in pairwise(times)]
    assert min(gaps) >= MINIMUM.total_seconds()
    assert max(gaps) <= 26 * 3600


def test_two_workers_on_one_database_fetch_each_feed_once(tmp_path, desk, server, clock):
    add(desk, *(server.put(f"/{n}", rss("a")) for n in range(60)))
    with opened_desk(tmp_path, server, clock) as other:

        async def both(staff):
            async with open_staff(other) as second:
                return await asyncio.gather(staff.loop.due(), second.loop.due())

        reports = run(desk, both)
    assert sum(report.fetched for report in reports) == 60
    assert set(server.asked.values()) == {1}


def test_the_lease_of_a_dead_worker_ends_within_a_minute(desk, server, clock):
    add(desk, server.put("/feed", rss("a")))
    with desk.database.write() as conn:
        leases.lease_due(conn, now=NOW, until=NOW + LEASE, worker="dead", limit=10)
    assert due(desk) == RefreshReport()
    clock.instant += timedelta(seconds=60)
    assert due(desk) == RefreshReport(fetched=1, entries_new=1)


def test_a_feed_counts_as_its_site_once_its_document_tells_it(desk, server):
    address = server.put("/feed", rss("a"))
    (feed,) = add(desk, address)
    proposed = source_key(address, None)
    with desk.database.write() as conn:
        feeds.set_source(conn, feed, source=proposed, owner=proposed)
    due(desk)
    kept = get(desk, feed)
    assert (kept.source, kept.owner) == ("paper.example", "paper.example")


def test_a_source_somebody_chose_stays(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a")))
    with desk.database.write() as conn:
        feeds.set_source(conn, feed, source="the-paper", owner="the-owners")
    due(desk)
    kept = get(desk, feed)
    assert (kept.source, kept.owner) == ("the-paper", "the-owners")
