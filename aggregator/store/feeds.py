"""Feeds: what we hold of each, apart from who reads it. Who fetches them and what came of it: leases.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.feed import FeedData
from aggregator.model.ids import EntryId, FeedId
from aggregator.store.bulk import Bulk, chunks
from aggregator.store.columns import to_microseconds
from aggregator.store.dialects import words_index
from aggregator.store.feed_rows import FEED_COLUMNS, feed_of
from aggregator.store.packed import pack_feed_data
from aggregator.store.tables import entry, feed, feed_state
from aggregator.store.values import touch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.feed import Feed, Moving, NewFeed

PAGE = 500
FIRST_INTERVAL = 3600
"""Seconds that stand as the interval of a feed until its first fetch sets one."""

_NO_HINTS = pack_feed_data(FeedData())

_FEEDS = select(*FEED_COLUMNS).join_from(feed, feed_state)
_BY_ID = _FEEDS.where(feed.c.id == bindparam("id"))
_BY_IDS = _FEEDS.where(feed.c.id.in_(bindparam("ids", expanding=True)))
_BY_ADDRESS = _FEEDS.where(feed.c.address == bindparam("address"))
_PAGE = _FEEDS.where(feed.c.id > bindparam("after")).order_by(feed.c.id).limit(PAGE)
_ADDRESSES = select(feed.c.address, feed.c.id).where(feed.c.address.in_(bindparam("addresses", expanding=True)))
_FIRST_ADDRESSES = select(feed.c.first_address).where(feed.c.first_address.in_(bindparam("addresses", expanding=True)))
_COUNTS = select(entry.c.feed_id, func.count()).group_by(entry.c.feed_id)
_COUNTS_OF = _COUNTS.where(entry.c.feed_id.in_(bindparam("ids", expanding=True)))
_OF_SOURCE = (
    select(entry.c.id)
    .join_from(entry, feed, feed.c.id == entry.c.feed_id)
    .where(feed.c.source == bindparam("source"), entry.c.time >= bindparam("since"))
)

_ADD_FEED = Bulk(
    "INSERT INTO feed (address, first_address, title, site, language, source, source_owner, added, hints)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO NOTHING"
)
_ADD_STATE = Bulk(
    f"INSERT INTO feed_state (feed_id, due, interval, streak, paused) VALUES (?, ?, {FIRST_INTERVAL}, 0, false)"
)
_SET_META = Bulk(
    "UPDATE feed SET title = coalesce(?, title), site = coalesce(?, site), language = coalesce(?, language), hints = ?"
    " WHERE id = ?"
)


def add_feed(conn: Connection, new: NewFeed, *, now: datetime, due: datetime) -> FeedId:
    """Add a feed, to be fetched when `due`. Raises ConflictError where its address is there."""
    if find_addresses(conn, [new.address]):
        raise ConflictError("feed", "its address is there already")
    return add_feeds(conn, [new], now=now, due=[due])[new.address]


def add_feeds(
    conn: Connection, news: Sequence[NewFeed], *, now: datetime, due: Sequence[datetime]
) -> Mapping[str, FeedId]:
    """Add many feeds, each with its own due time; gives the id of each address that was not there before, in order."""
    held = find_addresses(conn, [new.address for new in news])
    fresh = {
        new.address: (new, to_microseconds(when))
        for new, when in zip(news, due, strict=True)
        if new.address not in held
    }
    first = _free_first_addresses(conn, list(fresh))
    added = to_microseconds(now)
    _ADD_FEED.run(
        conn,
        [
            (a, first[a], new.title, new.site, new.language, new.source, new.owner, added, _NO_HINTS)
            for a, (new, _) in fresh.items()
        ],
    )
    ids = find_addresses(conn, list(fresh))
    _ADD_STATE.run(conn, [(ids[address], due_at) for address, (_, due_at) in fresh.items()])
    return {address: ids[address] for address in fresh}


def _free_first_addresses(conn: Connection, addresses: Sequence[str]) -> dict[str, str]:
    """Find each a first address no other feed has: uids are minted from it (ranking-semantics 2).

    A feed may have moved away from the address another one is now added at; then a counter tells them apart.
    """
    free: dict[str, str] = {}
    counter, wanted = 1, {address: address for address in addresses}
    while wanted:
        taken: set[str] = set()
        for part in chunks(list(wanted.values())):
            taken.update(conn.execute(_FIRST_ADDRESSES, {"addresses": part}).scalars())
        free.update({address: first for address, first in wanted.items() if first not in taken})
        counter += 1
        wanted = {address: f"{address}\n{counter}" for address, first in wanted.items() if first in taken}
    return free


def find_addresses(conn: Connection, addresses: Sequence[str]) -> dict[str, FeedId]:
    """Return which of these addresses are feeds of ours, with their ids."""
    found: dict[str, FeedId] = {}
    for part in chunks(addresses):
        found.update({address: FeedId(feed_id) for address, feed_id in conn.execute(_ADDRESSES, {"addresses": part})})
    return found


def find_feed_by_address(conn: Connection, address: str) -> Feed | None:
    """Return the feed at an address."""
    row = conn.execute(_BY_ADDRESS, {"address": address}).first()
    return feed_of(row) if row else None


def get_feed(conn: Connection, feed_id: FeedId) -> Feed:
    """Return a feed. Raises NotFoundError."""
    row = conn.execute(_BY_ID, {"id": feed_id}).first()
    if row is None:
        raise NotFoundError("feed", feed_id)
    return feed_of(row)


def get_feeds(conn: Connection, ids: Iterable[FeedId]) -> dict[FeedId, Feed]:
    """Return those of these feeds that are there."""
    found = (feed_of(row) for part in chunks(list(ids)) for row in conn.execute(_BY_IDS, {"ids": part}))
    return {each.id: each for each in found}


def iter_feeds(conn: Connection) -> Iterator[Feed]:
    """Give all feeds in the order they were added."""
    after = 0
    while rows := conn.execute(_PAGE, {"after": after}).all():
        yield from map(feed_of, rows)
        after = rows[-1].id


def count_entries(conn: Connection, ids: Sequence[FeedId] | None = None) -> dict[FeedId, int]:
    """Count the entries held of these feeds (None: of all); a feed without any is not named."""
    if ids is None:
        return {FeedId(feed_id): n for feed_id, n in conn.execute(_COUNTS)}
    return {FeedId(feed_id): n for part in chunks(ids) for feed_id, n in conn.execute(_COUNTS_OF, {"ids": part})}


def ids_of_source(conn: Connection, source: str, *, since: datetime) -> tuple[EntryId, ...]:
    """Return the entries that are not older than `since` of all feeds that count as one source."""
    given = {"source": source, "since": since}
    return tuple(EntryId(entry_id) for entry_id in conn.execute(_OF_SOURCE, given).scalars())


def set_meta(conn: Connection, feed_id: FeedId, data: FeedData) -> None:
    """Keep what the publisher says of a feed now; title, site and language only where told."""
    told = (data.title or None, data.site or None, data.language or None)
    _SET_META.run(conn, [(*told, pack_feed_data(data), feed_id)])


def set_address(conn: Connection, feed_id: FeedId, address: str) -> None:
    """Fetch a feed from another address. Raises ConflictError where a feed is there."""
    held = find_addresses(conn, [address]).get(address, feed_id)
    if held != feed_id:
        raise ConflictError("feed", "its address is there already")
    _set(conn, feed_id, address=address)
    set_moving(conn, feed_id, None)


def set_moving(conn: Connection, feed_id: FeedId, moving: Moving | None) -> None:
    """Keep where a feed's permanent redirect leads, and how often it did."""
    columns = (None, None, None) if moving is None else (moving.to, moving.since, moving.times)
    told = dict(zip(("moved_to", "moved_since", "moved_times"), columns, strict=True))
    conn.execute(update(feed_state).where(feed_state.c.feed_id == feed_id).values(told))


def set_source(conn: Connection, feed_id: FeedId, *, source: str, owner: str) -> None:
    """Change the source and owner keys of a feed (ranking-semantics 2)."""
    _set(conn, feed_id, source=source, source_owner=owner)
    touch(conn)


def set_paused(conn: Connection, feed_id: FeedId, *, paused: bool) -> None:
    """Stop or go on fetching a feed."""
    conn.execute(update(feed_state).where(feed_state.c.feed_id == feed_id).values(paused=paused))


def set_full_text(conn: Connection, feed_id: FeedId, state: str | None) -> None:
    """Turn fetching whole texts off (None) or on (""), or note what went wrong with it last."""
    conn.execute(update(feed_state).where(feed_state.c.feed_id == feed_id).values(full_text=state))


def delete_feed(conn: Connection, feed_id: FeedId) -> None:
    """Delete a feed with its entries, their states, words and seen-markers, and all subscriptions to it."""
    from aggregator.store.entries import bury  # noqa: PLC0415  # entries and feeds know of each other only here

    ids = list(conn.execute(select(entry.c.id).where(entry.c.feed_id == feed_id)).scalars())
    bury(conn, ids)  # first: whoever writes entries waits here for the others
    words_index(conn).delete_words(conn, ids)
    conn.execute(delete(feed).where(feed.c.id == feed_id))


def _set(conn: Connection, feed_id: FeedId, **columns: Any) -> None:
    conn.execute(update(feed).where(feed.c.id == feed_id).values(**columns))
