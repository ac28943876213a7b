from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.feed import FetchOutcome, Schedule, Validators
from aggregator.store import entries, leases, retention, states


@pytest.fixture
def before(now):
    return now - timedelta(days=180)


@pytest.fixture
def old(add, make, now):
    """Six entries of 201 to 206 days ago, and three of these days."""
    ages = {**{f"old{n}": 200 + n for n in range(1, 7)}, "a": 1, "b": 2, "c": 3}
    return add(*(make.data(key, published=now - timedelta(days=days)) for key, days in ages.items()))


def test_what_is_old_and_beyond_the_newest_may_go(conn, feed_id, old, before):
    assert (feed_id,) == retention.find_feeds_to_thin(conn, before=before, newest=5)
    expired = retention.find_expired(conn, feed_id, before=before, newest=5)
    assert [old[f"old{n}"].id for n in (6, 5, 4, 3)] == list(expired)


@pytest.mark.usefixtures("old")
def test_a_feed_that_has_no_more_than_the_newest_keeps_all(conn, feed_id, before):
    assert () == retention.find_feeds_to_thin(conn, before=before, newest=9)
    assert () == retention.find_expired(conn, feed_id, before=before, newest=9)
    assert () == retention.find_expired(conn, feed_id, before=before, newest=10)


def test_what_is_not_old_stays_however_many_there_are(conn, feed_id, old, before):
    expired = retention.find_expired(conn, feed_id, before=before, newest=1)
    assert {old[f"old{n}"].id for n in range(1, 7)} == set(expired)


def test_starred_later_and_carried_entries_stay(conn, feed_id, old, member, before):
    states.set_states(conn, member, [old["old6"].id], starred=True)
    states.set_states(conn, member, [old["old5"].id], later=True)
    states.set_states(conn, member, [old["old4"].id], read=True)
    held = entries.find_held(conn, feed_id, ["old3"])["old3"]
    outcome = FetchOutcome(feed_id, Validators(), Schedule(before, timedelta(hours=1)), before, (held.raw_hash,))
    leases.set_fetched(conn, [outcome])
    assert [old["old4"].id] == list(retention.find_expired(conn, feed_id, before=before, newest=5))


def test_what_was_starred_meanwhile_stays_and_markers_stay_of_all(conn, feed_id, old, member, before):
    expired = retention.find_expired(conn, feed_id, before=before, newest=5)
    states.set_states(conn, member, expired[:1], starred=True)
    assert 3 == retention.expire(conn, expired)
    assert {expired[0]} == entries.get_entries(conn, expired).keys()
    held = entries.find_held(conn, feed_id, list(old))
    assert old.keys() == held.keys()
    assert {"old3", "old4", "old5"} == {key for key, each in held.items() if each.entry_id is None}
