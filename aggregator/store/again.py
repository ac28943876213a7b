"""Having a feed's newest entries read once more, though nothing about them has changed at their publisher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from aggregator.store.tables import carried, entry, feed_state, seen

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import FeedId

_NO_HASH = bytes(16)


def read_again(conn: Connection, feed_id: FeedId, newest: int) -> None:
    """Let the next answer be a whole document, of which so many of the newest entries count as changed."""
    ids = list(
        conn.execute(
            select(entry.c.id)
            .where(entry.c.feed_id == feed_id)
            .order_by(entry.c.time.desc(), entry.c.id.desc())
            .limit(newest)
        ).scalars()
    )
    conn.execute(update(seen).where(seen.c.feed_id == feed_id, seen.c.entry_id.in_(ids)).values(raw_hash=_NO_HASH))
    conn.execute(delete(carried).where(carried.c.feed_id == feed_id))
    conn.execute(update(feed_state).where(feed_state.c.feed_id == feed_id).values(etag=None, last_modified=None))
