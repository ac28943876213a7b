"""Which entries may go: old ones, beyond their feed's newest, that nobody keeps and the feed no longer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, func, or_, select, tuple_, type_coerce

from aggregator.model.ids import EntryId, FeedId
from aggregator.store.bulk import chunks
from aggregator.store.columns import to_seconds
from aggregator.store.entries import delete_entries, known_hashes
from aggregator.store.tables import entry, entry_state, seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_FEEDS = (
    select(entry.c.feed_id)
    .group_by(entry.c.feed_id)
    .having(func.count() > bindparam("newest"), func.min(entry.c.time) < bindparam("before", type_=BigInteger))
    .order_by(entry.c.feed_id)
)
_LAST_OF_THE_NEWEST = (
    select(type_coerce(entry.c.time, BigInteger), entry.c.id)
    .where(entry.c.feed_id == bindparam("feed_id"))
    .order_by(entry.c.time.desc(), entry.c.id.desc())
    .limit(1)
    .offset(bindparam("skipped"))
)
_OLDER = (
    select(entry.c.id, seen.c.raw_hash)
    .join(seen, (seen.c.feed_id == entry.c.feed_id) & (seen.c.time == entry.c.time) & (seen.c.entry_id == entry.c.id))
    .where(
        entry.c.feed_id == bindparam("feed_id"),
        entry.c.time < bindparam("before", type_=BigInteger),
        tuple_(entry.c.time, entry.c.id)
        < tuple_(bindparam("time", type_=BigInteger), bindparam("id", type_=BigInteger)),
    )
    .order_by(entry.c.time, entry.c.id)
)
_KEPT = select(entry_state.c.entry_id).where(
    entry_state.c.entry_id.in_(bindparam("ids", expanding=True)), or_(entry_state.c.starred, entry_state.c.later)
)


def find_feeds_to_thin(conn: Connection, *, before: datetime, newest: int) -> tuple[FeedId, ...]:
    """Return the feeds that have more than `newest` entries, some of them from before."""
    rows = conn.execute(_FEEDS, {"newest": newest, "before": to_seconds(before)}).scalars()
    return tuple(FeedId(each) for each in rows)


def find_expired(conn: Connection, feed_id: FeedId, *, before: datetime, newest: int) -> tuple[EntryId, ...]:
    """Return a feed's entries that may go, the oldest first."""
    last = conn.execute(_LAST_OF_THE_NEWEST, {"feed_id": feed_id, "skipped": newest - 1}).first()
    if last is None:
        return ()
    carried = known_hashes(conn, [feed_id]).get(feed_id, frozenset())
    time, entry_id = last
    given = {"feed_id": feed_id, "before": to_seconds(before), "time": time, "id": entry_id}
    older = [EntryId(each) for each, raw_hash in conn.execute(_OLDER, given) if bytes(raw_hash) not in carried]
    kept = _kept(conn, older)
    return tuple(each for each in older if each not in kept)


def expire(conn: Connection, ids: Sequence[EntryId]) -> int:
    """Delete those of these entries that nobody starred or put off meanwhile; gives how many. Their markers stay."""
    kept = _kept(conn, ids)
    going = [each for each in ids if each not in kept]
    delete_entries(conn, going)
    return len(going)


def _kept(conn: Connection, ids: Sequence[EntryId]) -> set[int]:
    return {each for part in chunks(ids) for each in conn.execute(_KEPT, {"ids": part}).scalars()}
