from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import NotFoundError
from aggregator.model.job import ItemState, JobItem, JobState
from aggregator.model.member import Member, Role, Session
from aggregator.store import jobs, members, sessions, values

HASH, OTHER = b"\x00" * 32, b"\xff" * 32


def test_members_have_roles_in_groups(conn, group, member, other_member):
    members.set_role(conn, group, member, Role.READER)
    members.set_role(conn, group, member, Role.STEWARD)
    assert (Role.STEWARD, None) == tuple(members.find_role(conn, group, each) for each in (member, other_member))
    assert (Member(member, "Ada", "en"), Member(other_member, "Ben", None)) == members.get_members(conn)
    assert Member(member, "Ada", "en") == members.get_member(conn, member)
    with pytest.raises(NotFoundError):
        members.get_member(conn, group)


def test_a_session_ends_by_itself_or_by_hand(conn, member, now):
    end = now + timedelta(days=30)
    sessions.add_session(conn, HASH, member=member, expires=end)
    assert Session(member, end) == sessions.find_session(conn, HASH, now=now)
    assert sessions.find_session(conn, HASH, now=end) is None
    assert sessions.find_session(conn, OTHER, now=now) is None
    sessions.set_session_expires(conn, HASH, end + timedelta(days=1))
    assert sessions.find_session(conn, HASH, now=end)
    sessions.delete_session(conn, HASH)
    assert sessions.find_session(conn, HASH, now=now) is None


def test_a_link_works_once_and_in_time(conn, now):
    end = now + timedelta(days=1)
    for hashed in (HASH, OTHER):
        sessions.add_link(conn, hashed, purpose="sign-in", expires=end)
    assert [False, True, False] == [sessions.use_link(conn, HASH, now=at) for at in (end, now, now)]
    assert (True, False) == tuple(sessions.find_link(conn, hashed).used for hashed in (HASH, OTHER))
    assert sessions.find_link(conn, b"?") is None


def test_what_is_over_is_forgotten(conn, member, now):
    sessions.add_session(conn, HASH, member=member, expires=now)
    sessions.add_link(conn, HASH, purpose="sign-in", expires=now)
    sessions.add_link(conn, OTHER, purpose="sign-in", expires=now + timedelta(seconds=1))
    sessions.delete_expired(conn, now)
    assert (None, True) == (sessions.find_link(conn, HASH), sessions.find_link(conn, OTHER) is not None)


def test_values_are_set_and_forgotten(conn):
    values.set_value(conn, "name", "a")
    values.set_value(conn, "name", "bé")
    assert "bé" == values.get_value(conn, "name")
    values.delete_value(conn, "name")
    assert values.find_value(conn, "name") is None
    with pytest.raises(NotFoundError):
        values.get_value(conn, "name")


def test_a_database_has_an_identity_that_stays(conn):
    assert 32 == len(values.database_identity(conn))
    assert values.database_identity(conn) == values.database_identity(conn)


def test_a_job_is_taken_up_in_turn_until_it_is_done(conn, group, now):
    first = jobs.add_job(conn, group, "a.opml", b"\x00<opml/>", now=now)
    second = jobs.add_job(conn, group, "b.opml", b"", now=now)
    assert first == jobs.next_waiting(conn).id
    jobs.set_progress(conn, first, state=JobState.RUNNING, total=5, done=2, notes=("mended", "cut"))
    running = jobs.next_waiting(conn)
    assert (first, JobState.RUNNING, 5, 2, ("mended", "cut"), now, None) == (
        running.id, running.state, running.total, running.done, running.notes, running.created, running.ended,
    )  # fmt: skip
    jobs.set_progress(conn, first, state=JobState.DONE, total=5, done=5, notes=(), ended=now)
    assert second == jobs.next_waiting(conn).id
    assert [second, first] == [job.id for job in jobs.get_jobs(conn, group, limit=5)]
    assert b"\x00<opml/>" == jobs.get_document(conn, first)
    assert not jobs.get_job(conn, first).undone
    jobs.set_undone(conn, first)
    assert jobs.get_job(conn, first).undone


def test_a_jobs_parts_are_read_page_by_page_and_written_again(conn, group, now):
    job_id = jobs.add_job(conn, group, "a.opml", b"", now=now)
    items = [JobItem(n, f"https://example.org/{n}", None, ItemState.NEW, n, None) for n in range(4)]
    jobs.add_items(conn, job_id, items)
    refused = JobItem(3, "ftp:x", "T", ItemState.REFUSED, None, "not http")
    jobs.add_items(conn, job_id, [refused])
    assert (items[0], items[1]) == jobs.get_items(conn, job_id, limit=2)
    assert (items[2], refused) == jobs.get_items(conn, job_id, after=1, limit=9)
    assert (refused,) == jobs.get_items(conn, job_id, state=ItemState.REFUSED, limit=9)
    assert {ItemState.NEW: 3, ItemState.REFUSED: 1} == jobs.count_items(conn, job_id)


def test_an_unknown_job_is_not_found(conn):
    for miss in (jobs.get_job, jobs.get_document):
        with pytest.raises(NotFoundError):
            miss(conn, 9)
    assert jobs.next_waiting(conn) is None
