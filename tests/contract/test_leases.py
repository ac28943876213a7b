from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FetchFailure, FetchOutcome, Health, Schedule, Validators
from aggregator.store import feeds, leases

A = "https://example.org/feed"
B = "https://example.net/atom.xml"


def lease(conn, now, worker="one", limit=10):
    return leases.lease_due(conn, now=now, until=now + timedelta(seconds=60), worker=worker, limit=limit)


def test_a_leased_feed_is_leased_by_nobody_else_until_the_lease_ends(conn, now, feed_id):
    assert [feed_id] == [feed.id for feed in lease(conn, now)]
    assert () == lease(conn, now, "two")
    assert [feed_id] == [feed.id for feed in lease(conn, now + timedelta(seconds=60), "two")]


@pytest.mark.usefixtures("feed_id")
def test_a_renewed_lease_lasts(conn, now):
    lease(conn, now)
    leases.renew_leases(conn, "one", now + timedelta(seconds=120))
    assert () == lease(conn, now + timedelta(seconds=119), "two")


@pytest.mark.usefixtures("feed_id")
def test_released_feeds_are_as_due_as_they_were(conn, now):
    lease(conn, now)
    leases.release_leases(conn, "one")
    assert [now] == [feed.schedule.due for feed in lease(conn, now, "two")]


def test_paused_feeds_and_those_not_due_are_passed_over(conn, make, now, feed_id):
    feeds.add_feed(conn, make.feed(B), now=now, due=now + timedelta(microseconds=1))
    feeds.set_paused(conn, feed_id, paused=True)
    assert () == lease(conn, now)
    feeds.set_paused(conn, feed_id, paused=False)
    assert [A] == [feed.address for feed in lease(conn, now)]


def test_the_longest_due_come_first(conn, make, now):
    when = [now - timedelta(minutes=n) for n in range(5)]
    feeds.add_feeds(conn, [make.feed(f"{A}{n}") for n in range(5)], now=now, due=when)
    assert [f"{A}4", f"{A}3"] == [feed.address for feed in lease(conn, now, limit=2)]


def test_feeds_are_leased_by_hand_whether_due_or_not(conn, make, now):
    ids = feeds.add_feeds(conn, [make.feed(f"{A}{n}") for n in range(4)], now=now, due=[now + timedelta(days=1)] * 4)
    first, second, *_ = ids.values()
    feeds.set_paused(conn, second, paused=True)
    given = {"now": now, "until": now + timedelta(seconds=60), "tried_before": now, "limit": 10}
    assert [first] == [feed.id for feed in leases.lease_these(conn, [first, second, 99], worker="one", **given)]
    assert [f"{A}2", f"{A}3"] == [feed.address for feed in leases.lease_these(conn, None, worker="two", **given)]


def test_a_feed_tried_since_is_not_leased_by_hand_again(conn, now, feed_id):
    given = {"now": now, "until": now, "tried_before": now, "worker": "one", "limit": 10}
    assert 1 == len(leases.lease_these(conn, None, **given))
    leases.set_failed(conn, [FetchFailure(feed_id, Fault(FaultCode.DNS), Schedule(now, timedelta(hours=1)), now)])
    assert () == leases.lease_these(conn, None, **given)


def test_a_good_answer_is_written_whole(conn, now, feed_id):
    assert lease(conn, now)[0].fresh
    schedule = Schedule(now + timedelta(hours=3), timedelta(hours=3), now)
    outcome = FetchOutcome(feed_id, Validators('W/"a"', "Sun, 22 Nov"), schedule, now, (b"a" * 16, b"b" * 16))
    leases.set_fetched(conn, [outcome])
    feed = feeds.get_feed(conn, feed_id)
    assert (outcome.validators, schedule, Health(now, now)) == (feed.validators, feed.schedule, feed.health)
    leased = lease(conn, now + timedelta(hours=3))[0]
    assert (False, {b"a" * 16, b"b" * 16}) == (leased.fresh, leased.known)


def test_not_modified_keeps_what_the_document_carried(conn, now, feed_id):
    schedule = Schedule(now, timedelta(hours=3))
    outcome = FetchOutcome(feed_id, Validators(), schedule, now, (b"a" * 16,))
    leases.set_fetched(conn, [outcome])
    leases.set_fetched(conn, [replace(outcome, carried=None)])
    assert {b"a" * 16} == lease(conn, now)[0].known
    leases.set_fetched(conn, [replace(outcome, carried=())])
    assert frozenset() == lease(conn, now)[0].known


def test_a_failure_keeps_the_validators_and_counts(conn, now, feed_id):
    good = FetchOutcome(feed_id, Validators("e"), Schedule(now, timedelta(hours=1)), now, None)
    leases.set_fetched(conn, [good])
    fault = Fault(FaultCode.STATUS, "503", 120)
    later = now + timedelta(minutes=1)
    failure = FetchFailure(feed_id, fault, Schedule(later, timedelta(hours=2)), later)
    leases.set_failed(conn, [failure])
    leases.set_failed(conn, [failure])
    feed = feeds.get_feed(conn, feed_id)
    assert (Validators("e"), Health(later, now, fault, 2)) == (feed.validators, feed.health)
    leases.set_fetched(conn, [good])
    assert Health(now, now) == feeds.get_feed(conn, feed_id).health


def test_a_feed_put_off_is_free_and_due_later(conn, now, feed_id):
    lease(conn, now)
    leases.set_due(conn, feed_id, now + timedelta(seconds=9))
    assert () == lease(conn, now, "two")
    assert 1 == len(lease(conn, now + timedelta(seconds=9), "two"))
