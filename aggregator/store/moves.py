"""Feeds that moved: from where, to where, when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select

from aggregator.model.feed import Move
from aggregator.model.ids import FeedId
from aggregator.store.columns import Moment
from aggregator.store.feeds import find_addresses, get_feed, set_address
from aggregator.store.tables import feed_move

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_ADD = insert(feed_move)
_SINCE = select(feed_move).where(feed_move.c.at >= bindparam("since", type_=Moment)).order_by(feed_move.c.at.desc())


def move_feed(conn: Connection, feed_id: FeedId, address: str, *, now: datetime) -> bool:
    """Fetch a feed from another address from now on, and remember that; False where a feed is there already."""
    if find_addresses(conn, [address]):
        return False
    left = get_feed(conn, feed_id).address
    set_address(conn, feed_id, address)
    conn.execute(_ADD, {"feed_id": feed_id, "at": now, "from_address": left, "to_address": address})
    return True


def get_moves(conn: Connection, since: datetime) -> tuple[Move, ...]:
    """Return the moves since an instant, the last one first."""
    rows = conn.execute(_SINCE, {"since": since})
    return tuple(Move(FeedId(row.feed_id), row.at, row.from_address, row.to_address) for row in rows)
