from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.feed import FeedData, Health, Validators
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


@pytest.mark.usefixtures("feed_id")
def test_an_address_is_added_once(conn, make, now):
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


def test_deleting_a_feed_takes_all_of_it_along(conn, add, make, feed_id):
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
