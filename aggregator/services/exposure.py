"""Who has room: the ledger of each list, written once a day, and what it tells over weeks beside newest first."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError
from aggregator.model.exposure import KINDS, RoomRecord, RoomShare
from aggregator.services.asking import NEWEST_FIRST, list_and_rule
from aggregator.services.list_table import Stored, fresh_snapshot, list_table
from aggregator.services.ranking import document_of, live_tick, order_by, usable_document
from aggregator.services.rights import Right, require
from aggregator.store import ledger, lists, members, rules, subscriptions, values
from rankers import evenness_over, fair_room, measure_exposure, published_rules, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from aggregator.model.ids import FeedId, OwnerId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from rankers import CandidateTable, Exposure, Ranking

PLACES = 30
"""Of a live list these first places count."""
SPANS = (7, 28, 90)
"""Days a page may look back."""
MEASURED = frozenset({"source", "language", "folder", "story"})
"""Columns that measuring needs, whatever the rule reads."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """What one source, language or folder had over a span. Room in thousandths of all there was."""

    key: str
    candidates: int
    shown: int
    share: int
    newest_shown: int
    newest_share: int


@dataclass(frozen=True, slots=True)
class Variety:
    """How room was shared. `gini` 0 is equal; it cannot be below `floor`. `effective`: as varied as so many equals."""

    shown: int
    there: int
    gini: float
    floor: float
    among_shown: float
    effective: float


@dataclass(frozen=True, slots=True)
class RoomPage:
    """Who had room in a list over some days: `records` of them are in the ledger, none: as it stands now."""

    list: ReadingList
    rule: RuleVersion
    days: int
    records: int
    since: datetime | None
    by_kind: Mapping[str, tuple[Room, ...]]
    variety: Variety
    newest_variety: Variety
    median_age: timedelta | None
    newest_median_age: timedelta | None
    stories: int
    left_out: tuple[tuple[str, int], ...]
    titles: Mapping[str, str]
    """What people call a source: the title of its feed, of its first one where there are several."""
    feeds: Mapping[str, FeedId]
    """That feed, whose page tells of the source."""


def room_page(desk: Desk, actor: Actor, slug: str, days: int = SPANS[1]) -> RoomPage:
    """Say who had room in a list over 7, 28 or 90 days. Raises NotFoundError, BadInputError for other spans."""
    require(actor, Right.READ)
    if days not in SPANS:
        raise BadInputError("days", f"one of {', '.join(map(str, SPANS))} is expected")
    now = desk.clock.now()
    with desk.database.read() as conn:
        asked = list_and_rule(conn, actor, slug, None)
        records = ledger.get_records(conn, asked.list.id, after=now - timedelta(days=days), now=now)
        sources = subscriptions.get_sources(conn, actor.group)
        counted = records or (_measure(desk, conn, asked.list, asked.own_rule, _live(desk, conn)),)
    by_line: Counter[str] = Counter()
    for record in counted:
        by_line.update(record.left_out)
    return RoomPage(
        list=asked.list,
        rule=asked.own_rule,
        days=days,
        records=len(records),
        since=records[0].at if records else None,
        by_kind={kind: _rooms(counted, kind) for kind in KINDS},
        variety=_variety(counted, newest=False),
        newest_variety=_variety(counted, newest=True),
        median_age=_middle(record.median_age for record in counted),
        newest_median_age=_middle(record.newest_median_age for record in counted),
        stories=sum(record.stories for record in counted),
        left_out=tuple(by_line.most_common()),
        titles={each.source: each.title for each in reversed(sources)},
        feeds={each.source: each.feed_id for each in reversed(sources)},
    )


def source_titles(conn: Connection, owner: OwnerId) -> Mapping[str, str]:
    """Give what an owner calls its sources, by key; a source of several feeds goes by the title of the first."""
    return {each.source: each.title for each in reversed(subscriptions.get_sources(conn, owner))}


def write_ledgers(desk: Desk) -> int:
    """Write the records of the last midnight (UTC) that are missing; gives how many. For the worker.

    A list that had nothing to show at midnight gets none: there was no room to share. One that comes as editions
    has a record of each.
    """
    now = desk.clock.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    with desk.database.read() as conn:
        owner = members.instance_group(conn)
        missing = [
            each
            for each in lists.get_lists(conn, owner)
            if each.timetable is None and not ledger.has_record(conn, each.id, midnight)
        ]
        if not missing:
            return 0
        own = {version.rule_id: version for version in rules.get_current_versions(conn, owner)}
        measured = (_measure(desk, conn, each, own[each.rule_id], midnight) for each in missing)
        made = [record for record in measured if record.places]
    written = sum(_write(desk, record) for record in made)
    if written:
        _log.info("ledgers-written lists=%d at=%s", written, midnight.isoformat())
    return written


def write_edition_ledger(desk: Desk, found: ReadingList, version: RuleVersion, at: datetime) -> None:
    """Write down who had room in an edition. For whoever makes it."""
    with desk.database.read() as conn:
        record = _measure(desk, conn, found, version, at)
    if record.places:
        _write(desk, record)


def _write(desk: Desk, record: RoomRecord) -> bool:
    with desk.database.write() as conn:
        if not ledger.add_record(conn, record, written=desk.clock.now()):
            return False
        values.touch(conn)  # the fact source_room has changed
        return True


def record_of(reading_list: ReadingList, version: RuleVersion, ranking: Ranking, at: datetime) -> RoomRecord:
    """Measure a ranking whose table has the columns MEASURED, beside newest first."""
    table = ranking.table
    newest = rank(document_of(published_rules()[NEWEST_FIRST]), table, table.now)
    shown = ranking.order(0, min(PLACES, ranking.length))
    ours = measure_exposure(table, shown)
    theirs = measure_exposure(table, newest.order(0, len(shown)))
    return RoomRecord(
        list_id=reading_list.id,
        at=at,
        rule_version=version.id,
        places=ours.places,
        candidates=ours.candidates,
        fair=fair_room(ours.places, len(ours.sources)),
        median_age=_span(ours.median_age),
        newest_median_age=_span(theirs.median_age),
        stories=ours.stories,
        left_out={line.line: line.count for line in ranking.left_out_by if line.count},
        shares=tuple(_shares(ours, theirs)),
    )


def _live(desk: Desk, conn: Connection) -> datetime:
    """Give the tick of live lists: what came this minute counts, as on the list itself."""
    snapshot = fresh_snapshot(desk, conn, values.data_version(conn))
    return datetime.fromtimestamp(live_tick(int(desk.clock.now().timestamp()), snapshot), UTC)


def _measure(desk: Desk, conn: Connection, found: ReadingList, version: RuleVersion, at: datetime) -> RoomRecord:
    document = usable_document(version)
    facts_version = values.data_version(conn)
    stored = Stored(fresh_snapshot(desk, conn, facts_version), facts_version)
    tick = int(at.timestamp())
    reads = document.columns | MEASURED
    table: CandidateTable = list_table(
        desk, conn, stored, found, tick, reads=reads, leaves=document.leaves, topics=document.topics
    ).table
    return record_of(found, version, order_by(version, table, tick), at)


def _shares(ours: Exposure, theirs: Exposure) -> Iterable[RoomShare]:
    pairs = zip(
        KINDS, (ours.sources, ours.languages, ours.folders), (theirs.sources, theirs.languages, theirs.folders),
        strict=True,
    )  # fmt: skip
    for kind, mine, newest in pairs:
        beside = {share.key: share for share in newest}
        for share in mine:
            other = beside[share.key]
            yield RoomShare(kind, share.key, share.candidates, share.shown, share.room, other.shown, other.room)


def _rooms(records: Iterable[RoomRecord], kind: str) -> tuple[Room, ...]:
    """Sum the shares of one kind, those with most room first."""
    sums: dict[str, list[int]] = {}
    for share in chain.from_iterable(record.shares for record in records):
        if share.kind == kind:
            held = sums.setdefault(share.key, [0] * 5)
            added = (share.candidates, share.shown, share.room, share.newest_shown, share.newest_room)
            sums[share.key] = [one + other for one, other in zip(held, added, strict=True)]
    all_room = sum(each[2] for each in sums.values()) or 1
    all_newest = sum(each[4] for each in sums.values()) or 1
    ordered = sorted(sums.items(), key=lambda item: (-item[1][2], -item[1][4], item[0]))
    return tuple(
        Room(key, candidates, shown, round(1000 * room / all_room), newest_shown, round(1000 * newest / all_newest))
        for key, (candidates, shown, room, newest_shown, newest) in ordered
    )


def _variety(records: Iterable[RoomRecord], *, newest: bool) -> Variety:
    records = tuple(records)
    rooms: Counter[str] = Counter()
    for share in chain.from_iterable(record.shares for record in records):
        if share.kind == "source":
            rooms[share.key] += share.newest_room if newest else share.room
    having = sum(1 for room in rooms.values() if room)
    found = evenness_over(list(rooms.values()), [record.places for record in records])
    return Variety(having, len(rooms), found.gini, found.floor, found.among_shown, found.effective)


def _middle(ages: Iterable[timedelta | None]) -> timedelta | None:
    known = [age.total_seconds() for age in ages if age is not None]
    return timedelta(seconds=round(median(known))) if known else None


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
