"""Rankings: the one place where they are made and kept. Every page, command and feed takes them from here.

A ranking is decided by list, rule hash, tick and data version, and made once for all who ask (desk.rankings).
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from aggregator.candidates.table import count_newer, entries_of
from aggregator.errors import UnusableRuleError
from aggregator.services.kept_search import finds_of
from aggregator.services.list_table import Stored, feed_facts, fresh_snapshot, list_table
from aggregator.services.ranked import Ranked, RankingKey
from aggregator.store import editions, values
from rankers import RuleError, SignalError, parse_rule, rank, reopen_receipt

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.candidates.snapshot import Snapshot
    from aggregator.model.readinglist import Edition, ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from rankers import CandidateTable, Ranking, RuleDocument

MINUTE = 60
KEPT_EDITION = 0
"""The data version of a ranking that was made again from its receipt: what is stored now has no part in it."""


@lru_cache(maxsize=64)
def document_of(toml: str) -> RuleDocument:
    """Parse a published rule's text; each is parsed once."""
    return parse_rule(toml)


def usable_document(version: RuleVersion) -> RuleDocument:
    """Return a published rule for ranking by. Raises UnusableRuleError where it reads what is not here any more."""
    try:
        return document_of(version.toml)
    except RuleError as fault:
        raise UnusableRuleError(version.slug, "; ".join(one.message for one in fault.problems)) from fault


def order_by(version: RuleVersion, table: CandidateTable, at: int) -> Ranking:
    """Rank a table by a published rule at a tick. Raises UnusableRuleError where a plug-in's signal fails."""
    try:
        return rank(usable_document(version), table, at)
    except SignalError as fault:
        raise UnusableRuleError(version.slug, str(fault)) from fault


def ranked(
    desk: Desk,
    reading_list: ReadingList,
    version: RuleVersion,
    at: datetime | None = None,
    *,
    data_version: int | None = None,
    conn: Connection | None = None,
) -> Ranked:
    """Rank a list by a version of a rule.

    `at` None: the live tick. With `at` a ranking that was shown and is still kept is given again, the one of
    `data_version` where that is told; else it is made from what is stored now of what had arrived by then.
    """
    with ExitStack() as stack:
        conn = conn or stack.enter_context(desk.database.read())
        now = desk.clock.now().timestamp()
        document = usable_document(version)
        if at is not None:
            tick = int(at.timestamp())
            pinned = desk.rankings.find(
                lambda key: (
                    (key.list_id, key.rule_hash, key.at) == (reading_list.id, document.hash, tick)
                    and key.data_version != KEPT_EDITION
                    and data_version in {None, key.data_version}
                )
            )
            if pinned is not None:
                make = partial(_make, desk, conn, reading_list, version, snapshot=desk.columns.snapshot(), key=pinned)
                return desk.rankings.get(pinned, make, now=now)
        facts_version = values.data_version(conn)
        snapshot = fresh_snapshot(desk, conn, facts_version)
        tick = live_tick(int(now), snapshot) if at is None else int(at.timestamp())
        key = RankingKey(reading_list.id, document.hash, tick, snapshot.version, facts_version)
        make = partial(_make, desk, conn, reading_list, version, snapshot=snapshot, key=key)
        return desk.rankings.get(key, make, now=now)


def ranked_edition(
    desk: Desk, conn: Connection, reading_list: ReadingList, version: RuleVersion, edition: Edition
) -> Ranked:
    """Rank a kept edition again from its receipt: its places are as they were, whatever has changed since."""
    now = desk.clock.now().timestamp()
    tick = int(edition.at.timestamp())
    document = usable_document(version)
    key = RankingKey(reading_list.id, document.hash, tick, KEPT_EDITION, KEPT_EDITION)

    def make() -> Ranked:
        ranking = reopen_receipt(*editions.get_receipt(conn, edition.id), document)
        snapshot = fresh_snapshot(desk, conn, values.data_version(conn))
        ids = entries_of(snapshot, ranking.table.uid, until=tick)
        return Ranked(reading_list, version, ranking, ids, cut=edition.cut, key=key)

    return desk.rankings.get(key, make, now=now)


def newer_since(desk: Desk, conn: Connection, ranking: Ranked) -> int:
    """Count what arrived after the ranking's tick and would be a candidate now."""
    version = values.data_version(conn)
    snapshot = fresh_snapshot(desk, conn, version)
    if snapshot.newest_arrival <= ranking.key.at:
        return 0
    now = int(desk.clock.now().timestamp())
    facts = feed_facts(desk, conn, ranking.list.draws_on, Stored(snapshot, version), now)
    finds = finds_of(desk, conn, snapshot, ranking.list.scope.search)
    return count_newer(snapshot, facts, ranking.list, ranking.key.at, now, finds=finds)


@dataclass(frozen=True, slots=True)
class Tick:
    """An instant a list is ranked at for many askers, and what it would be made from: no ranking is needed to know."""

    at: datetime
    data_version: int
    facts_version: int


def shared_tick(desk: Desk, conn: Connection, every: int) -> Tick:
    """Give the clock floored to `every` seconds, or what arrived last since: the same for all who ask meanwhile."""
    facts_version = values.data_version(conn)
    snapshot = fresh_snapshot(desk, conn, facts_version)
    at = live_tick(int(desk.clock.now().timestamp()), snapshot, every)
    return Tick(datetime.fromtimestamp(at, UTC), snapshot.version, facts_version)


def live_tick(now: int, snapshot: Snapshot, every: int = MINUTE) -> int:
    """Give the clock floored to the minute, or the newest arrival of this minute.

    The data version moved with that arrival, so that it costs no ranking more; and who adds a source sees its
    entries at once rather than in the next minute.
    """
    minute = now - now % every
    return max(minute, snapshot.newest_arrival) if snapshot.newest_arrival <= now else minute


def _make(
    desk: Desk,
    conn: Connection,
    reading_list: ReadingList,
    version: RuleVersion,
    *,
    snapshot: Snapshot,
    key: RankingKey,
) -> Ranked:
    document = usable_document(version)
    stored = Stored(snapshot, key.facts_version)
    found = list_table(
        desk, conn, stored, reading_list, key.at, reads=document.columns, leaves=document.leaves, topics=document.topics
    )
    ranking = order_by(version, found.table, key.at)
    return Ranked(reading_list, version, ranking, found.entry_ids, cut=found.cut, key=key)
