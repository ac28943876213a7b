"""What a question about a list names: the list, the rule it is to be read by, and all rules it could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import NotFoundError
from aggregator.store import lists, rules

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion

NEWEST_FIRST = "newest-first"
OWN = "my-"
"""How the name of a member's own list begins."""


@dataclass(frozen=True, slots=True)
class Named:
    """A list, the current version of the rule asked for, the list's own, and all of the owner's."""

    list: ReadingList
    rule: RuleVersion
    own_rule: RuleVersion
    rules: tuple[RuleVersion, ...]


def list_and_rule(conn: Connection, actor: Actor, slug: str, rule: str | None) -> Named:
    """Find a list and a rule of the group by their slugs; None: the list's own rule.

    Everybody has the rule of a public list, and newest first beside it. Raises NotFoundError("list" or "rule").
    """
    found = find_named(conn, actor, slug)
    versions = rules.get_current_versions(conn, actor.group)
    own = next(version for version in versions if version.rule_id == found.rule_id)
    if actor.only is not None:
        versions = tuple(each for each in versions if each is own or each.slug == NEWEST_FIRST)
    if rule is None:
        return Named(found, own, own, versions)
    asked = next((version for version in versions if version.slug == rule), None)
    if asked is None:
        raise NotFoundError("rule", rule)
    return Named(found, asked, own, versions)


def find_named(conn: Connection, actor: Actor, slug: str) -> ReadingList:
    """Return the list that a slug names to who asks: one of the group's, or of the member's own.

    Raises NotFoundError: of another member's list nobody learns that there is one.
    """
    if actor.only not in {None, slug}:
        raise NotFoundError("list", slug)
    if not slug.startswith(OWN):
        return lists.get_list(conn, actor.group, slug)
    if actor.member is None:
        raise NotFoundError("list", slug)
    return lists.get_list(conn, actor.member.id, slug)
