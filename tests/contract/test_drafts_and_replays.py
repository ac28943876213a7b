from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import NotFoundError
from aggregator.model.readinglist import Scope
from aggregator.model.trying import Draft, ReplayState
from aggregator.store import drafts, lists, members, replays, rules


@pytest.fixture
def version(conn, group, now):
    told = {"hash": "ab" * 32, "title": "Many", "plain": "P", "toml": "t", "author": None, "reason": None}
    return rules.add_rule_version(conn, group, slug="many", now=now, number=1, identity="1", envelope="{}", **told)


@pytest.fixture
def list_id(conn, group, version):
    return lists.add_list(
        conn, group, slug="l", title="L", rule_id=version.rule_id, max_age=timedelta(days=7), time_zone="UTC",
        scope=Scope(),
    )  # fmt: skip


def test_a_draft_is_one_a_member_and_rule_and_the_last_write_stays(conn, member, other_member, version, now):
    first = Draft(member, version.rule_id, version.id, "[[ü", None, now, discarded=False)
    second = replace(first, toml="", previous="[[ü", discarded=True)
    drafts.set_draft(conn, first)
    assert first == drafts.find_draft(conn, member, version.rule_id)
    assert [("many", now)] == list(drafts.get_open_drafts(conn, member, members.instance_group(conn)))
    assert 1 == len(drafts.get_other_drafts(conn, other_member, version.rule_id))
    drafts.set_draft(conn, second)
    assert second == drafts.find_draft(conn, member, version.rule_id)
    assert () == drafts.get_other_drafts(conn, other_member, version.rule_id)
    assert () == drafts.get_open_drafts(conn, member, members.instance_group(conn))
    drafts.delete_draft(conn, member, version.rule_id)
    assert drafts.find_draft(conn, member, version.rule_id) is None


def test_a_replay_waits_runs_and_ends_once(conn, member, version, list_id, now):
    made = replays.add_replay(conn, member, list_id, version.id, toml="t", days=14, now=now, keep=3)
    assert made == replays.find_open(conn, member) == replays.next_open(conn).id
    replays.begin(conn, made, 1)
    assert replays.set_done(conn, made, 5)
    told = replays.get_replay(conn, made)
    assert (ReplayState.RUNNING, 5, 1, None) == (told.state, told.done, told.tries, told.result)
    assert replays.end(conn, made, ReplayState.DONE, {"days": ["ü"]})
    assert not replays.end(conn, made, ReplayState.CANCELLED)
    assert not replays.set_done(conn, made, 6)
    told = replays.get_replay(conn, made)
    assert (ReplayState.DONE, 5, {"days": ["ü"]}, now) == (told.state, told.done, told.result, told.created)
    assert (None, None) == (replays.find_open(conn, member), replays.next_open(conn))


def test_of_a_members_replays_the_newest_stay(conn, member, version, list_id, now):
    made = [replays.add_replay(conn, member, list_id, version.id, toml="t", days=14, now=now, keep=3) for _ in range(5)]
    with pytest.raises(NotFoundError):
        replays.get_replay(conn, made[1])
    assert made[2:] == [replays.get_replay(conn, each).id for each in made[2:]]
