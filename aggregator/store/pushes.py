"""Hubs that are asked to tell us of news, and what they agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from aggregator.model.ids import FeedId
from aggregator.model.push import Push
from aggregator.store.bulk import Bulk
from aggregator.store.columns import Moment, to_microseconds
from aggregator.store.tables import feed, feed_push, feed_state

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

_FIND = select(feed_push).where(feed_push.c.feed_id == bindparam("feed_id"))
_TO_ASK = (
    select(feed_push)
    .join_from(feed_push, feed_state, feed_state.c.feed_id == feed_push.c.feed_id)
    .where(feed_push.c.ask_at <= bindparam("now", type_=Moment), ~feed_state.c.paused)
    .order_by(feed_push.c.ask_at)
    .limit(bindparam("limit"))
)
_ADD = Bulk("INSERT INTO feed_push (feed_id, hub, topic, ask_at, failures) VALUES (?, ?, ?, ?, 0)")


def set_hub(conn: Connection, feed_id: FeedId, hub: str | None, topic: str | None, *, now: datetime) -> None:
    """Keep which hub a feed names, to be asked at once; None forgets it. The topic is the feed's address if None."""
    held = find_push(conn, feed_id)
    if hub and topic is None:
        topic = conn.execute(select(feed.c.address).where(feed.c.id == feed_id)).scalar_one()
    if held is not None:
        if (held.hub, held.topic) == (hub, topic):
            return
        conn.execute(delete(feed_push).where(feed_push.c.feed_id == feed_id))
    if hub:
        _ADD.run(conn, [(feed_id, hub, topic, to_microseconds(now))])


def find_push(conn: Connection, feed_id: FeedId) -> Push | None:
    """Return what was asked of a feed's hub."""
    row = conn.execute(_FIND, {"feed_id": feed_id}).first()
    return _push_of(row) if row else None


def get_to_ask(conn: Connection, now: datetime, *, limit: int) -> tuple[Push, ...]:
    """Return the hubs that are to be asked now, the longest due first; not those of paused feeds."""
    return tuple(map(_push_of, conn.execute(_TO_ASK, {"now": now, "limit": limit})))


def set_asked(conn: Connection, feed_id: FeedId, now: datetime, *, again: datetime) -> None:
    """Note that a hub is being asked; it counts as a failure until the hub agrees."""
    _set(conn, feed_id, asked=now, ask_at=again, failures=feed_push.c.failures + 1)


def set_agreed(conn: Connection, feed_id: FeedId, *, until: datetime | None, again: datetime) -> None:
    """Keep until when a hub agreed to tell us, and when to ask again; None: it refused."""
    _set(conn, feed_id, until=until, ask_at=again, failures=0)


def _set(conn: Connection, feed_id: FeedId, **columns: Any) -> None:
    conn.execute(update(feed_push).where(feed_push.c.feed_id == feed_id).values(columns))


def _push_of(row: Row[*tuple[Any, ...]]) -> Push:
    return Push(FeedId(row.feed_id), row.hub, row.topic, row.asked, row.until, row.failures)
