"""Alerts of lists: kept, looked at when they are due, and what each has told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from aggregator.model.alert import Alert, AlertBy, AlertId
from aggregator.model.ids import EntryId, ListId, MemberId, OwnerId
from aggregator.store.tables import alert, alert_entry, entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_ONE = select(alert).where(alert.c.id == bindparam("id"))
_BY_HASH = select(alert).where(alert.c.hash == bindparam("hash"))
_OF_MEMBER = select(alert).where(alert.c.member_id == bindparam("member")).order_by(alert.c.id)
_DUE = (
    select(alert)
    .where(
        alert.c.due <= bindparam("now"),
        alert.c.ended.is_(None),
        or_(alert.c.confirmed.is_not(None), alert.c.asked.is_(None)),
    )
    .order_by(alert.c.due, alert.c.id)
    .limit(bindparam("limit"))
)
_TOLD = select(alert_entry.c.entry_id).where(alert_entry.c.alert_id == bindparam("id"))


def add(conn: Connection, new: Alert, hashed: bytes) -> AlertId:
    """Keep an alert under the hash of its word; its own id does not count."""
    values = {
        "list_id": new.list_id,
        "member_id": new.member,
        "by": new.by.value,
        "address": new.address,
        "nonce": new.nonce,
        "hash": hashed,
        "hours": new.hours,
        "made": new.made,
        "after": new.after,
        "due": new.due,
        "confirmed": new.confirmed,
        "failures": 0,
        "fault": "",
    }
    return AlertId(conn.execute(insert(alert).returning(alert.c.id), values).scalar_one())


def newest_entry(conn: Connection) -> EntryId:
    """Return the entry that arrived last; 0 where there is none."""
    return EntryId(conn.execute(select(func.max(entry.c.id))).scalar() or 0)


def find(conn: Connection, alert_id: AlertId) -> Alert | None:
    """Return an alert."""
    row = conn.execute(_ONE, {"id": alert_id}).first()
    return _of(row) if row else None


def find_by_hash(conn: Connection, hashed: bytes) -> Alert | None:
    """Return the alert whose word has this hash."""
    row = conn.execute(_BY_HASH, {"hash": hashed}).first()
    return _of(row) if row else None


def of_member(conn: Connection, member: MemberId) -> tuple[Alert, ...]:
    """Return all alerts of a member, as they were made."""
    return tuple(map(_of, conn.execute(_OF_MEMBER, {"member": member})))


def get_due(conn: Connection, now: datetime, *, limit: int) -> tuple[Alert, ...]:
    """Return what is to be looked at, the longest due first."""
    return tuple(map(_of, conn.execute(_DUE, {"now": now, "limit": limit})))


def change(conn: Connection, alert_id: AlertId, **values: Any) -> None:
    """Write some fields of an alert anew: `due`, `asked`, `confirmed`, `told`, `failures`, `fault`, `ended`."""
    conn.execute(update(alert).where(alert.c.id == alert_id).values(values))


def delete_one(conn: Connection, alert_id: AlertId) -> None:
    """Forget an alert and what it told; none is none."""
    conn.execute(delete(alert).where(alert.c.id == alert_id))


def delete_unanswered(conn: Connection, asked_before: datetime) -> None:
    """Forget alerts whose address was asked before an instant and never said yes."""
    conn.execute(delete(alert).where(alert.c.confirmed.is_(None), alert.c.asked < asked_before))


def get_told(conn: Connection, alert_id: AlertId) -> frozenset[int]:
    """Return the entries an alert has told of."""
    return frozenset(conn.execute(_TOLD, {"id": alert_id}).scalars())


def add_told(conn: Connection, alert_id: AlertId, entries: Sequence[EntryId], now: datetime) -> None:
    """Note that an alert has told of entries; those noted already stay."""
    new = set(entries) - get_told(conn, alert_id)
    if new:
        conn.execute(insert(alert_entry), [{"alert_id": alert_id, "entry_id": each, "at": now} for each in new])


def delete_told(conn: Connection, before: datetime) -> None:
    """Forget what was told before an instant: such entries stand in no list any more."""
    conn.execute(delete(alert_entry).where(alert_entry.c.at < before))


def _of(row: Row[*tuple[Any, ...]]) -> Alert:
    return Alert(
        id=AlertId(row.id),
        list_id=ListId(row.list_id),
        member=MemberId(OwnerId(row.member_id)),
        by=AlertBy(row.by),
        address=bytes(row.address),
        nonce=bytes(row.nonce),
        hours=row.hours,
        made=row.made,
        after=EntryId(row.after),
        due=row.due,
        asked=row.asked,
        confirmed=row.confirmed,
        told=row.told,
        failures=row.failures,
        fault=row.fault,
        ended=row.ended,
    )
