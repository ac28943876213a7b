from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model.alert import Alert, AlertBy, AlertId
from aggregator.model.ids import EntryId, ListId
from aggregator.model.readinglist import Scope, Search
from aggregator.store import alerts, lists, members, rules

HOUR = timedelta(hours=1)


@pytest.fixture
def told_list(conn, group, now):
    rule = rules.make_rule(conn, group, "many")
    rules.add_rule_version(
        conn, group, slug="many", hash="ab" * 32, title="M", plain="P", toml="t", author=None, reason=None, now=now,
        number=1, identity="many 1", envelope="{}",
    )  # fmt: skip
    scope = Scope(search=Search("rent strike", 50))
    return lists.add_list(
        conn, group, slug="rent", title="Rent", rule_id=rule, max_age=timedelta(days=7), time_zone="UTC", scope=scope
    )


@pytest.fixture
def add(conn, member, told_list, now):
    def added(word=b"a word", **given):
        made = Alert(
            AlertId(0), ListId(told_list), member, AlertBy.MAIL, b"sealed", word, 1, now, EntryId(2**52), due=now
        )
        held = replace(made, **given)
        return replace(held, id=alerts.add(conn, held, word))

    return added


def test_an_alert_is_held_as_it_was_made(conn, member, add):
    made = add()
    assert made == alerts.find(conn, made.id) == alerts.find_by_hash(conn, b"a word")
    assert (made,) == alerts.of_member(conn, member)
    assert alerts.find_by_hash(conn, b"another") is None


def test_due_is_what_was_confirmed_or_not_asked_yet_and_has_not_ended(conn, add, now):
    waiting, later = add(b"1"), add(b"2", due=now + HOUR)
    ended, asked, told = add(b"3"), add(b"4"), add(b"5", confirmed=now)
    alerts.change(conn, ended.id, ended=now)
    alerts.change(conn, asked.id, asked=now)
    assert [waiting.id, told.id] == [each.id for each in alerts.get_due(conn, now, limit=9)]
    assert later.id in {each.id for each in alerts.get_due(conn, now + HOUR, limit=9)}
    assert len(alerts.get_due(conn, now + HOUR, limit=1)) == 1


def test_what_was_told_is_kept_once_and_forgotten_in_time(conn, add, now):
    made, other = add(b"1"), add(b"2")
    alerts.add_told(conn, made.id, [EntryId(2**52 + 1), EntryId(7)], now)
    alerts.add_told(conn, made.id, [EntryId(7), EntryId(8)], now + HOUR)
    alerts.add_told(conn, made.id, [], now)
    assert {2**52 + 1, 7, 8} == alerts.get_told(conn, made.id)
    assert alerts.get_told(conn, other.id) == frozenset()
    alerts.delete_told(conn, now + HOUR)
    assert {8} == alerts.get_told(conn, made.id)


def test_an_alert_goes_with_its_list_its_member_or_without_an_answer(conn, member, told_list, add, now):
    silent = add(b"1", asked=now)
    alerts.change(conn, silent.id, asked=now)
    alerts.delete_unanswered(conn, now + HOUR)
    assert alerts.of_member(conn, member) == ()
    made = add(b"2")
    alerts.add_told(conn, made.id, [EntryId(1)], now)
    lists.remove_list(conn, told_list, now)
    assert alerts.find(conn, made.id) is not None
    lists.delete_removed(conn, now + HOUR)
    assert alerts.find(conn, made.id) is None
    assert alerts.get_told(conn, made.id) == frozenset()
    members.delete_member(conn, member)


def test_the_newest_entry_is_none_without_any(conn):
    assert alerts.newest_entry(conn) == 0


def test_lists_that_keep_a_search_are_found(conn, told_list):
    (held,) = lists.get_lists_with_searches(conn)
    assert (told_list, "rent strike", 50) == (held.id, held.scope.search.words, held.scope.search.likeness)
