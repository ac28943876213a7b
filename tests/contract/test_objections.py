from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import NotFoundError
from aggregator.store import members, objections


@pytest.fixture
def people(member, other_member):
    """Two members."""
    return member, other_member


def test_an_objection_is_answered_and_the_log_outlives_who_wrote(conn, group, people, feed_id, now):
    member, other_member = people
    made = objections.add_objection(conn, group, feed_id, member, "Too loud", entry="ab" * 16, now=now)
    (found,) = objections.get_objections(conn, group, [feed_id], 10)
    assert (made, "ab" * 16, "Ada", "Too loud", now, None) == (
        found.id, found.entry, found.name, found.text, found.made, found.answered,
    )  # fmt: skip
    assert (found,) == objections.get_waiting(conn, group, 10) == objections.get_by_member(conn, member)
    objections.set_answer(conn, made, "We look at it", other_member, now)
    told = objections.get_objection(conn, group, made)
    assert ("We look at it", "Ben", now) == (told.answer, told.answered_by, told.answered)
    assert () == objections.get_waiting(conn, group, 10)
    assert (told,) == objections.get_answered_by(conn, other_member)
    for each in (member, other_member):
        members.delete_member(conn, each)
    left = objections.get_objection(conn, group, made)
    assert (None, None, None, None) == (left.member, left.name, left.answerer, left.answered_by)
    assert ("Too loud", "We look at it") == (left.text, left.answer)


def test_what_is_taken_back_is_not_in_the_log_and_goes(conn, group, member, feed_id, now):
    made = objections.add_objection(conn, group, feed_id, member, "Too loud", entry=None, now=now)
    objections.set_withdrawn(conn, made, now)
    assert () == objections.get_objections(conn, group, [feed_id], 10) == objections.get_waiting(conn, group, 10)
    objections.set_withdrawn(conn, made, None)
    assert 1 == len(objections.get_waiting(conn, group, 10))
    objections.set_withdrawn(conn, made, now)
    objections.delete_withdrawn(conn, now)
    assert now == objections.get_objection(conn, group, made).withdrawn
    objections.delete_withdrawn(conn, now + timedelta(seconds=1))
    with pytest.raises(NotFoundError):
        objections.get_objection(conn, group, made)


def test_objections_are_counted_by_member_and_by_feed(conn, group, people, feed_id, now):
    member, other_member = people
    for hours in range(3):
        objections.add_objection(conn, group, feed_id, member, "!", entry=None, now=now + timedelta(hours=hours))
    objections.add_objection(conn, group, feed_id, other_member, "!", entry=None, now=now)
    assert 2 == objections.count_since(conn, member, now)
    assert 4 == objections.count_of_feed(conn, feed_id)
    assert 0 == objections.count_of_feed(conn, feed_id + 1)
    newest, *_ = objections.get_objections(conn, group, [feed_id], 2)
    assert (now, 2) == (newest.made, len(objections.get_objections(conn, group, [feed_id], 2)))
    with pytest.raises(NotFoundError):
        objections.get_objection(conn, other_member, newest.id)
