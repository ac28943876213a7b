"""Source and owner keys: which feeds count as one voice, and whose voices they are (ranking-semantics 2).

They are proposed from a feed's site; the group may say otherwise, and everybody may see what it said.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, NotFoundError
from aggregator.services.rights import Right, require
from aggregator.sources.identity import source_key
from aggregator.store import feeds, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.model.subscription import SubscribedFeed
    from aggregator.services.desk import Desk

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Keys:
    """What a feed counts as, and for whom."""

    source: str
    owner: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A source, with the feeds that count as it."""

    source: str
    feeds: tuple[SubscribedFeed, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner, with the sources that are theirs."""

    owner: str
    voices: tuple[Voice, ...]


def source_at(desk: Desk, actor: Actor, address: str) -> SubscribedFeed:
    """Give the source that is fetched from an address. Raises NotFoundError("feed")."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        found = feeds.find_feed_by_address(conn, address)
        if found is None:
            raise NotFoundError("feed", address)
        return subscriptions.get_subscribed_feed(conn, actor.group, found.id)


def set_keys(desk: Desk, actor: Actor, feed_id: FeedId, *, source: str, owner: str) -> Keys:
    """Say what a feed counts as; gives what it counted as before, which undoes it.

    An empty source is the one proposed from its site, an empty owner the source itself. Every ranking from now on
    goes by it, and so does who has room. Raises NotFoundError, BadInputError.
    """
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        feed = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).feed
        before = Keys(feed.source, feed.owner)
        key = _key("source", source) or source_key(feed.address, feed.site, title=feed.title)
        after = Keys(key, _key("owner", owner) or key)
        if after != before:
            feeds.set_source(conn, feed.id, source=after.source, owner=after.owner)
    return before


def shared(desk: Desk, actor: Actor) -> tuple[Owner, ...]:
    """Give the owners of more than one feed, by key: what the keys of a group bring together."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        held = subscriptions.get_subscribed(conn, actor.group)
    ordered = sorted(held, key=lambda each: (each.feed.owner, each.feed.source, each.feed.title, each.feed.id))
    owners = ((owner, tuple(theirs)) for owner, theirs in groupby(ordered, lambda each: each.feed.owner))
    return tuple(Owner(owner, _voices(theirs)) for owner, theirs in owners if len(theirs) > 1)


def beside(desk: Desk, actor: Actor, feed_id: FeedId) -> tuple[SubscribedFeed, ...]:
    """Give the other feeds of a feed's source or owner. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        feed = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).feed
        held = subscriptions.get_subscribed(conn, actor.group)
    return tuple(
        each
        for each in held
        if each.feed.id != feed.id and (each.feed.source == feed.source or each.feed.owner == feed.owner)
    )


def _voices(theirs: Iterable[SubscribedFeed]) -> tuple[Voice, ...]:
    return tuple(Voice(source, tuple(each)) for source, each in groupby(theirs, lambda each: each.feed.source))


def _key(part: str, text: str) -> str:
    key = text.strip()
    if len(key) > LONGEST or not key.isprintable() or " " in key:
        raise BadInputError(part, f"at most {LONGEST} characters without spaces are expected")
    return key
