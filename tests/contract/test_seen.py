from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.candidate import SourcePace
from aggregator.store import entries, feeds, seen

DAY = timedelta(days=1)


@pytest.fixture
def mark(conn, make, now):
    """Writes a feed of a source with entries at these times before now, first seen then or when told."""

    def write(address, source, *ages, first_seen=None):
        feed_id = feeds.add_feed(conn, make.feed(address, source=source), now=now, due=now)
        intents = [
            make.intent(make.data(f"{n}"), feed=feed_id, time=now - age, first_seen=first_seen or now - age)
            for n, age in enumerate(ages)
        ]
        entries.apply_intents(conn, feed_id, intents)
        return feed_id

    return write


def test_the_window_is_open_at_its_start_and_closed_at_its_end(conn, mark, now):
    second = timedelta(seconds=1)
    mark("https://a/", "a", 28 * DAY, 28 * DAY - second, DAY, timedelta(0), -second)
    oldest = int((now - 28 * DAY).timestamp())
    assert {"a": SourcePace(3, oldest)} == seen.paces(conn, hour=now, now=now + second)


def test_all_feeds_of_a_source_count(conn, mark, now):
    mark("https://a/1", "a", DAY, 2 * DAY)
    mark("https://a/2", "a", 40 * DAY)
    mark("https://b/", "b", 3 * DAY)
    mark("https://c/", "c")
    stamp = {days: int((now - days * DAY).timestamp()) for days in (3, 40)}
    assert {"a": SourcePace(2, stamp[40]), "b": SourcePace(1, stamp[3])} == seen.paces(conn, hour=now, now=now)


def test_what_was_first_seen_later_does_not_count(conn, mark, now):
    mark("https://a/", "a", 5 * DAY, first_seen=now + timedelta(minutes=20))
    mark("https://b/", "b", -timedelta(minutes=10))
    assert {} == seen.paces(conn, hour=now, now=now + timedelta(minutes=19))
    assert {"a"} == seen.paces(conn, hour=now, now=now + timedelta(minutes=20)).keys()


def test_deleted_entries_still_count(conn, mark, now):
    feed_id = mark("https://a/", "a", DAY)
    entries.delete_entries(conn, [entry.id for entry in entries.iter_entries(conn, feed_id=feed_id, limit=9)])
    assert 1 == seen.paces(conn, hour=now, now=now)["a"].entries
