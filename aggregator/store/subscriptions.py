"""Subscriptions: an owner's ties to feeds, and the folders they are filed under."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, select, update

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.candidate import FeedFacts
from aggregator.model.ids import FeedId, OwnerId
from aggregator.model.subscription import NewSubscription, SourceTitle, SubscribedFeed, Subscription
from aggregator.store.bulk import Bulk, chunks
from aggregator.store.columns import to_microseconds
from aggregator.store.feed_rows import FEED_COLUMNS, feed_of
from aggregator.store.folders import add_folders
from aggregator.store.packed import pack_pairs, unpack_pairs
from aggregator.store.tables import entry, feed, feed_state, filing, folder, subscription
from aggregator.store.values import touch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_OWN = (
    subscription.c.owner,
    subscription.c.feed_id,
    subscription.c.title.label("own_title"),
    subscription.c.why,
    subscription.c.added.label("since"),
)
_OF_OWNER = subscription.c.owner == bindparam("owner")
_OF_FEED = subscription.c.feed_id == bindparam("feed_id")
_SUBSCRIPTIONS = select(*_OWN).where(_OF_OWNER).order_by(subscription.c.feed_id)
_COUNT = select(func.count()).where(entry.c.feed_id == feed.c.id).correlate(feed).scalar_subquery().label("entries")
_SUBSCRIBED = (
    select(*FEED_COLUMNS, *_OWN, _COUNT)
    .join_from(subscription, feed)
    .join(feed_state)
    .where(_OF_OWNER)
    .order_by(subscription.c.feed_id)
)
_FILINGS = (
    select(filing.c.feed_id, folder.c.path)
    .join_from(filing, folder)
    .where(filing.c.owner == bindparam("owner"))
    .order_by(filing.c.feed_id, folder.c.position, folder.c.id)
)
_HELD = select(subscription.c.feed_id).where(_OF_OWNER, subscription.c.feed_id.in_(bindparam("ids", expanding=True)))
_FACTS = (
    select(feed.c.id, feed.c.address, feed.c.source, feed.c.source_owner, feed.c.language)
    .join_from(subscription, feed)
    .where(_OF_OWNER)
    .order_by(feed.c.id)
)
_SOURCES = (
    select(feed.c.id, feed.c.source, feed.c.title, subscription.c.title.label("own_title"))
    .join_from(subscription, feed)
    .where(_OF_OWNER)
    .order_by(feed.c.id)
)
_OWN_TITLES = select(subscription.c.feed_id, subscription.c.title).where(
    _OF_OWNER, subscription.c.feed_id.in_(bindparam("ids", expanding=True)), subscription.c.title.is_not(None)
)
_EXTRAS = select(subscription.c.feed_id, subscription.c.extra).where(_OF_OWNER, subscription.c.extra.is_not(None))

_ADD = Bulk(
    "INSERT INTO subscription (owner, feed_id, title, why, added, extra) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (owner, feed_id) DO NOTHING"
)
_FILE = Bulk(
    "INSERT INTO filing (owner, feed_id, folder_id) VALUES (?, ?, ?) ON CONFLICT (owner, feed_id, folder_id) DO NOTHING"
)


def add_subscription(conn: Connection, owner: OwnerId, new: NewSubscription, *, now: datetime) -> None:
    """Subscribe an owner to a feed and file it. Raises ConflictError where the owner is subscribed to it."""
    if not add_subscriptions(conn, owner, [new], now=now):
        raise ConflictError("subscription", "it is there already")


def add_subscriptions(
    conn: Connection, owner: OwnerId, news: Sequence[NewSubscription], *, now: datetime
) -> frozenset[FeedId]:
    """Subscribe an owner to many feeds and file them; gives the feeds that are new to the owner.

    Feeds the owner had keep their title and why, and stand in the folders given as well.
    """
    held = _held(conn, owner, [new.feed_id for new in news])
    added = to_microseconds(now)
    fresh = [new for new in news if new.feed_id not in held]
    _ADD.run(conn, [(owner, new.feed_id, new.title, new.why, added, pack_pairs(new.extra)) for new in fresh])
    paths = dict.fromkeys(path for new in news for path in new.folders)
    if paths:
        ids = add_folders(conn, owner, paths)
        _FILE.run(conn, [(owner, new.feed_id, ids[path]) for new in news for path in new.folders])
    touch(conn)
    return frozenset(new.feed_id for new in fresh)


def _held(conn: Connection, owner: OwnerId, ids: Sequence[FeedId]) -> set[FeedId]:
    return {
        FeedId(feed_id)
        for part in chunks(ids)
        for feed_id in conn.execute(_HELD, {"owner": owner, "ids": part}).scalars()
    }


def get_subscription(conn: Connection, owner: OwnerId, feed_id: FeedId) -> Subscription:
    """Return an owner's tie to a feed. Raises NotFoundError."""
    row = conn.execute(_SUBSCRIPTIONS.where(_OF_FEED), {"owner": owner, "feed_id": feed_id}).first()
    if row is None:
        raise NotFoundError("subscription", feed_id)
    return _subscription_of(row, _folders_of(conn, owner, feed_id).get(feed_id, ()))


def get_subscriptions(conn: Connection, owner: OwnerId) -> tuple[Subscription, ...]:
    """Return all ties of an owner, in the order their feeds were added."""
    folders = _folders_of(conn, owner)
    rows = conn.execute(_SUBSCRIPTIONS, {"owner": owner})
    return tuple(_subscription_of(row, folders.get(FeedId(row.feed_id), ())) for row in rows)


def get_subscribed(conn: Connection, owner: OwnerId) -> tuple[SubscribedFeed, ...]:
    """Return all feeds of an owner with the ties, and how many entries are held of each."""
    folders = _folders_of(conn, owner)
    rows = conn.execute(_SUBSCRIBED, {"owner": owner})
    return tuple(_subscribed_of(row, folders.get(FeedId(row.id), ())) for row in rows)


def get_subscribed_feed(conn: Connection, owner: OwnerId, feed_id: FeedId) -> SubscribedFeed:
    """Return a feed of an owner with the tie. Raises NotFoundError where the owner has none."""
    row = conn.execute(_SUBSCRIBED.where(_OF_FEED), {"owner": owner, "feed_id": feed_id}).first()
    if row is None:
        raise NotFoundError("feed", feed_id)
    return _subscribed_of(row, _folders_of(conn, owner, feed_id).get(feed_id, ()))


def _folders_of(conn: Connection, owner: OwnerId, feed_id: FeedId | None = None) -> dict[FeedId, tuple[str, ...]]:
    statement = _FILINGS if feed_id is None else _FILINGS.where(filing.c.feed_id == feed_id)
    paths: defaultdict[FeedId, list[str]] = defaultdict(list)
    for found, path in conn.execute(statement, {"owner": owner}):
        paths[FeedId(found)].append(path)
    return {found: tuple(folders) for found, folders in paths.items()}


def _subscription_of(row: Row[*tuple[Any, ...]], folders: tuple[str, ...]) -> Subscription:
    return Subscription(OwnerId(row.owner), FeedId(row.feed_id), row.own_title, row.why, row.since, folders)


def _subscribed_of(row: Row[*tuple[Any, ...]], folders: tuple[str, ...]) -> SubscribedFeed:
    return SubscribedFeed(_subscription_of(row, folders), feed_of(row), row.entries)


def get_feed_facts(conn: Connection, owner: OwnerId) -> tuple[FeedFacts, ...]:
    """Return what rankings ask of an owner's feeds: asked for at each change, so no more than that is read."""
    folders = _folders_of(conn, owner)
    return tuple(
        FeedFacts(FeedId(feed_id), address, source, source_owner, folders.get(FeedId(feed_id), ()), language)
        for feed_id, address, source, source_owner, language in conn.execute(_FACTS, {"owner": owner})
    )


def get_sources(conn: Connection, owner: OwnerId) -> tuple[SourceTitle, ...]:
    """Return the source key, title and id of each feed of an owner, in the order the feeds came."""
    rows = conn.execute(_SOURCES, {"owner": owner})
    return tuple(SourceTitle(row.source, row.own_title or row.title, FeedId(row.id)) for row in rows)


def get_own_titles(conn: Connection, owner: OwnerId, ids: Sequence[FeedId]) -> dict[FeedId, str]:
    """Return what an owner calls these feeds, where that is another title than the feed's."""
    return {
        FeedId(feed_id): title
        for part in chunks(ids)
        for feed_id, title in conn.execute(_OWN_TITLES, {"owner": owner, "ids": part})
    }


def get_extras(conn: Connection, owner: OwnerId) -> dict[FeedId, tuple[tuple[str, str], ...]]:
    """Return the unknown outline attributes of an owner's subscriptions that have any."""
    return {FeedId(feed_id): unpack_pairs(extra) for feed_id, extra in conn.execute(_EXTRAS, {"owner": owner})}


def set_subscription(conn: Connection, owner: OwnerId, feed_id: FeedId, *, title: str | None, why: str | None) -> None:
    """Change what an owner calls a feed, and why it is there; None takes the word back."""
    which = (subscription.c.owner == owner, subscription.c.feed_id == feed_id)
    conn.execute(update(subscription).where(*which).values(title=title, why=why))


def file_under(conn: Connection, owner: OwnerId, feed_id: FeedId, paths: Sequence[str]) -> None:
    """File a subscription under these folders and no others; makes those that are missing."""
    conn.execute(delete(filing).where(filing.c.owner == owner, filing.c.feed_id == feed_id))
    ids = add_folders(conn, owner, paths)
    _FILE.run(conn, [(owner, feed_id, ids[path]) for path in dict.fromkeys(paths)])
    touch(conn)


def delete_subscription(conn: Connection, owner: OwnerId, feed_id: FeedId) -> None:
    """End a subscription; the feed stays until nobody is subscribed and somebody deletes it."""
    conn.execute(delete(subscription).where(subscription.c.owner == owner, subscription.c.feed_id == feed_id))
    touch(conn)


def count_subscribers(conn: Connection, feed_id: FeedId) -> int:
    """Count the owners subscribed to a feed."""
    return conn.execute(
        select(func.count()).select_from(subscription).where(subscription.c.feed_id == feed_id)
    ).scalar_one()
