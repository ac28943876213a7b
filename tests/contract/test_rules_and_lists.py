from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.readinglist import Scope
from aggregator.model.timetable import Timetable
from aggregator.store import editions, lists, rules

SUNDAY = datetime(2026, 11, 22, 7, tzinfo=UTC)


@pytest.fixture
def publish(conn, group, now):
    def write(slug, **fields):
        told = {"hash": "ab" * 32, "title": slug.title(), "plain": "P", "toml": "t", "author": None, "reason": None}
        number = len(rules.get_versions(conn, rules.make_rule(conn, group, slug))) + 1
        signed = {"number": number, "identity": f"{slug} {number}", "envelope": "{}"}
        return rules.add_rule_version(conn, group, slug=slug, now=now, **{**told, **signed, **fields})

    return write


def test_versions_of_a_rule_are_numbered_and_the_newest_is_current(conn, group, member, publish, now):
    first = publish("many")
    second = publish("many", toml="ü = 1", author="Ada", reason="why not")
    assert (1, 2, "many", "ü = 1", "Ada", "why not", now) == (
        first.number, second.number, second.slug, second.toml, second.author, second.reason, second.published,
    )  # fmt: skip
    rule = rules.find_rule(conn, group, "many")
    assert (second.id, second.rule_id) == (rule.current, rule.id)
    assert (second, first) == rules.get_versions(conn, rule.id)
    assert first == rules.get_version(conn, first.id)
    assert rules.find_rule(conn, member, "many") is None


def test_an_owner_has_several_rules(conn, group, publish):
    publish("b")
    publish("a")
    newer = publish("b", title="A B")
    current = {version.slug: version.id for version in rules.get_current_versions(conn, group)}
    assert (current.keys(), current["b"]) == ({"a", "b"}, newer.id)
    with pytest.raises(NotFoundError):
        rules.get_version(conn, 99)


def test_a_list_is_held_as_it_was_made(conn, group, publish):
    rule, other = publish("many").rule_id, publish("new").rule_id
    scope = Scope(feeds=(3, 4), folders=("News/Local",), languages=("pt",))
    told = {"title": "Front", "rule_id": rule, "max_age": timedelta(days=7), "time_zone": "Asia/Seoul", "scope": scope}
    list_id = lists.add_list(conn, group, slug="front-page", **told)
    held = lists.get_list(conn, group, "front-page")
    assert (list_id, group, "front-page", *told.values()) == (
        held.id, held.owner, held.slug, held.title, held.rule_id, held.max_age, held.time_zone, held.scope,
    )  # fmt: skip
    lists.set_list(conn, list_id, **{**told, "rule_id": other}, timetable=None)
    assert [other] == [each.rule_id for each in lists.get_lists(conn, group)]
    lists.set_scope(conn, list_id, Scope(folders=("News/Far",)))
    assert [("News/Far",)] == [each.scope.folders for each in lists.get_lists_over(conn, group)]
    with pytest.raises(ConflictError):
        lists.add_list(conn, group, slug="front-page", **told)


def test_an_unknown_list_is_not_found(conn, group):
    assert lists.find_list(conn, group, "x") is None
    with pytest.raises(NotFoundError):
        lists.get_list(conn, group, "x")


@pytest.fixture
def some_list(conn, group, publish):
    version = publish("many")
    told = {"title": "L", "rule_id": version.rule_id, "max_age": timedelta(days=7), "time_zone": "UTC"}

    def make(slug, **given):
        lists.add_list(conn, group, slug=slug, **told, scope=Scope(), **given)
        return lists.get_list(conn, group, slug)

    return make


def test_lists_stand_in_the_order_they_were_put(conn, group, some_list):
    first, second, third = map(some_list, ("a", "b", "c"))
    lists.set_order(conn, [third.id, first.id, second.id])
    assert ["c", "a", "b"] == [each.slug for each in lists.get_lists(conn, group)]
    some_list("d")
    assert lists.get_lists(conn, group)[-1].slug == "d"


def test_a_list_is_changed_whole(conn, group, member, publish, some_list):
    held = some_list("a", feeds_of=member)
    assert (held.timetable, held.draws_on, held.personal) == (None, member, True)
    timetable = Timetable((420, 1080), (0, 4), SUNDAY)
    told = {
        "title": "Other", "rule_id": publish("other").rule_id, "max_age": timedelta(days=2), "time_zone": "Asia/Seoul",
        "scope": Scope(languages=("pt",)), "timetable": timetable,
    }  # fmt: skip
    lists.set_list(conn, held.id, **told)
    changed = lists.get_list(conn, group, "a")
    assert told == {name: getattr(changed, name) for name in told}
    assert lists.get_lists_with_editions(conn) == (changed,)


def test_a_removed_list_is_found_by_nothing_and_can_be_taken_back(conn, group, now, some_list):
    held = some_list("a")
    lists.remove_list(conn, held.id, now)
    assert () == lists.get_lists(conn, group)
    assert held == lists.restore_list(conn, group, "a") == lists.get_list(conn, group, "a")
    with pytest.raises(NotFoundError):
        lists.restore_list(conn, group, "a")


def test_a_removed_list_is_gone_once_another_has_its_name_or_its_time_is_over(conn, group, now, some_list):
    lists.remove_list(conn, some_list("a").id, now)
    assert some_list("a").id == lists.get_list(conn, group, "a").id
    with pytest.raises(NotFoundError):
        lists.restore_list(conn, group, "a")
    lists.remove_list(conn, some_list("b").id, now)
    assert lists.delete_removed(conn, now) == 0
    assert lists.delete_removed(conn, now + timedelta(seconds=1)) == 1


def test_an_edition_is_kept_once_with_its_receipt(conn, now, publish, some_list):
    version, held = publish("v"), some_list("a")
    told = {"made": now, "version": version.id, "shown": 3, "candidates": 9, "cut": False, "annex": b""}
    assert editions.add_edition(conn, held.id, SUNDAY, receipt=b"first", **told)
    assert not editions.add_edition(conn, held.id, SUNDAY, receipt=b"second", **told)
    found = editions.find_edition(conn, held.id, SUNDAY)
    assert (SUNDAY, now, version.id, 3, 9, False) == (
        found.at, found.made, found.version, found.shown, found.candidates, found.cut,
    )  # fmt: skip
    assert editions.get_receipt(conn, found.id) == (b"first", b"")


def test_editions_have_neighbours_and_are_let_go(conn, now, publish, some_list):
    version, held = publish("v"), some_list("a")
    days = [SUNDAY + timedelta(days=day) for day in range(4)]
    for at in days:
        told = {"made": now, "version": version.id, "shown": 0, "candidates": 0, "cut": False}
        editions.add_edition(conn, held.id, at, receipt=b"", annex=b"", **told)
    assert editions.find_newest(conn, held.id).at == days[3]
    assert editions.find_newest(conn, held.id, before=days[2]).at == days[1]
    assert editions.find_next(conn, held.id, days[2]).at == days[3]
    assert editions.find_next(conn, held.id, days[3]) is None
    assert [each.at for each in editions.get_editions(conn, held.id, before=days[3], limit=2)] == [days[2], days[1]]
    assert editions.delete_before(conn, days[1]) == 1
    assert editions.find_newest(conn, held.id, before=days[1]) is None
