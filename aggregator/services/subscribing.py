"""The sources of the instance's group: add, name, pause, remove, and have them fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aggregator.errors import BadInputError, ConflictError, FetchError
from aggregator.model.feed import NewFeed
from aggregator.model.subscription import NewSubscription
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services.filing import folder_path
from aggregator.services.health import fault_sentence
from aggregator.services.rights import Right, require
from aggregator.sources.identity import canonical_address, source_key
from aggregator.store import again, feeds, leases, subscriptions
from aggregator.text.address import marked_like
from aggregator.text.masking import mask
from aggregator.update.schedule import first_due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.feed import Feed
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.model.ports import RefreshReport
    from aggregator.model.subscription import SubscribedFeed
    from aggregator.services.desk import Desk

TITLE_LENGTH = 300
NEWEST = 10
"""Entries held that get their whole text when that is switched on: as many as one look fetches pages for."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal took away, to be handed to `restore` by whoever wants it back."""

    feed_id: FeedId
    title: str | None
    why: str | None
    folders: tuple[str, ...]


def sources(desk: Desk, actor: Actor) -> tuple[SubscribedFeed, ...]:
    """Give all sources, in the order of their folders and titles."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return subscriptions.get_subscribed(conn, actor.group)


def source(desk: Desk, actor: Actor, feed_id: FeedId) -> SubscribedFeed:
    """Give one source. Raises NotFoundError("feed")."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return subscriptions.get_subscribed_feed(conn, actor.group, feed_id)


def add_source(
    desk: Desk, actor: Actor, address: str, *, folder: str | None = None, title: str | None = None
) -> SubscribedFeed:
    """Subscribe to the feed at `address`; the worker fetches it at once.

    Raises BadInputError for an address no feed can have, ConflictError where the group has it already, if under
    another spelling.
    """
    require(actor, Right.CHANGE_SOURCES)
    try:
        url = marked_like(check_url(address, private_hosts(desk.settings.allow_private_hosts)).url, address)
    except FetchError as exc:
        raise BadInputError("address", fault_sentence(exc.fault)) from exc
    filed = (folder_path(folder),) if folder else ()
    now = desk.clock.now()
    _refuse_double(desk, actor, url)
    with desk.database.write() as conn:
        found = feeds.find_feed_by_address(conn, url)
        feed_id = found.id if found else feeds.add_feed(conn, new_feed(url), now=now, due=now)
        wanted = NewSubscription(feed_id, title=_title(title), folders=filed)
        subscriptions.add_subscription(conn, actor.group, wanted, now=now)
        if found:
            fetch_again(conn, found, now)
    desk.ask.wake()
    return source(desk, actor, feed_id)


def rename(desk: Desk, actor: Actor, feed_id: FeedId, title: str | None) -> None:
    """Give a source the group's own title; None gives back the publisher's. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        held = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).subscription
        subscriptions.set_subscription(conn, actor.group, feed_id, title=_title(title), why=held.why)


def pause(desk: Desk, actor: Actor, feed_id: FeedId) -> None:
    """Stop fetching a source; its entries stay. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        subscriptions.get_subscribed_feed(conn, actor.group, feed_id)
        feeds.set_paused(conn, feed_id, paused=True)


def resume(desk: Desk, actor: Actor, feed_id: FeedId) -> None:
    """Fetch a paused source again, as soon as that is fair to its site. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        held = subscriptions.get_subscribed_feed(conn, actor.group, feed_id)
        fetch_again(conn, held.feed, desk.clock.now())
    desk.ask.wake()


def set_full_text(desk: Desk, actor: Actor, feed_id: FeedId, *, on: bool) -> None:
    """Fetch the whole text of a source's newest and coming entries from their pages, or stop to.

    Raises NotFoundError.
    """
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        held = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).feed
        if on != (held.full_text is not None):
            feeds.set_full_text(conn, feed_id, "" if on else None)
            if on:
                again.read_again(conn, feed_id, NEWEST)
                if not held.paused:
                    leases.set_due(conn, feed_id, first_due(desk.clock.now(), held.health.last_tried))
    desk.ask.wake()


def remove(desk: Desk, actor: Actor, feed_id: FeedId) -> Removed:
    """Unsubscribe. What is held of the feed stays until it is too old; nobody fetches it if nobody else reads it.

    Raises NotFoundError.
    """
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        held = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).subscription
        subscriptions.delete_subscription(conn, actor.group, feed_id)
        rest_if_unread(conn, feed_id)
    return Removed(feed_id, held.title, held.why, held.folders)


def restore(desk: Desk, actor: Actor, removed: Removed) -> SubscribedFeed:
    """Undo a removal. Raises NotFoundError where the feed itself is gone, ConflictError where it is back already."""
    require(actor, Right.CHANGE_SOURCES)
    now = desk.clock.now()
    folder_paths = tuple(map(folder_path, removed.folders))
    with desk.database.write() as conn:
        feed = feeds.get_feed(conn, removed.feed_id)
        wanted = NewSubscription(feed.id, title=_title(removed.title), why=removed.why, folders=folder_paths)
        subscriptions.add_subscription(conn, actor.group, wanted, now=now)
        fetch_again(conn, feed, now)
    desk.ask.wake()
    return source(desk, actor, removed.feed_id)


def refresh(desk: Desk, actor: Actor, feed_ids: Sequence[FeedId] | None, *, wait: float = 0.0) -> RefreshReport | None:
    """Have these sources (None: all) fetched now, due or not; None where that is not done after `wait` seconds.

    Raises BusyError where no worker runs.
    """
    require(actor, Right.REFRESH)
    return desk.ask.refresh(feed_ids, wait=wait)


def due_sources(desk: Desk, actor: Actor) -> tuple[FeedId, ...]:
    """Give the sources that are due now, for having them fetched."""
    require(actor, Right.REFRESH)
    now = desk.clock.now()
    return tuple(
        held.feed.id for held in sources(desk, actor) if held.feed.schedule.due <= now and not held.feed.paused
    )


def new_feed(
    address: str, *, title: str | None = None, site: str | None = None, language: str | None = None
) -> NewFeed:
    """Describe a feed before its first fetch: its source is proposed from its site, else from its address."""
    # Who owns a source is for the group to say; until it does, each source is its own owner's.
    source = source_key(address, site, title=title)
    return NewFeed(
        address=address,
        title=title or urlsplit(address).netloc,
        site=site,
        language=language,
        source=source,
        owner=source,
    )


def rest_if_unread(conn: Connection, feed_id: FeedId) -> None:
    """Pause a feed that nobody subscribes to any more."""
    if not subscriptions.count_subscribers(conn, feed_id):
        feeds.set_paused(conn, feed_id, paused=True)


def _refuse_double(desk: Desk, actor: Actor, url: str) -> None:
    canonical = canonical_address(url)
    for held in sources(desk, actor):
        if canonical_address(held.feed.address) == canonical:
            raise ConflictError("source", f"it is there already, as {mask(held.feed.address)}")


def fetch_again(conn: Connection, feed: Feed, now: datetime) -> None:
    """End the pause of a feed, if there is one."""
    if feed.paused:
        feeds.set_paused(conn, feed.id, paused=False)
        leases.set_due(conn, feed.id, first_due(now, feed.health.last_tried))


def _title(title: str | None) -> str | None:
    cleaned = " ".join((title or "").split())
    if len(cleaned) > TITLE_LENGTH:
        raise BadInputError("title", f"at most {TITLE_LENGTH} characters fit")
    return cleaned or None
