"""How feeds are reached that need more than an address: sealed bytes, which only services/access.py can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from aggregator.store.bulk import Bulk
from aggregator.store.tables import feed_access

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import FeedId

_FIND = select(feed_access.c.sealed).where(feed_access.c.feed_id == bindparam("feed_id"))
_FORGET = delete(feed_access).where(feed_access.c.feed_id == bindparam("feed_id"))
_SET = Bulk(
    "INSERT INTO feed_access (feed_id, sealed) VALUES (?, ?)"
    " ON CONFLICT (feed_id) DO UPDATE SET sealed = excluded.sealed"
)


def find_sealed(conn: Connection, feed_id: FeedId) -> bytes | None:
    """Return what is kept of a feed; None where its address is enough."""
    found = conn.execute(_FIND, {"feed_id": feed_id}).scalar()
    return None if found is None else bytes(found)


def set_sealed(conn: Connection, feed_id: FeedId, sealed: bytes | None) -> None:
    """Keep it, or forget it."""
    if sealed is None:
        conn.execute(_FORGET, {"feed_id": feed_id})
    else:
        _SET.run(conn, [(feed_id, sealed)])
