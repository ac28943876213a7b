"""What members mute for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, or_, select

from aggregator.model.ids import MuteId
from aggregator.model.mute import Mute, MuteKind
from aggregator.store.bulk import Bulk
from aggregator.store.columns import to_microseconds
from aggregator.store.tables import feed, mute

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId

_MUTES = (
    select(mute)
    .where(mute.c.owner == bindparam("owner"), or_(mute.c.until.is_(None), mute.c.until > bindparam("now")))
    .order_by(mute.c.id)
)
_SOURCES = select(feed.c.source).distinct().order_by(feed.c.source)
_PUT = Bulk(
    "INSERT INTO mute (owner, kind, text, until, made) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (owner, kind, text) DO UPDATE SET until = excluded.until"
)


def get_mutes(conn: Connection, member: MemberId, now: datetime) -> tuple[Mute, ...]:
    """Return what a member mutes now, in the order it was said; what has run out is not in it."""
    rows = conn.execute(_MUTES, {"owner": member, "now": now})
    return tuple(Mute(MuteId(row.id), MuteKind(row.kind), row.text, row.until) for row in rows)


def put_mute(
    conn: Connection, member: MemberId, kind: MuteKind, text: str, *, until: datetime | None, now: datetime
) -> None:
    """Mute something until an instant, or until it is taken off; the same again only moves that instant."""
    last = None if until is None else to_microseconds(until)
    _PUT.run(conn, [(member, str(kind), text, last, to_microseconds(now))])


def delete_mute(conn: Connection, member: MemberId, mute_id: MuteId) -> None:
    """Take a mute off."""
    conn.execute(delete(mute).where(mute.c.owner == member, mute.c.id == mute_id))


def delete_expired(conn: Connection, member: MemberId, now: datetime) -> None:
    """Forget what has run out."""
    conn.execute(delete(mute).where(mute.c.owner == member, mute.c.until <= now))


def put_random_mutes(conn: Connection, member: MemberId, chance: Random, now: datetime) -> int:
    """Let a member mute other sources than before, about half of all; gives how many. For copies alone."""
    conn.execute(delete(mute).where(mute.c.owner == member))
    drawn = [source for source in conn.execute(_SOURCES).scalars() if chance.getrandbits(1)]
    made = to_microseconds(now)
    _PUT.run(conn, [(member, str(MuteKind.SOURCE), source, None, made) for source in drawn])
    return len(drawn)
