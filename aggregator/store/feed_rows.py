"""Between feeds and their rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import DueFeed, Feed, Health, Moving, Schedule, Validators
from aggregator.model.ids import FeedId
from aggregator.store.packed import unpack_feed_data
from aggregator.store.tables import feed, feed_access, feed_push, feed_state

if TYPE_CHECKING:
    from sqlalchemy import Row

FEED_COLUMNS = (
    feed.c.id, feed.c.address, feed.c.first_address, feed.c.title, feed.c.site, feed.c.language, feed.c.source,
    feed.c.source_owner, feed.c.added, feed.c.hints, feed_state.c.paused, feed_state.c.moved_to, feed_state.c.etag,
    feed_state.c.last_modified, feed_state.c.due, feed_state.c.interval, feed_state.c.full_since,
    feed_state.c.last_tried, feed_state.c.last_ok, feed_state.c.fault, feed_state.c.fault_detail,
    feed_state.c.fault_retry_after, feed_state.c.streak, feed_state.c.full_text,
)  # fmt: skip
"""What `feed_of` reads, for any select that joins feed and feed_state."""

DUE_COLUMNS = (
    feed.c.id, feed.c.address, feed.c.first_address, feed.c.site, feed.c.language, feed.c.hints,
    feed_state.c.etag, feed_state.c.last_modified, feed_state.c.due, feed_state.c.interval,
    feed_state.c.full_since, feed_state.c.streak, feed_state.c.last_ok, feed_state.c.moved_to,
    feed_state.c.moved_since, feed_state.c.moved_times, feed_access.c.sealed,
    feed_state.c.full_text,
    feed_push.c.until.label("pushed_until"),
)  # fmt: skip
"""What `due_feed_of` reads."""


def feed_of(row: Row[*tuple[Any, ...]]) -> Feed:
    """Make a Feed of a row of FEED_COLUMNS, which may have more columns behind them."""
    return Feed(
        id=FeedId(row.id),
        address=row.address,
        first_address=row.first_address,
        title=row.title,
        site=row.site,
        language=row.language,
        source=row.source,
        owner=row.source_owner,
        added=row.added,
        paused=row.paused,
        moved_to=row.moved_to,
        validators=Validators(row.etag, row.last_modified),
        schedule=Schedule(row.due, timedelta(seconds=row.interval), row.full_since),
        health=Health(row.last_tried, row.last_ok, _fault_of(row), row.streak),
        hints=unpack_feed_data(row.hints),
        full_text=row.full_text,
    )


def _fault_of(row: Row[*tuple[Any, ...]]) -> Fault | None:
    """Make the Fault of a row that has the three columns of one."""
    if row.fault is None:
        return None
    return Fault(FaultCode(row.fault), row.fault_detail or "", row.fault_retry_after)


def due_feed_of(row: Row[*tuple[Any, ...]], known: frozenset[bytes]) -> DueFeed:
    """Make a DueFeed of a row of DUE_COLUMNS."""
    return DueFeed(
        id=FeedId(row.id),
        address=row.address,
        first_address=row.first_address,
        site=row.site,
        language=row.language,
        validators=Validators(row.etag, row.last_modified),
        schedule=Schedule(row.due, timedelta(seconds=row.interval), row.full_since),
        streak=row.streak,
        hints=unpack_feed_data(row.hints),
        fresh=row.last_ok is None,
        known=known,
        moving=None if row.moved_to is None else Moving(row.moved_to, row.moved_since, row.moved_times),
        pushed_until=row.pushed_until,
        sealed=None if row.sealed is None else bytes(row.sealed),
        full_text=row.full_text,
    )
