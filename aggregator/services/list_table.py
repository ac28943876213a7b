"""The candidate table of a list at a tick, from what is stored: what every ranking of the house begins with."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aggregator.candidates.facts import full_hour, make_facts
from aggregator.candidates.snapshot import EMPTY
from aggregator.candidates.table import candidates
from aggregator.services.kept_search import finds_of
from aggregator.services.meaning_columns import with_meaning
from aggregator.store import ledger, seen, subscriptions
from rankers import come_from_models

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection

    from aggregator.candidates.facts import Facts
    from aggregator.candidates.snapshot import Snapshot
    from aggregator.candidates.table import Candidates
    from aggregator.model.ids import ListId, OwnerId
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk
    from rankers import TextLeaf, Topic

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FactsKey:
    """What decides the facts about an owner's feeds. `arrived_by` (s) is None where all stored entries count."""

    owner: OwnerId
    hour: int
    facts_version: int
    arrived_by: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One state of what is stored: the columns, and the data version of the database they were read beside."""

    snapshot: Snapshot
    facts_version: int


def fresh_snapshot(desk: Desk, conn: Connection, version: int) -> Snapshot:
    """Give the columns, brought up to the database where no worker does that.

    A reader never waits for them: what is there is a whole older state. Only without any it builds them itself.
    """
    snapshot = desk.columns.snapshot()
    if snapshot.version == version:
        return snapshot
    try:
        desk.columns.sync(conn, wait=snapshot is EMPTY)
    except OSError as exc:
        _log.warning("columns-not-written error=%s", exc.strerror)
    return desk.columns.snapshot()


def list_table(  # what a table is made from; none of it follows from the rest
    desk: Desk,
    conn: Connection,
    stored: Stored,
    reading_list: ReadingList,
    tick: int,
    *,
    reads: AbstractSet[str],
    leaves: Sequence[TextLeaf],
    topics: Sequence[Topic] = (),
    rooms: Mapping[str, int] | None = None,
) -> Candidates:
    """Make the table of a list at `tick` (s) with the columns `reads`, the bits of `leaves` and nearness to `topics`.

    `rooms`: the fact `source_room` by source, for who keeps a ledger of their own; None: what the list's ledger says.
    """
    facts = feed_facts(desk, conn, reading_list.draws_on, stored, tick)
    if rooms is None and "source_room" in reads:
        rooms = recorded_rooms(conn, reading_list.id, tick)
    finds = finds_of(desk, conn, stored.snapshot, reading_list.scope.search)
    found = candidates(stored.snapshot, facts, reading_list, tick, reads, rooms=rooms, finds=finds)
    if come_from_models(reads):
        since = tick - int(reading_list.max_age.total_seconds())
        found = with_meaning(desk, conn, stored.snapshot, facts, found, reads=reads, topics=topics, since=since)
    if leaves:
        bits = desk.columns.leaves.bits(conn, stored.snapshot, tuple(leaves), found.rows)
        found = replace(found, table=replace(found.table, leaves=bits))
    return found


def recorded_rooms(conn: Connection, list_id: ListId, tick: int) -> dict[str, int] | None:
    """Give the fact `source_room` by source as a list's ledger had it at `tick`; None without a record."""
    return ledger.source_rooms(conn, list_id, now=datetime.fromtimestamp(tick, UTC))


def feed_facts(desk: Desk, conn: Connection, owner: OwnerId, stored: Stored, tick: int) -> Facts:
    """Give the facts about an owner's feeds at `tick` (s), made once for each hour and data version."""
    hour = full_hour(tick)
    arrived_by = None if stored.snapshot.newest_arrival <= tick else tick
    key = FactsKey(owner, hour, stored.facts_version, arrived_by)

    def make() -> Facts:
        paces = seen.paces(conn, hour=datetime.fromtimestamp(hour, UTC), now=datetime.fromtimestamp(tick, UTC))
        return make_facts(subscriptions.get_feed_facts(conn, owner), paces, hour)

    return desk.facts.get(key, make, now=desk.clock.now().timestamp())
