"""Editions: made at their times from what was stored then, kept with their receipts, and let go after half a year."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import UnusableRuleError
from aggregator.services.asking import find_named
from aggregator.services.exposure import write_edition_ledger
from aggregator.services.ranking import ranked
from aggregator.services.rights import Right, require
from aggregator.store import editions as stored
from aggregator.store import lists, rules

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import RuleId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import Edition, ReadingList, RuleVersion
    from aggregator.services.desk import Desk

KEPT_DAYS = 180
"""As long as entries are held; a page says so."""
REMOVED_DAYS = 30
"""As long as the removal of a list can be taken back."""
MISSED_DAYS = 7
"""Editions missed longer ago are not made: their entries have mostly aged out of any list."""
PAGE = 50
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """The kept editions of a list, the newest first. `next`: when the next is made, None for a live list.

    `next_before` is the instant whose older editions are on the next page.
    """

    list: ReadingList
    items: tuple[Edition, ...]
    next: datetime | None
    next_before: datetime | None


def editions(desk: Desk, actor: Actor, slug: str, *, before: datetime | None = None, limit: int = PAGE) -> EditionsPage:
    """Give the kept editions of a list. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        found = find_named(conn, actor, slug)
        held = stored.get_editions(conn, found.id, before=before, limit=limit + 1)
    items = held[:limit]
    return EditionsPage(found, items, next_time(desk, found), items[-1].at if len(held) > limit else None)


def next_time(desk: Desk, found: ReadingList) -> datetime | None:
    """Say when a list's next edition is made; None for a live list."""
    return found.timetable.next(found.time_zone, desk.clock.now()) if found.timetable else None


def make_due(desk: Desk) -> int:
    """Make the editions whose time has come, those missed while nobody worked included; gives how many.

    For the worker. Of two workers that make the same edition one keeps it.
    """
    made = 0
    with desk.database.read() as conn:
        due = [(each, at) for each in lists.get_lists_with_editions(conn) for at in _missing(desk, conn, each)]
    for each, at in due:
        try:
            made += _make(desk, each, at)
        except UnusableRuleError as fault:  # the other lists get theirs
            _log.warning("edition-not-made list=%s at=%s: %s", each.slug, at.isoformat(), fault)
    return made


def let_go(desk: Desk) -> int:
    """Let old editions go, and lists whose removal nobody took back; gives how many. For the worker."""
    now = desk.clock.now()
    with desk.database.write() as conn:
        gone = stored.delete_before(conn, now - timedelta(days=KEPT_DAYS))
        return gone + lists.delete_removed(conn, now - timedelta(days=REMOVED_DAYS))


def _missing(desk: Desk, conn: Connection, each: ReadingList) -> tuple[datetime, ...]:
    now = desk.clock.now()
    if each.timetable is None:
        return ()
    newest = stored.find_newest(conn, each.id)
    after = max(each.timetable.since, now - timedelta(days=MISSED_DAYS))
    return each.timetable.instants(each.time_zone, max(after, newest.at) if newest else after, now)


def _make(desk: Desk, each: ReadingList, at: datetime) -> bool:
    with desk.database.read() as conn:
        version = _version_at(conn, each.rule_id, at)
        ranking = ranked(desk, each, version, at, conn=conn)
    receipt = ranking.receipt(desk.key("receipts"))
    counts = ranking.counts
    with desk.database.write() as conn:
        kept = stored.add_edition(
            conn,
            each.id,
            at,
            made=desk.clock.now(),
            version=version.id,
            shown=counts.shown,
            candidates=len(ranking),
            cut=ranking.cut,
            receipt=receipt.data,
            annex=receipt.annex,
        )
    if kept:
        write_edition_ledger(desk, each, version, at)
        _log.info("edition-made list=%s at=%s shown=%d", each.slug, at.isoformat(), counts.shown)
    return kept


def _version_at(conn: Connection, rule_id: RuleId, at: datetime) -> RuleVersion:
    """Return the version that was current at an instant: an edition made late is not ranked by a later rule."""
    versions = rules.get_versions(conn, rule_id)
    return next((version for version in versions if version.published <= at), versions[-1])
