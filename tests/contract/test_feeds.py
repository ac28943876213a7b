from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FeedData, FetchFailure, FetchOutcome, Health, Schedule, Validators
from aggregator.store import entries, feeds, search, values

A = "https://example.org/feed"
B = "https://example.net/atom.xml"


def test_a_feed_is_held_as_it_was_added(conn, make, now):
    feed_id = feeds.add_feed(conn, make.feed(A, title="Ö", site="https://example.org/"), now=now, due=now)
    feed = feeds.get_feed(conn, feed_id)
    assert (A, A, "Ö", "https://example.org/", "en", "example.org", "example.org", now) == (
        feed.address, feed.first_address, feed.title, feed.site, feed.language, feed.source, feed.owner, feed.added,
    )  # fmt: skip
    assert (False, None, Validators(), Health(), FeedData()) == (
        feed.paused, feed.moved_to, feed.validators, feed.health, feed.hints,
    )  # fmt: skip


def test_an_address_is_added_once(conn, make, now, feed_id):
    with pytest.raises(ConflictError):
        feeds.add_feed(conn, make.feed(A), now=now, due=now)
    assert {B} == feeds.add_feeds(conn, [make.feed(A), make.feed(B), make.feed(B)], now=now, due=[now] * 3).keys()
    assert [A, B] == [feed.address for feed in feeds.iter_feeds(conn)]


def test_an_unknown_feed_is_not_found(conn):
    assert feeds.find_feed_by_address(conn, A) is None
    with pytest.raises(NotFoundError):
        feeds.get_feed(conn, 77)


def test_first_addresses_stay_apart_when_a_feed_moved_away(conn, make, now, feed_id):
    feeds.set_address(conn, feed_id, B)
    second = feeds.add_feed(conn, make.feed(A), now=now, due=now)
    assert (B, A) == (feeds.get_feed(conn, feed_id).address, feeds.get_feed(conn, feed_id).first_address)
    assert (A, f"{A}\n2") == (feeds.get_feed(conn, second).address, feeds.get_feed(conn, second).first_address)


def test_a_feed_does_not_move_to_another_ones_address(conn, make, now, feed_id):
    feeds.add_feed(conn, make.feed(B), now=now, due=now)
    with pytest.raises(ConflictError):
        feeds.set_address(conn, feed_id, B)


def test_what_the_publisher_says_is_kept_and_silence_takes_nothing_away(conn, feed_id):
    told = FeedData(
        title="New", subtitle="Sub", skip_hours=(1, 2), skip_days=(6,), ttl_minutes=60, update_every=timedelta(days=1)
    )
    feeds.set_meta(conn, feed_id, told)
    feed = feeds.get_feed(conn, feed_id)
    assert ("New", "en", told) == (feed.title, feed.language, feed.hints)


def test_ids_are_never_used_again(conn, make, now, feed_id):
    feeds.delete_feed(conn, feed_id)
    assert feed_id < feeds.add_feed(conn, make.feed(B), now=now, due=now)


def test_deleting_a_feed_takes_all_of_it_along(conn, add, make, now, feed_id):
    entry = add(make.data("a", text="platypus"))["a"]
    version = values.data_version(conn)
    feeds.delete_feed(conn, feed_id)
    assert ({}, {}, ()) == (
        entries.get_entries(conn, [entry.id]),
        entries.find_held(conn, feed_id, ["a"]),
        search.search(conn, ["platypus"], limit=9),
    )
    assert [(entry.id, True)] == [(row.entry_id, row.deleted) for row in entries.changed_since(conn, version, 9)]


def test_entries_are_counted_per_feed(conn, add, make, now, feed_id):
    other = feeds.add_feed(conn, make.feed(B), now=now, due=now)
    add(make.data("a"), make.data("b"))
    assert {feed_id: 2} == feeds.count_entries(conn) == feeds.count_entries(conn, [feed_id, other])


def lease(conn, now, worker="one", limit=10):
    return feeds.lease_due(conn, now=now, until=now + timedelta(seconds=60), worker=worker, limit=limit)


def test_a_leased_feed_is_leased_by_nobody_else_until_the_lease_ends(conn, now, feed_id):
    assert [feed_id] == [feed.id for feed in lease(conn, now)]
    assert () == lease(conn, now, "two")
    assert [feed_id] == [feed.id for feed in lease(conn, now + timedelta(seconds=60), "two")]


def test_a_renewed_lease_lasts(conn, now, feed_id):
    lease(conn, now)
    feeds.renew_leases(conn, "one", now + timedelta(seconds=120))
    assert () == lease(conn, now + timedelta(seconds=119), "two")


def test_released_feeds_are_as_due_as_they_were(conn, now, feed_id):
    lease(conn, now)
    feeds.release_leases(conn, "one")
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
    ids = feeds.add_feeds(
        conn, [make.feed(f"{A}{n}") for n in range(4)], now=now, due=[now + timedelta(days=1)] * 4
    )
    first, second, *_ = ids.values()
    feeds.set_paused(conn, second, paused=True)
    given = {"now": now, "until": now + timedelta(seconds=60), "tried_before": now, "limit": 10}
    assert [first] == [feed.id for feed in feeds.lease_these(conn, [first, second, 99], worker="one", **given)]
    assert [f"{A}2", f"{A}3"] == [feed.address for feed in feeds.lease_these(conn, None, worker="two", **given)]


def test_a_feed_tried_since_is_not_leased_by_hand_again(conn, now, feed_id):
    given = {"now": now, "until": now, "tried_before": now, "worker": "one", "limit": 10}
    assert 1 == len(feeds.lease_these(conn, None, **given))
    feeds.set_failed(conn, [FetchFailure(feed_id, Fault(FaultCode.DNS), Schedule(now, timedelta(hours=1)), now)])
    assert () == feeds.lease_these(conn, None, **given)


def test_a_good_answer_is_written_whole(conn, now, feed_id):
    assert lease(conn, now)[0].fresh
    schedule = Schedule(now + timedelta(hours=3), timedelta(hours=3), now)
    outcome = FetchOutcome(feed_id, Validators('W/"a"', "Sun, 22 Nov"), schedule, now, (b"a" * 16, b"b" * 16))
    feeds.set_fetched(conn, [outcome])
    feed = feeds.get_feed(conn, feed_id)
    assert (outcome.validators, schedule, Health(now, now)) == (feed.validators, feed.schedule, feed.health)
    leased = lease(conn, now + timedelta(hours=3))[0]
    assert (False, {b"a" * 16, b"b" * 16}) == (leased.fresh, leased.known)


def test_not_modified_keeps_what_the_document_carried(conn, now, feed_id):
    schedule = Schedule(now, timedelta(hours=3))
    outcome = FetchOutcome(feed_id, Validators(), schedule, now, (b"a" * 16,))
    feeds.set_fetched(conn, [outcome])
    feeds.set_fetched(conn, [replace(outcome, carried=None)])
    assert {b"a" * 16} == lease(conn, now)[0].known
    feeds.set_fetched(conn, [replace(outcome, carried=())])
    assert frozenset() == lease(conn, now)[0].known


def test_a_failure_keeps_the_validators_and_counts(conn, now, feed_id):
    good = FetchOutcome(feed_id, Validators("e"), Schedule(now, timedelta(hours=1)), now, None)
    feeds.set_fetched(conn, [good])
    fault = Fault(FaultCode.STATUS, "503", 120)
    later = now + timedelta(minutes=1)
    failure = FetchFailure(feed_id, fault, Schedule(later, timedelta(hours=2)), later)
    feeds.set_failed(conn, [failure])
    feeds.set_failed(conn, [failure])
    feed = feeds.get_feed(conn, feed_id)
    assert (Validators("e"), Health(later, now, fault, 2)) == (feed.validators, feed.health)
    feeds.set_fetched(conn, [good])
    assert Health(now, now) == feeds.get_feed(conn, feed_id).health


def test_a_feed_put_off_is_free_and_due_later(conn, now, feed_id):
    lease(conn, now)
    feeds.set_due(conn, feed_id, now + timedelta(seconds=9))
    assert () == lease(conn, now, "two")
    assert 1 == len(lease(conn, now + timedelta(seconds=9), "two"))


def test_next_due_is_the_next_feed_or_the_end_of_a_lease(conn, make, now):
    assert feeds.next_due(conn) is None
    feeds.add_feeds(conn, [make.feed(A), make.feed(B)], now=now, due=[now, now + timedelta(hours=1)])
    assert now == feeds.next_due(conn)
    lease(conn, now)
    assert now + timedelta(seconds=60) == feeds.next_due(conn)
    feeds.release_leases(conn, "one")
    feeds.set_paused(conn, feeds.find_feed_by_address(conn, A).id, paused=True)
    assert now + timedelta(hours=1) == feeds.next_due(conn)
