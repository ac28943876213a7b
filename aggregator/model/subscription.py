"""Folders and subscriptions: a member's or group's tie to a feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.feed import Feed
    from aggregator.model.ids import FeedId, FolderId, OwnerId


@dataclass(frozen=True, slots=True)
class Folder:
    """Where an owner files subscriptions. `path` is `News/Local`; `position` is the owner's order.

    `extra` is what its outline said that we do not know (OpmlFolder).
    """

    id: FolderId
    owner: OwnerId
    path: str
    position: int
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """An owner's tie to a feed. `folders` are paths in the owner's folder order; `why` is the owner's line."""

    owner: OwnerId
    feed_id: FeedId
    title: str | None
    why: str | None
    added: datetime
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription to be added. `extra` is what its outline said that we do not know, kept for the next export."""

    feed_id: FeedId
    title: str | None = None
    why: str | None = None
    folders: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SubscribedFeed:
    """A subscription with its feed and how many entries of it are held."""

    subscription: Subscription
    feed: Feed
    entries: int


@dataclass(frozen=True, slots=True)
class SourceTitle:
    """The key of a source, and one of its feeds with what its owner calls it."""

    source: str
    title: str
    feed_id: FeedId


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One feed outline of an OPML document. `folders` are paths; `extra` is what we do not know (OpmlFolder)."""

    address: str
    title: str | None
    site: str | None
    language: str | None
    why: str | None
    folders: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OpmlFolder:
    """One outline of an OPML document that is no feed: a folder, by its path.

    `extra` are attributes we do not know, kept for the next export; under the name sources/opmlkept.py INSIDE stand
    the elements within it, as XML.
    """

    path: str
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OpmlDocument:
    """What an OPML document holds. `recovered` says in plain words what had to be mended to read it."""

    title: str | None
    feeds: tuple[OpmlFeed, ...]
    folders: tuple[OpmlFolder, ...]
    recovered: tuple[str, ...]
