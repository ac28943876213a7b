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


@dataclass(frozen=True, slots=True)
class Named:
    """A list, the current version of the rule asked for, the list's own, and all of the owner's."""

    list: ReadingList
    rule: RuleVersion
    own_rule: RuleVersion
    rules: tuple[RuleVersion, ...]


def list_and_rule(conn: Connection, actor: Actor, slug: str, rule: str | None) -> Named:
    """Find a list of the instance's group and a rule by their slugs; None: the list's own rule.

    Raises NotFoundError("list" or "rule").
    """
    found = lists.get_list(conn, actor.group, slug)
    versions = rules.get_current_versions(conn, actor.group)
    own = next(version for version in versions if version.rule_id == found.rule_id)
    if rule is None:
        return Named(found, own, own, versions)
    asked = next((version for version in versions if version.slug == rule), None)
    if asked is None:
        raise NotFoundError("rule", rule)
    return Named(found, asked, own, versions)
