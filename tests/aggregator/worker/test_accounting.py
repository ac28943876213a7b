"""What is asked of others is counted and kept."""

import asyncio
from datetime import date, timedelta

from aggregator.errors import BusyError
from aggregator.model.traffic import Traffic
from aggregator.outbound.tally import Tally
from aggregator.store.traffic import get_days, get_domains
from aggregator.update.schedule import LONGEST
from aggregator.worker.accounting import Accounting
from tests.aggregator.worker.loopback import NOW, SetClock, add, due, rss

TODAY = NOW.date()


def days(desk):
    with desk.database.read() as conn:
        return dict(get_days(conn, date(2026, 1, 1)))


def test_requests_and_304_and_bytes_are_kept_by_the_day(desk, server, clock):
    body = rss("a")
    add(desk, server.put("/feed", body, etag='"1"'), server.put("/gone", status=410))
    due(desk)
    first = days(desk)[TODAY]
    assert (first.requests, first.unchanged, first.failed) == (2, 0, 1)
    assert len(body) < first.bytes < len(body) + 1000
    clock.instant += LONGEST
    due(desk)
    second = days(desk)[TODAY + timedelta(days=1)]
    assert (second.requests, second.unchanged, second.failed, second.unchanged_percent) == (1, 1, 0, 100)
    with desk.database.read() as conn:
        assert [domain for domain, _ in get_domains(conn, TODAY, limit=9)] == ["127.0.0.1"]


def test_each_hop_of_a_redirect_is_a_request(desk, server):
    server.put("/new", rss("a"))
    add(desk, server.put("/old", status=302, Location="/new"))
    due(desk)
    assert days(desk)[TODAY].requests == 2


def test_domains_are_registrable_ones_and_failures_without_an_answer_count():
    tally = Tally(SetClock())
    tally.note("feeds.one.example.co.uk", 304, 100)
    tally.note("www.example.co.uk", None, 0)
    assert tally.take() == {(TODAY, "example.co.uk"): Traffic(2, 1, 1, 100)}
    assert tally.take() == {}


def test_what_cannot_be_kept_now_waits_for_the_next_time():
    class Records:
        async def write(self, _work):
            raise BusyError("the database", retry_after=1)

    tally = Tally(SetClock())
    tally.note("example.org", 200, 7)
    asyncio.run(Accounting(tally, Records(), SetClock()).keep())
    tally.note("example.org", 304, 1)
    assert tally.take() == {(TODAY, "example.org"): Traffic(2, 1, 0, 8)}
