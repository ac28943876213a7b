"""Heals leases and due times that were written before the clock was turned back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from aggregator.model.ids import FeedId
from aggregator.store.tables import feed_state

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_INSTANT = feed_state.c.due.type
_DUE_AFTER = select(feed_state.c.feed_id, feed_state.c.last_tried.is_not(None)).where(
    feed_state.c.due > bindparam("instant", type_=_INSTANT)
)
_LEASED_AFTER = (
    update(feed_state)
    .where(feed_state.c.lease_until > bindparam("instant", type_=_INSTANT))
    .values(lease_worker=None, lease_until=None)
)


def find_due_after(conn: Connection, instant: datetime) -> tuple[tuple[FeedId, bool], ...]:
    """Return the feeds that are due later than an instant, and whether each was ever asked."""
    return tuple((FeedId(feed_id), tried) for feed_id, tried in conn.execute(_DUE_AFTER, {"instant": instant}))


def end_leases_after(conn: Connection, instant: datetime) -> None:
    """End the leases that would last longer than an instant: they were given when the clock stood elsewhere."""
    conn.execute(_LEASED_AFTER, {"instant": instant})
