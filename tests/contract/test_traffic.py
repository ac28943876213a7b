from __future__ import annotations

from datetime import date, timedelta

from aggregator.model.feed import Move
from aggregator.model.traffic import Traffic
from aggregator.store import feeds, moves
from aggregator.store.traffic import add_traffic, get_days, get_domains

TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=90)


def test_counts_add_up_by_day_and_by_domain(conn):
    add_traffic(conn, {(YESTERDAY, "a.example"): Traffic(2, 1, 1, 10), (TODAY, "a.example"): Traffic(1, 1, 0, 5)},
                keep_since=LONG_AGO)  # fmt: skip
    add_traffic(conn, {(TODAY, "a.example"): Traffic(3, 0, 0, 7), (TODAY, "b.example"): Traffic(9, 9, 0, 1)},
                keep_since=LONG_AGO)  # fmt: skip
    assert get_days(conn, YESTERDAY) == ((TODAY, Traffic(13, 10, 0, 13)), (YESTERDAY, Traffic(2, 1, 1, 10)))
    assert get_domains(conn, YESTERDAY, limit=9) == (
        ("b.example", Traffic(9, 9, 0, 1)),
        ("a.example", Traffic(6, 2, 1, 22)),
    )
    assert get_domains(conn, TODAY, limit=1) == (("b.example", Traffic(9, 9, 0, 1)),)


def test_days_long_ago_are_forgotten(conn):
    add_traffic(conn, {(LONG_AGO, "a.example"): Traffic(1)}, keep_since=LONG_AGO)
    add_traffic(conn, {(TODAY, "a.example"): Traffic(1)}, keep_since=YESTERDAY)
    assert get_days(conn, LONG_AGO) == ((TODAY, Traffic(1)),)


def test_a_move_is_remembered_with_where_from(conn, now, feed_id):
    old = feeds.get_feed(conn, feed_id).address
    assert moves.move_feed(conn, feed_id, "https://new.example/feed", now=now)
    assert feeds.get_feed(conn, feed_id).address == "https://new.example/feed"
    assert moves.get_moves(conn, now) == (Move(feed_id, now, old, "https://new.example/feed"),)
    assert moves.get_moves(conn, now + timedelta(seconds=1)) == ()


def test_a_feed_is_not_moved_onto_another(conn, make, now, feed_id):
    feeds.add_feed(conn, make.feed("https://new.example/feed"), now=now, due=now)
    assert not moves.move_feed(conn, feed_id, "https://new.example/feed", now=now)
    assert moves.get_moves(conn, now) == ()
