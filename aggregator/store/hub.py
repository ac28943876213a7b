"""Who asked our hub to be told (WebSub): what is asked and not confirmed yet, and what was agreed, as rows apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from aggregator.model.ids import ListId
from aggregator.model.sharing import Subscriber
from aggregator.store.tables import hub_subscriber as table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_ONE = select(table).where(table.c.key == bindparam("key"))
_DUE = select(table).order_by(table.c.due).limit(bindparam("limit"))
_COUNT = select(func.count()).select_from(table)


def put(conn: Connection, subscriber: Subscriber, *, host: str, due: datetime) -> None:
    """Keep what is asked or agreed; the same asked before is replaced."""
    delete_one(conn, subscriber.key)
    values = {
        "key": subscriber.key,
        "list_id": subscriber.list_id,
        "topic": subscriber.topic,
        "callback": subscriber.callback,
        "host": host,
        "secret": subscriber.secret,
        "lease": subscriber.lease,
        "wanted": subscriber.wanted,
        "until": subscriber.until,
        "told": subscriber.told,
        "due": due,
        "failures": subscriber.failures,
    }
    conn.execute(insert(table), values)


def find(conn: Connection, key: bytes) -> Subscriber | None:
    """Return what is kept under a key."""
    row = conn.execute(_ONE, {"key": key}).first()
    return _of(row) if row else None


def count(conn: Connection, host: str | None = None) -> int:
    """Count all that is kept, or what is of one host."""
    statement = _COUNT if host is None else _COUNT.where(table.c.host == host)
    return int(conn.execute(statement).scalar_one())


def get_asked(conn: Connection, now: datetime, *, limit: int) -> tuple[Subscriber, ...]:
    """Return what is to be confirmed now, the longest due first."""
    found = _DUE.where(table.c.wanted.is_not(None), table.c.due <= now)
    return tuple(map(_of, conn.execute(found, {"limit": limit})))


def get_lists(conn: Connection, now: datetime) -> tuple[ListId, ...]:
    """Return the lists somebody is to be told of."""
    found = select(table.c.list_id).where(table.c.wanted.is_(None), table.c.until > now).distinct()
    return tuple(ListId(each) for each in conn.execute(found.order_by(table.c.list_id)).scalars())


def get_untold(conn: Connection, list_id: ListId, news: bytes, now: datetime, *, limit: int) -> tuple[Subscriber, ...]:
    """Return who is to be told of a list now and was told something else last, the longest due first."""
    found = _DUE.where(
        table.c.list_id == list_id,
        table.c.wanted.is_(None),
        table.c.due <= now,
        table.c.until > now,
        table.c.told.is_distinct_from(news),
    )
    return tuple(map(_of, conn.execute(found, {"limit": limit})))


def delete_of_list(conn: Connection, list_id: ListId) -> None:
    """Forget all that was asked and agreed of a list."""
    conn.execute(delete(table).where(table.c.list_id == list_id))


def set_next(conn: Connection, key: bytes, *, due: datetime, failures: int, told: bytes | None) -> None:
    """Note when somebody is tried again, and what was told last."""
    conn.execute(update(table).where(table.c.key == key).values(due=due, failures=failures, told=told))


def delete_one(conn: Connection, key: bytes) -> None:
    """Forget what is kept under a key; none is none."""
    conn.execute(delete(table).where(table.c.key == key))


def delete_over(conn: Connection, now: datetime) -> None:
    """Forget what has ended."""
    conn.execute(delete(table).where(table.c.until <= now))


def _of(row: Row[*tuple[Any, ...]]) -> Subscriber:
    return Subscriber(
        key=bytes(row.key),
        list_id=ListId(row.list_id),
        topic=row.topic,
        callback=row.callback,
        secret=None if row.secret is None else bytes(row.secret),
        lease=row.lease,
        wanted=row.wanted,
        until=row.until,
        told=None if row.told is None else bytes(row.told),
        failures=row.failures,
    )
