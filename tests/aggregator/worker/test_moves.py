"""A feed that moves away, over weeks of a set clock (safety 70, 71, 68)."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.errors import ConflictError
from aggregator.model.access import Access
from aggregator.model.fault import FaultCode
from aggregator.model.feed import Move
from aggregator.model.subscription import NewSubscription
from aggregator.services import moving
from aggregator.services.access import seal
from aggregator.services.accounts import operator
from aggregator.store import access, moves, subscriptions
from aggregator.update.schedule import LONGEST
from tests.aggregator.worker.loopback import NOW, add, due, get, rss, titles

DAYS = 16


def live(desk, clock, days=DAYS):
    """Let days pass, with a round each day."""
    for _ in range(days):
        clock.instant += LONGEST
        due(desk)


def moves_of(desk):
    with desk.database.read() as conn:
        return moves.get_moves(conn, NOW)


@pytest.mark.parametrize("status", [301, 308])
def test_safety_70_a_feed_that_moved_for_good_is_fetched_from_there(desk, server, clock, status):
    (feed,) = add(desk, server.put("/old", rss("a", "b")))
    due(desk)
    target = server.put("/new", rss("a", "b"), etag='"n"')
    old = server.put("/old", status=status, Location="/new")
    days = 0
    while get(desk, feed).address == old:
        days += 1
        clock.instant += LONGEST
        due(desk)
    assert 7 < days <= 15
    assert moves_of(desk) == (Move(feed, clock.instant, old, target),)
    server.put("/new", rss("c", "a", "b"), etag='"m"')
    asked = server.asked["/old"]
    live(desk, clock, 1)
    assert (titles(desk, feed), server.asked["/old"]) == (["Title a", "Title b", "Title c"], asked)
    assert get(desk, feed).first_address == old


def test_safety_70_the_entries_may_have_changed_as_long_as_their_keys_are_known(desk, server, clock):
    (feed,) = add(desk, server.put("/old", rss("a", "b")))
    due(desk)
    target = server.put("/new", rss(("a", "Other words"), ("b", "Again others")))
    server.put("/old", status=301, Location="/new")
    live(desk, clock)
    assert get(desk, feed).address == target


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        ({"status": 302}, rss("a", "b")),
        ({"status": 307}, rss("a", "b")),
        ({"status": 301}, b"<!doctype html><html><body>For sale</body></html>"),
        ({"status": 301}, rss("x", "y")),
    ],
    ids=["302", "307", "a web page", "entries of somebody else"],
)
def test_safety_70_others_never_move(desk, server, clock, answer, target):
    (feed,) = add(desk, server.put("/old", rss("a", "b")))
    due(desk)
    server.put("/new", target)
    old = server.put("/old", Location="/new", **answer)
    live(desk, clock)
    assert (get(desk, feed).address, moves_of(desk)) == (old, ())


def test_safety_70_a_private_target_never(desk, server, clock):
    (feed,) = add(desk, server.put("/old", rss("a")))
    due(desk)
    old = server.put("/old", status=301, Location="http://10.0.0.7/feed")
    live(desk, clock)
    assert (get(desk, feed).address, get(desk, feed).health.fault.code) == (old, FaultCode.REFUSED_ADDRESS)


def test_safety_70_a_feed_does_not_move_where_another_one_is(desk, server, clock):
    target = server.put("/new", rss("a", "b"))
    old = server.put("/old", rss("a", "b"))
    one, _ = add(desk, old, target)
    due(desk)
    server.put("/old", status=301, Location="/new")
    live(desk, clock)
    assert (get(desk, one).address, get(desk, one).moved_to, moves_of(desk)) == (old, target, ())


def test_safety_70_gone_stops_and_stays_told(desk, server, clock):
    (feed,) = add(desk, server.put("/gone", status=410))
    live(desk, clock)
    assert (get(desk, feed).paused, get(desk, feed).health.fault.code) == (True, FaultCode.GONE)
    assert server.asked["/gone"] == 1


def test_safety_71_a_server_that_says_304_for_ever_is_asked_in_full_within_a_week(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", rss("a"), etag='"same"', Cache_Control="max-age=86400"))
    due(desk)
    server.put("/feed", rss("b"), etag='"same"', Cache_Control="max-age=86400")
    begin = clock.instant
    while titles(desk, feed) == ["Title a"]:
        clock.instant = get(desk, feed).schedule.due
        due(desk)
    assert clock.instant - begin <= timedelta(days=7)


def test_safety_68_an_upstream_that_comes_and_goes_brings_nothing_twice(desk, server, clock):
    (feed,) = add(desk, server.put("/feed", rss("a", "b"), etag='"1"'))
    due(desk)
    for number in range(12):
        server.put("/feed", status=500)
        waits = []
        for _ in range(7):
            clock.instant = get(desk, feed).schedule.due
            due(desk)
            waits.append(get(desk, feed).schedule.due - clock.instant)
        grown = [later / sooner for sooner, later in pairwise(waits) if later < LONGEST]
        assert grown == pytest.approx([2] * len(grown), rel=0.01)
        assert waits[-1] == LONGEST
        server.put("/feed", rss(f"new {number}", "a", "b"), etag=f'"{number}"')
        clock.instant = get(desk, feed).schedule.due
        due(desk)
    assert len(titles(desk, feed)) == len(set(titles(desk, feed))) == 14


def test_safety_70_a_feed_with_a_password_is_only_moved_by_hand(desk, server, clock):
    old = server.put("/old", rss("a", "b"))
    (feed,) = add(desk, old)
    with desk.database.write() as conn:
        access.set_sealed(conn, feed, seal(desk, feed, Access(user="ines", password="battery")))
    due(desk)
    server.put("/new", rss("a", "b"))
    server.put("/old", status=301, Location="/new")
    live(desk, clock)
    assert (get(desk, feed).address, get(desk, feed).moved_to) == (old, f"http://{server.host}/new")


def test_a_password_sealed_under_another_secret_is_a_fault_and_nothing_is_sent(desk, server):
    (feed,) = add(desk, server.put("/feed", rss("a")))
    with desk.database.write() as conn:
        access.set_sealed(conn, feed, seal(replace(desk, secret=b"x" * 32), feed, Access(token="t")))
    due(desk)
    assert get(desk, feed).health.fault.code is FaultCode.NO_ACCESS
    assert server.asked["/feed"] == 0


def asked_to_move(desk, server, clock):
    (feed,) = add(desk, server.put("/old", rss("a", "b")))
    due(desk)
    with desk.database.write() as conn:
        subscriptions.add_subscription(conn, operator(desk).group, NewSubscription(feed), now=NOW)
    target = server.put("/new", rss("a", "b"))
    old = server.put("/old", status=301, Location="/new")
    live(desk, clock, days=1)
    assert get(desk, feed).moved_to == target
    return feed, old, target


def test_an_editor_follows_at_once_and_goes_back(desk, server, clock):
    feed, old, target = asked_to_move(desk, server, clock)
    assert moving.follow_move(desk, operator(desk), feed) == old
    assert get(desk, feed).address == target
    with pytest.raises(ConflictError):
        moving.undo_follow(desk, operator(desk), feed, "http://elsewhere.example/")
    moving.undo_follow(desk, operator(desk), feed, old)
    assert get(desk, feed).address == old
    live(desk, clock)
    assert get(desk, feed).address == old  # what an editor took back is not done again by itself


def test_what_an_editor_refused_stays_until_it_counts_again(desk, server, clock):
    feed, old, target = asked_to_move(desk, server, clock)
    moving.refuse_move(desk, operator(desk), feed)
    live(desk, clock)
    assert get(desk, feed).address == old
    moving.undo_refusal(desk, operator(desk), feed)
    live(desk, clock)
    assert get(desk, feed).address == target


def test_a_source_that_says_nothing_is_not_moved(desk, server):
    (feed,) = add(desk, server.put("/old", rss("a")))
    with desk.database.write() as conn:
        subscriptions.add_subscription(conn, operator(desk).group, NewSubscription(feed), now=NOW)
    for act in (moving.follow_move, moving.refuse_move):
        with pytest.raises(ConflictError):
            act(desk, operator(desk), feed)
