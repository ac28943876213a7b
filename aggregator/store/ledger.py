"""The ledger: who had room in a list, a record a day (ranking-semantics 7)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, text

from aggregator.model.exposure import RoomRecord, RoomShare, SourceRoom
from aggregator.model.ids import ListId, VersionId
from aggregator.store.bulk import Bulk, insert_into
from aggregator.store.columns import from_seconds, to_microseconds, to_seconds
from aggregator.store.tables import ledger, ledger_share
from rankers import fair_room, source_room

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

WINDOW = timedelta(days=28)
"""What `source_room` counts."""
_SHARE = ("ledger_id", "kind", "key", "candidates", "shown", "room", "newest_shown", "newest_room")
_ADD_SHARES = Bulk(insert_into("ledger_share", _SHARE))
_HAS = select(ledger.c.id).where(ledger.c.list_id == bindparam("list_id"), ledger.c.at == bindparam("at"))
_RECORDS = (
    select(ledger)
    .where(ledger.c.list_id == bindparam("list_id"), ledger.c.at > bindparam("after"), ledger.c.at <= bindparam("now"))
    .order_by(ledger.c.at)
)
_SHARES = (
    select(ledger_share)
    .join_from(ledger_share, ledger)
    .where(ledger.c.list_id == bindparam("list_id"), ledger.c.at > bindparam("after"), ledger.c.at <= bindparam("now"))
)
_COUNTS = text(
    "SELECT list_id, at, places FROM ledger WHERE at > :after AND at <= :now ORDER BY at"  # a constant of this module
)
_OF_SOURCE = text(
    "SELECT ledger.list_id, sum(ledger_share.candidates) AS candidates, sum(ledger_share.shown) AS shown,"
    " sum(ledger_share.room) AS room, sum(ledger_share.newest_room) AS newest_room FROM ledger"
    " JOIN ledger_share ON ledger_share.ledger_id = ledger.id AND ledger_share.kind = 'source'"
    " WHERE ledger_share.key = :source AND ledger.at > :after AND ledger.at <= :now GROUP BY ledger.list_id"
)
_COUNTED = "ledger.list_id = :list_id AND ledger.at > :after AND ledger.at <= :now AND ledger.written <= :written"
_ANY = text(f"SELECT 1 FROM ledger WHERE {_COUNTED} LIMIT 1")  # a constant of this module
_SOURCE_ROOMS = text(
    "SELECT ledger_share.key, sum(ledger_share.room), sum(ledger.fair) FROM ledger"  # as above
    " JOIN ledger_share ON ledger_share.ledger_id = ledger.id"
    f" WHERE {_COUNTED} AND ledger_share.kind = 'source' GROUP BY ledger_share.key"
)


def add_record(conn: Connection, record: RoomRecord, *, written: datetime) -> bool:
    """Write a record; says False, and changes nothing, where the list has one of that time."""
    if conn.execute(_HAS, {"list_id": record.list_id, "at": record.at}).first():
        return False
    row = {
        "list_id": record.list_id,
        "at": record.at,
        "written": written,
        "rule_version_id": record.rule_version,
        "places": record.places,
        "candidates": record.candidates,
        "fair": record.fair,
        "median_age": _seconds(record.median_age),
        "newest_median_age": _seconds(record.newest_median_age),
        "stories": record.stories,
        "left_out": json.dumps(dict(record.left_out)),
    }
    made = conn.execute(insert(ledger).returning(ledger.c.id), row).scalar_one()
    _ADD_SHARES.run(
        conn,
        [
            (made, one.kind, one.key, one.candidates, one.shown, one.room, one.newest_shown, one.newest_room)
            for one in record.shares
        ],
    )
    return True


def has_record(conn: Connection, list_id: ListId, at: datetime) -> bool:
    """Say whether a list has a record of this time."""
    return conn.execute(_HAS, {"list_id": list_id, "at": at}).first() is not None


def get_records(conn: Connection, list_id: ListId, *, after: datetime, now: datetime) -> tuple[RoomRecord, ...]:
    """Return the records with after < at <= now, oldest first, with their shares."""
    given = {"list_id": list_id, "after": after, "now": now}
    shares: dict[int, list[RoomShare]] = {}
    for row in conn.execute(_SHARES, given):
        shares.setdefault(row.ledger_id, []).append(_share_of(row))
    return tuple(_record_of(row, tuple(shares.get(row.id, ()))) for row in conn.execute(_RECORDS, given))


def rooms_of_source(conn: Connection, source: str, *, after: datetime, now: datetime) -> dict[ListId, SourceRoom]:
    """Return what a source had in each list that has records with after < at <= now, also where it had nothing."""
    given = {"after": to_seconds(after), "now": to_seconds(now)}
    counted: dict[int, list[tuple[int, int]]] = {}
    for row in conn.execute(_COUNTS, given):
        counted.setdefault(row.list_id, []).append((row.at, row.places))
    had = {row.list_id: row for row in conn.execute(_OF_SOURCE, {**given, "source": source})}
    found = {}
    for list_id, records in counted.items():
        whole = sum(fair_room(places, 1) for _, places in records)
        own = had.get(list_id)
        mine = (int(own.candidates), int(own.shown), int(own.room), int(own.newest_room)) if own else (0, 0, 0, 0)
        found[ListId(list_id)] = SourceRoom(len(records), from_seconds(records[0][0]), *mine, whole)
    return found


def source_rooms(conn: Connection, list_id: ListId, *, now: datetime) -> dict[str, int] | None:
    """Return the fact `source_room` by source as the ledger stood at `now`; None where it had no record.

    Only what was written by then counts: an order of that time is the same whenever it is asked for again.
    """
    given = {
        "list_id": list_id,
        "after": to_seconds(now - WINDOW),
        "now": to_seconds(now),
        "written": to_microseconds(now),
    }
    if conn.execute(_ANY, given).first() is None:
        return None
    return {key: source_room(int(had), int(fair)) for key, had, fair in conn.execute(_SOURCE_ROOMS, given)}


def _record_of(row: Row[*tuple[Any, ...]], shares: tuple[RoomShare, ...]) -> RoomRecord:
    return RoomRecord(
        list_id=ListId(row.list_id),
        at=row.at,
        rule_version=VersionId(row.rule_version_id),
        places=row.places,
        candidates=row.candidates,
        fair=row.fair,
        median_age=_span(row.median_age),
        newest_median_age=_span(row.newest_median_age),
        stories=row.stories,
        left_out=json.loads(row.left_out),
        shares=shares,
    )


def _share_of(row: Row[*tuple[Any, ...]]) -> RoomShare:
    return RoomShare(row.kind, row.key, row.candidates, row.shown, row.room, row.newest_shown, row.newest_room)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
