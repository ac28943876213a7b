"""Entries as stored, every field: for looking into what the publisher's words became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import NotFoundError
from aggregator.services.rights import Right, require
from aggregator.store import entries, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.model.entry import Body, Entry
    from aggregator.model.ids import FeedId, Uid
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

PAGE = 200


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with its long texts and the address of its feed."""

    entry: Entry
    body: Body
    feed_address: str


def stored_entries(
    desk: Desk, actor: Actor, *, feed_address: str | None = None, limit: int | None = None
) -> Iterator[StoredEntry]:
    """Give the entries of the group's sources, newest first; of one feed where its address is given.

    Read page by page: no transaction is open while the caller works. Raises NotFoundError("feed").
    """
    require(actor, Right.READ)
    with desk.database.read() as conn:
        addresses = {held.feed.id: held.feed.address for held in subscriptions.get_subscribed(conn, actor.group)}
    ids = {address: feed_id for feed_id, address in addresses.items()}
    if feed_address is not None and feed_address not in ids:
        raise NotFoundError("feed", feed_address)
    return _pages(desk, addresses, None if feed_address is None else ids[feed_address], limit)


def stored_entry(desk: Desk, actor: Actor, uid: Uid) -> StoredEntry:
    """Give one entry of the group's sources. Raises NotFoundError("entry")."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        entry = entries.get_entry(conn, uid)
        try:
            feed = subscriptions.get_subscribed_feed(conn, actor.group, entry.feed_id).feed
        except NotFoundError:
            # Held for somebody else: not for this group to know of.
            raise NotFoundError("entry", uid) from None
        return StoredEntry(entry, entries.get_body(conn, entry.id), feed.address)


def _pages(
    desk: Desk, addresses: dict[FeedId, str], feed_id: FeedId | None, limit: int | None
) -> Iterator[StoredEntry]:
    left, after = limit, None
    while left is None or left > 0:
        with desk.database.read() as conn:
            page = entries.iter_entries(conn, feed_id=feed_id, after=after, limit=PAGE)
            held = [entry for entry in page if entry.feed_id in addresses][:left]
            bodies = {entry.id: entries.get_body(conn, entry.id) for entry in held}
        if not page:
            return
        yield from (StoredEntry(entry, bodies[entry.id], addresses[entry.feed_id]) for entry in held)
        after = page[-1]
        left = None if left is None else left - len(held)
