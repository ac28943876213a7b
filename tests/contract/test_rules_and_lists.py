from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.readinglist import Scope
from aggregator.store import lists, rules


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
    assert ["b", "a"] == [rule.slug for rule in rules.get_rules(conn, group)]
    assert {newer.id} < {version.id for version in rules.get_current_versions(conn, group)}
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
    lists.set_list_rule(conn, list_id, other)
    assert [other] == [each.rule_id for each in lists.get_lists(conn, group)]
    with pytest.raises(ConflictError):
        lists.add_list(conn, group, slug="front-page", **told)


def test_an_unknown_list_is_not_found(conn, group):
    assert lists.find_list(conn, group, "x") is None
    with pytest.raises(NotFoundError):
        lists.get_list(conn, group, "x")
