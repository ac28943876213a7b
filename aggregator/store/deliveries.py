"""What came to the inbox: kept raw and bounded until it is looked at, with the signatures used and what was refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from aggregator.model.fediverse import Refusal
from aggregator.store.bulk import Bulk
from aggregator.store.columns import Moment, to_microseconds
from aggregator.store.tables import delivery, refusal, used_signature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

MOST_OF_A_HOST = 200
MOST = 5_000
MOST_REFUSALS = 1_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request to the inbox as it came. `host` is of the key it names, which is not proved yet."""

    id: int
    received: datetime
    host: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    tries: int = 0


_COUNT = select(func.count()).select_from(delivery)
_COUNT_OF = _COUNT.where(delivery.c.host == bindparam("host"))
_ADD = Bulk("INSERT INTO delivery (received, host, url, headers, body, tries, due) VALUES (?, ?, ?, ?, ?, 0, ?)")
_DUE = (
    select(delivery)
    .where(delivery.c.due <= bindparam("now", type_=Moment))
    .order_by(delivery.c.id)
    .limit(bindparam("limit"))
)
_USE = Bulk("INSERT INTO used_signature (mark, until) VALUES (?, ?)")
_USED = select(used_signature.c.mark).where(used_signature.c.mark == bindparam("mark"))
_REFUSE = Bulk("INSERT INTO refusal (at, host, kind, reason) VALUES (?, ?, ?, ?)")
_REFUSALS = select(refusal).order_by(refusal.c.id.desc()).limit(bindparam("limit"))


def add_delivery(
    conn: Connection, *, host: str, url: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Keep what came to the inbox; False where too much of that host, or of all, waits already."""
    waiting = conn.execute(_COUNT_OF, {"host": host}).scalar_one()
    if waiting >= MOST_OF_A_HOST or conn.execute(_COUNT).scalar_one() >= MOST:
        return False
    at = to_microseconds(now)
    _ADD.run(conn, [(at, host, url, json.dumps(dict(headers)), body, at)])
    return True


def get_due(conn: Connection, now: datetime, *, limit: int) -> tuple[Delivery, ...]:
    """Return what is to be looked at now, in the order it came."""
    return tuple(
        Delivery(row.id, row.received, row.host, row.url, json.loads(row.headers), bytes(row.body), row.tries)
        for row in conn.execute(_DUE, {"now": now, "limit": limit})
    )


def delete_delivery(conn: Connection, delivery_id: int) -> None:
    """Let go of one that was looked at."""
    conn.execute(delete(delivery).where(delivery.c.id == delivery_id))


def put_off(conn: Connection, delivery_id: int, due: datetime) -> None:
    """Look at one again later."""
    told: dict[str, Any] = {"due": due, "tries": delivery.c.tries + 1}
    conn.execute(update(delivery).where(delivery.c.id == delivery_id).values(told))


def use_signature(conn: Connection, mark: bytes, *, until: datetime) -> bool:
    """Note that a signature was used; False where it was before."""
    if conn.execute(_USED, {"mark": mark}).first():
        return False
    _USE.run(conn, [(mark, to_microseconds(until))])
    return True


def forget_used(conn: Connection, *, before: datetime) -> None:
    """Forget signatures that would be too old by now."""
    conn.execute(delete(used_signature).where(used_signature.c.until < before))


def add_refusal(conn: Connection, *, host: str, kind: str, reason: str, now: datetime) -> None:
    """Note what was refused and why; the oldest go."""
    _REFUSE.run(conn, [(to_microseconds(now), host[:253], kind[:60], reason[:300])])
    newest = conn.execute(select(func.max(refusal.c.id))).scalar_one()
    conn.execute(delete(refusal).where(refusal.c.id <= newest - MOST_REFUSALS))


def get_refusals(conn: Connection, *, limit: int) -> tuple[Refusal, ...]:
    """Return what was refused, the newest first."""
    rows = conn.execute(_REFUSALS, {"limit": limit})
    return tuple(Refusal(row.at, row.host, row.kind, row.reason) for row in rows)


def count_waiting(conn: Connection) -> int:
    """Count what waits to be looked at."""
    return conn.execute(_COUNT).scalar_one()
