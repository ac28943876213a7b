"""How every question about a list begins: find it, find what it is to be ranked by, and rank it.

A list with editions shows its newest one. An edition is ranked from its receipt, so that its pages, registers and
explanations say for ever what they said when it was made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.services.asking import list_and_rule
from aggregator.services.ranking import KEPT_EDITION, ranked, ranked_edition
from aggregator.services.rights import Right, require
from aggregator.store import editions, rules

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.member import Actor
    from aggregator.model.readinglist import Edition, RuleVersion
    from aggregator.services.asking import Named
    from aggregator.services.desk import Desk
    from aggregator.services.ranked import Ranked


@dataclass(frozen=True, slots=True)
class Opened:
    """What was asked for, ranked. `edition` where it is a kept one: `named.rule` is then the version of that time."""

    named: Named
    ranking: Ranked
    edition: Edition | None


def open_list(  # a question names the list and the snapshot
    desk: Desk,
    conn: Connection,
    actor: Actor,
    slug: str,
    *,
    rule: str | None,
    at: datetime | None,
    data_version: int | None,
) -> Opened:
    """Rank a list for somebody who may read it. Raises NotSignedInError, NotFoundError("list" or "rule").

    `at` None: its newest edition, or live where it has none or another rule is named. Else the edition of that
    instant, or the list as it stood then; `data_version` is that of a page shown before.
    """
    require(actor, Right.READ)
    named = list_and_rule(conn, actor, slug, rule)
    found = _edition(conn, named, rule, at, data_version)
    if found is None:
        pinned = None if data_version == KEPT_EDITION else data_version
        return Opened(named, ranked(desk, named.list, named.rule, at, data_version=pinned, conn=conn), None)
    edition, version = found
    named = replace(named, rule=version)
    return Opened(named, ranked_edition(desk, conn, named.list, version, edition), edition)


def _edition(
    conn: Connection, named: Named, rule: str | None, at: datetime | None, data_version: int | None
) -> tuple[Edition, RuleVersion] | None:
    """Find the edition that is asked for: a pinned live page and another rule's page are none."""
    if at is None and named.list.timetable is None:
        return None
    if data_version not in {None, KEPT_EDITION}:
        return None
    edition = (
        editions.find_newest(conn, named.list.id) if at is None else editions.find_edition(conn, named.list.id, at)
    )
    if edition is None:
        return None
    version = rules.get_version(conn, edition.version)
    return (edition, version) if rule in {None, version.slug} else None
