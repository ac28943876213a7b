"""Who fetches which feed, and what came of it.

A worker leases due feeds for a while; two never hold the same one. A lease that ran out is as free as none: its
worker was killed. What comes of a fetch ends the lease, whoever has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, or_, select, update

from aggregator.model.ids import FeedId
from aggregator.store.bulk import Bulk, chunks
from aggregator.store.columns import Moment, to_microseconds
from aggregator.store.entries import known_hashes
from aggregator.store.feed_rows import DUE_COLUMNS, due_feed_of
from aggregator.store.tables import feed, feed_access, feed_push, feed_state

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from aggregator.model.feed import DueFeed, FetchFailure, FetchOutcome, Schedule

_NOW = bindparam("now", type_=Moment)
_IS_FREE = and_(~feed_state.c.paused, or_(feed_state.c.lease_worker.is_(None), feed_state.c.lease_until <= _NOW))
_IS_UNTRIED = or_(feed_state.c.last_tried.is_(None), feed_state.c.last_tried < bindparam("tried_before", type_=Moment))
_NO_LEASE: dict[str, Any] = {"lease_worker": None, "lease_until": None}


def _claim(which: ColumnElement[bool]) -> Any:
    # SKIP LOCKED is PostgreSQL's; SQLite has one writer at a time and leaves the words out.
    free = select(feed_state.c.feed_id).where(which).order_by(feed_state.c.due, feed_state.c.feed_id)
    free = free.limit(bindparam("limit")).with_for_update(skip_locked=True)
    return (
        update(feed_state)
        .where(feed_state.c.feed_id.in_(free))
        .values(lease_worker=bindparam("worker"), lease_until=bindparam("until"))
        .returning(feed_state.c.feed_id)
    )


_CLAIM_DUE = _claim(and_(feed_state.c.due <= _NOW, _IS_FREE))
_CLAIM_ANY = _claim(and_(_IS_FREE, _IS_UNTRIED))
_CLAIM_THESE = _claim(and_(feed_state.c.feed_id.in_(bindparam("ids", expanding=True)), _IS_FREE, _IS_UNTRIED))
_LEASED = (
    select(*DUE_COLUMNS)
    .join_from(feed, feed_state)
    .outerjoin(feed_access, feed_access.c.feed_id == feed.c.id)
    .outerjoin(feed_push, feed_push.c.feed_id == feed.c.id)
    .where(feed.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(feed_state.c.due, feed.c.id)
)

_SET_FETCHED = Bulk(
    "UPDATE feed_state SET due = ?, interval = ?, full_since = ?, etag = ?, last_modified = ?, last_tried = ?,"
    " last_ok = ?, fault = NULL, fault_detail = NULL, fault_retry_after = NULL, streak = 0,"
    " lease_worker = NULL, lease_until = NULL WHERE feed_id = ?"
)
_SET_FAILED = Bulk(
    "UPDATE feed_state SET due = ?, interval = ?, full_since = ?, last_tried = ?, fault = ?, fault_detail = ?,"
    " fault_retry_after = ?, streak = streak + 1, lease_worker = NULL, lease_until = NULL"
    " WHERE feed_id = ?"
)
_SET_CARRIED = Bulk(
    "INSERT INTO carried (feed_id, hashes) VALUES (?, ?) ON CONFLICT (feed_id) DO UPDATE SET hashes = excluded.hashes"
)


def lease_due(conn: Connection, *, now: datetime, until: datetime, worker: str, limit: int) -> tuple[DueFeed, ...]:
    """Lease at most `limit` feeds that are due, the longest due first, until `until`."""
    ids = conn.execute(_CLAIM_DUE, {"now": now, "until": until, "worker": worker, "limit": limit}).scalars().all()
    return _leased(conn, ids)


def lease_these(
    conn: Connection,
    ids: Sequence[FeedId] | None,
    *,
    tried_before: datetime,
    now: datetime,
    until: datetime,
    worker: str,
    limit: int,
) -> tuple[DueFeed, ...]:
    """Lease at most `limit` of these feeds (None: of all), due or not, that were last tried before an instant.

    Paused and leased ones are passed over.
    """
    given: dict[str, Any] = {"tried_before": tried_before, "now": now, "until": until, "worker": worker, "limit": limit}
    if ids is None:
        return _leased(conn, conn.execute(_CLAIM_ANY, given).scalars().all())
    claimed: list[int] = []
    for part in chunks(ids):
        left = {"ids": part, "limit": limit - len(claimed)}
        claimed += conn.execute(_CLAIM_THESE, given | left).scalars()
    return _leased(conn, claimed)


def _leased(conn: Connection, ids: Sequence[int]) -> tuple[DueFeed, ...]:
    feed_ids = [FeedId(feed_id) for feed_id in ids]
    known = known_hashes(conn, feed_ids)
    rows = [row for part in chunks(feed_ids) for row in conn.execute(_LEASED, {"ids": part})]
    return tuple(due_feed_of(row, known.get(FeedId(row.id), frozenset())) for row in rows)


def set_fetched(conn: Connection, outcomes: Sequence[FetchOutcome]) -> None:
    """Write good answers, 304s too, and end their leases. Many in one call."""
    _SET_CARRIED.run(conn, [(o.feed_id, b"".join(o.carried)) for o in outcomes if o.carried is not None])
    _SET_FETCHED.run(
        conn,
        [
            (
                *_schedule_columns(outcome.schedule),
                outcome.validators.etag,
                outcome.validators.last_modified,
                to_microseconds(outcome.last_ok),
                to_microseconds(outcome.last_ok),
                outcome.feed_id,
            )
            for outcome in outcomes
        ],
    )


def set_failed(conn: Connection, failures: Sequence[FetchFailure]) -> None:
    """Write failures and end their leases; validators stay, what they were good for may come back."""
    _SET_FAILED.run(
        conn,
        [
            (
                *_schedule_columns(failure.schedule),
                to_microseconds(failure.tried),
                str(failure.fault.code),
                failure.fault.detail,
                failure.fault.retry_after,
                failure.feed_id,
            )
            for failure in failures
        ],
    )


def _schedule_columns(schedule: Schedule) -> tuple[int, int, int | None]:
    full_since = None if schedule.full_since is None else to_microseconds(schedule.full_since)
    return to_microseconds(schedule.due), int(schedule.interval.total_seconds()), full_since


def renew_leases(conn: Connection, worker: str, until: datetime) -> None:
    """Let all leases of a worker last until `until`."""
    conn.execute(update(feed_state).where(feed_state.c.lease_worker == worker).values(lease_until=until))


def release_leases(conn: Connection, worker: str) -> None:
    """End all leases of a worker; the feeds stay as due as they were."""
    conn.execute(update(feed_state).where(feed_state.c.lease_worker == worker).values(_NO_LEASE))


def set_due(conn: Connection, feed_id: FeedId, due: datetime) -> None:
    """Put a feed off until `due`; ends its lease."""
    conn.execute(update(feed_state).where(feed_state.c.feed_id == feed_id).values(due=due, **_NO_LEASE))
