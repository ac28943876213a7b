"""Sessions and one-time links. Only hashes of the words people hold are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from aggregator.model.ids import MemberId
from aggregator.model.member import OneTimeLink, Session
from aggregator.model.signing_in import HeldSession
from aggregator.store.columns import Moment
from aggregator.store.tables import link, link_for, session

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_SESSION = select(session.c.member_id, session.c.expires).where(
    session.c.hash == bindparam("hash"), session.c.expires > bindparam("now", type_=Moment)
)
_LINK = (
    select(link.c.purpose, link.c.expires, link.c.used, link_for.c.member_id)
    .select_from(link.outerjoin(link_for, link_for.c.hash == link.c.hash))
    .where(link.c.hash == bindparam("hash"))
)
_OF = (
    select(session.c.hash, session.c.device, session.c.created, session.c.seen, session.c.expires)
    .where(session.c.member_id == bindparam("member"), session.c.expires > bindparam("now", type_=Moment))
    .order_by(session.c.created.desc(), session.c.hash)
)


def add_session(
    conn: Connection,
    hashed: bytes,
    *,
    member: MemberId,
    expires: datetime,
    created: datetime | None = None,
    device: str | None = None,
) -> None:
    """Begin a session of a member, on what the member would call a device."""
    row = {"hash": hashed, "member_id": member, "expires": expires, "created": created, "seen": _day(created)}
    conn.execute(insert(session), {**row, "device": device})


def find_session(conn: Connection, hashed: bytes, *, now: datetime) -> Session | None:
    """Return a session that is not over at `now`."""
    row = conn.execute(_SESSION, {"hash": hashed, "now": now}).first()
    return Session(MemberId(row.member_id), row.expires) if row else None


def get_sessions(conn: Connection, member: MemberId, *, now: datetime) -> tuple[HeldSession, ...]:
    """Return where a member is signed in at `now`, the last begun first."""
    rows = conn.execute(_OF, {"member": member, "now": now})
    return tuple(
        HeldSession(bytes(row.hash).hex(), row.device, row.created, row.seen and row.seen.date(), row.expires)
        for row in rows
    )


def set_session_expires(conn: Connection, hashed: bytes, expires: datetime, *, seen: datetime | None = None) -> None:
    """Let a session last until `expires`, and keep the day it was seen."""
    conn.execute(update(session).where(session.c.hash == hashed).values(expires=expires, seen=_day(seen)))


def delete_session(conn: Connection, hashed: bytes, *, member: MemberId | None = None) -> bool:
    """End a session, of this member if one is named; tells whether it was there."""
    which = [session.c.hash == hashed, *([session.c.member_id == member] if member is not None else [])]
    return conn.execute(delete(session).where(*which)).rowcount == 1


def delete_sessions(conn: Connection, member: MemberId, *, but_for: bytes | None = None) -> int:
    """End the sessions of a member, all or all but one; gives how many."""
    which = [session.c.member_id == member, *([session.c.hash != but_for] if but_for is not None else [])]
    return conn.execute(delete(session).where(*which)).rowcount


def delete_expired(conn: Connection, now: datetime) -> None:
    """Forget sessions and links that are over at `now`."""
    conn.execute(delete(session).where(session.c.expires <= now))
    conn.execute(delete(link).where(link.c.expires <= now))


def add_link(
    conn: Connection, hashed: bytes, *, purpose: str, expires: datetime, member: MemberId | None = None
) -> None:
    """Keep a one-time link, for this member if one is named."""
    conn.execute(insert(link), {"hash": hashed, "purpose": purpose, "expires": expires})
    if member is not None:
        conn.execute(insert(link_for), {"hash": hashed, "member_id": member})


def delete_links(conn: Connection, member: MemberId) -> None:
    """Forget the links made for a member."""
    conn.execute(delete(link).where(link.c.hash.in_(select(link_for.c.hash).where(link_for.c.member_id == member))))


def find_link(conn: Connection, hashed: bytes) -> OneTimeLink | None:
    """Return a one-time link, used and expired ones too."""
    row = conn.execute(_LINK, {"hash": hashed}).first()
    if row is None:
        return None
    member = MemberId(row.member_id) if row.member_id is not None else None
    return OneTimeLink(row.purpose, row.expires, used=row.used is not None, member=member)


def use_link(conn: Connection, hashed: bytes, *, now: datetime) -> bool:
    """Use a link up; tells whether it was there, unused and not expired: of two at once one is told so."""
    which = (link.c.hash == hashed, link.c.used.is_(None), link.c.expires > now)
    return conn.execute(update(link).where(*which).values(used=now)).rowcount == 1


def _day(at: datetime | None) -> datetime | None:
    # Who reads the database learns the day somebody was here, not the hour.
    return at and at.replace(hour=0, minute=0, second=0, microsecond=0)
