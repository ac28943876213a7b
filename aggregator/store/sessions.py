"""Sessions and one-time links. Only hashes of the words people hold are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from aggregator.model.ids import MemberId
from aggregator.model.member import OneTimeLink, Session
from aggregator.store.columns import Moment
from aggregator.store.tables import link, session

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_SESSION = select(session.c.member_id, session.c.expires).where(
    session.c.hash == bindparam("hash"), session.c.expires > bindparam("now", type_=Moment)
)
_LINK = select(link.c.purpose, link.c.expires, link.c.used).where(link.c.hash == bindparam("hash"))


def add_session(conn: Connection, hashed: bytes, *, member: MemberId, expires: datetime) -> None:
    """Begin a session of a member."""
    conn.execute(insert(session), {"hash": hashed, "member_id": member, "expires": expires})


def find_session(conn: Connection, hashed: bytes, *, now: datetime) -> Session | None:
    """Return a session that is not over at `now`."""
    row = conn.execute(_SESSION, {"hash": hashed, "now": now}).first()
    return Session(MemberId(row.member_id), row.expires) if row else None


def set_session_expires(conn: Connection, hashed: bytes, expires: datetime) -> None:
    """Let a session last until `expires`."""
    conn.execute(update(session).where(session.c.hash == hashed).values(expires=expires))


def delete_session(conn: Connection, hashed: bytes) -> None:
    """End a session."""
    conn.execute(delete(session).where(session.c.hash == hashed))


def delete_expired(conn: Connection, now: datetime) -> None:
    """Forget sessions and links that are over at `now`."""
    conn.execute(delete(session).where(session.c.expires <= now))
    conn.execute(delete(link).where(link.c.expires <= now))


def add_link(conn: Connection, hashed: bytes, *, purpose: str, expires: datetime) -> None:
    """Keep a one-time link."""
    conn.execute(insert(link), {"hash": hashed, "purpose": purpose, "expires": expires})


def find_link(conn: Connection, hashed: bytes) -> OneTimeLink | None:
    """Return a one-time link, used and expired ones too."""
    row = conn.execute(_LINK, {"hash": hashed}).first()
    return OneTimeLink(row.purpose, row.expires, used=row.used is not None) if row else None


def use_link(conn: Connection, hashed: bytes, *, now: datetime) -> bool:
    """Use a link up; tells whether it was there, unused and not expired: of two at once one is told so."""
    which = (link.c.hash == hashed, link.c.used.is_(None), link.c.expires > now)
    return conn.execute(update(link).where(*which).values(used=now)).rowcount == 1
