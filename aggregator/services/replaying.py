"""Replay: what two rules would have made of a list over the last days, each with a ledger of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError
from aggregator.services.asking import list_and_rule
from aggregator.services.exposure import MEASURED, PLACES, record_of
from aggregator.services.list_table import Stored, fresh_snapshot, list_table
from aggregator.services.ranking import order_by, usable_document
from aggregator.services.rights import Right, require
from aggregator.store import ledger, values
from rankers import compare_editions, source_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection

    from aggregator.model.exposure import RoomRecord
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Ranking

MOST_DAYS = 90
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ReplayDay:
    """One day: how alike both orders are (rank-biased overlap, 1 the same), what only one of them shows.

    came and went: uids of the highest that only the second, or only the first, shows; at most MOST_NAMED.
    """

    at: datetime
    candidates: int
    overlap: float
    entering: int
    leaving: int
    moved: int
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """Days, oldest first; room by source and by language as (key, before, after) in thousandths of all room."""

    list: ReadingList
    before: RuleVersion
    after: RuleVersion
    days: tuple[ReplayDay, ...]
    sources: tuple[tuple[str, int, int], ...]
    languages: tuple[tuple[str, int, int], ...]

    @property
    def overlap(self) -> float | None:
        """How alike the orders are on the days that had something to order."""
        known = [day.overlap for day in self.days if day.candidates]
        return sum(known) / len(known) if known else None


def replay(
    desk: Desk,
    actor: Actor,
    slug: str,
    before: RuleVersion,
    after: RuleVersion,
    *,
    days: int = 14,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Rank a list by two versions as it stood at this time of day on each of the last days, today included.

    Only what had arrived by then counts. Both ledgers begin as the list's own was at the start, and grow by what
    each version would have shown. Raises NotFoundError, BadInputError.
    """
    require(actor, Right.TRY_RULES)
    if not 1 <= days <= MOST_DAYS:
        raise BadInputError("days", f"1 to {MOST_DAYS} are expected")
    with desk.database.read() as conn:
        found = list_and_rule(conn, actor, slug, None).list
    return replay_list(desk, found, before, after, days=days, now=desk.clock.now(), progress=progress)


def replay_list(  # what a replay is made of, for who checked the right to it
    desk: Desk,
    found: ReadingList,
    before: RuleVersion,
    after: RuleVersion,
    *,
    days: int,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Replay the `days` days up to `now`. Between two days nothing is held: `progress` may write, and may end it."""
    now = now.replace(microsecond=0)
    ticks = [now - timedelta(days=back) for back in range(days - 1, -1, -1)]
    told: list[ReplayDay] = []
    records: tuple[list[RoomRecord], list[RoomRecord]] = ([], [])
    with desk.database.read() as conn:
        begun = ledger.get_records(conn, found.id, after=ticks[0] - ledger.WINDOW, now=ticks[0])
    for number, tick in enumerate(ticks, start=1):
        rankings = []
        with desk.database.read() as conn:
            for version, own in zip((before, after), records, strict=True):
                ranking = _ranked(desk, conn, found, version, tick, records=(*begun, *own))
                own.append(record_of(found, version, ranking, tick))
                rankings.append(ranking)
        told.append(_day(tick, *rankings))
        if progress:
            progress(number, days)
    return Replay(found, before, after, tuple(told), _rooms(*records, kind="source"), _rooms(*records, kind="language"))


def _ranked(
    desk: Desk,
    conn: Connection,
    found: ReadingList,
    version: RuleVersion,
    at: datetime,
    *,
    records: Iterable[RoomRecord],
) -> Ranking:
    document = usable_document(version)
    facts_version = values.data_version(conn)
    stored = Stored(fresh_snapshot(desk, conn, facts_version), facts_version)
    tick = int(at.astimezone(UTC).timestamp())
    table = list_table(
        desk, conn, stored, found, tick, reads=(document.columns | MEASURED) - {"source_room"}, leaves=document.leaves,
        topics=document.topics, rooms=_source_rooms(records, at),
    ).table  # fmt: skip
    return order_by(version, table, tick)


def _source_rooms(records: Iterable[RoomRecord], at: datetime) -> Mapping[str, int] | None:
    """Give `source_room` as these records have it at `at`."""
    had: Counter[str] = Counter()
    fair: Counter[str] = Counter()
    for record in records:
        if at - ledger.WINDOW < record.at <= at and record.places:
            for share in record.shares:
                if share.kind == "source":
                    had[share.key] += share.room
                    fair[share.key] += record.fair
    return {key: source_room(had[key], fair[key]) for key in fair} or None


def _day(at: datetime, before: Ranking, after: Ranking) -> ReplayDay:
    compared = compare_editions(*(each.order(0, min(PLACES, each.length)) for each in (before, after)))
    return ReplayDay(
        at,
        len(before.table),
        compared.overlap,
        len(compared.entering),
        len(compared.leaving),
        len(compared.moved),
        came=tuple(after.table.uid_hex(row) for row in compared.entering[:MOST_NAMED]),
        went=tuple(before.table.uid_hex(row) for row in compared.leaving[:MOST_NAMED]),
    )


def _rooms(before: Iterable[RoomRecord], after: Iterable[RoomRecord], *, kind: str) -> tuple[tuple[str, int, int], ...]:
    """Sum the room of both sides in thousandths; those that change most first."""
    sums = []
    for records in (before, after):
        counted: Counter[str] = Counter()
        for record in records:
            counted.update({share.key: share.room for share in record.shares if share.kind == kind})
        whole = counted.total() or 1
        sums.append({key: round(1000 * room / whole) for key, room in counted.items() if room})
    keys = sums[0].keys() | sums[1].keys()
    rows = ((key, sums[0].get(key, 0), sums[1].get(key, 0)) for key in keys)
    return tuple(sorted(rows, key=lambda row: (-abs(row[2] - row[1]), -row[1], row[0])))
