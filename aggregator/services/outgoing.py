"""Lists going out: what their feeds are written from, and the sources they draw from as OPML.

A feed is made of a snapshot that stays the same for ten minutes while nothing arrives, so that who asks again is
answered without ranking anything. What a member has read is in none of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Final

from aggregator.candidates.table import in_scope
from aggregator.errors import NotFoundError
from aggregator.model.member import Actor
from aggregator.model.subscription import OpmlFeed
from aggregator.services import importing, reading, sharing
from aggregator.services.asking import list_and_rule
from aggregator.services.ranking import KEPT_EDITION, Tick, shared_tick
from aggregator.services.rights import Right, require
from aggregator.sources.opmlout import write_opml
from aggregator.store import access as sealed_access
from aggregator.store import editions, entries, feeds, members, subscriptions, values
from aggregator.store import sharing as stored
from aggregator.text.paths import holds_any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.entry import Body
    from aggregator.model.ids import EntryId, FeedId
    from aggregator.model.readinglist import ReadingList
    from aggregator.model.sharing import Sharing
    from aggregator.services.asking import Named
    from aggregator.services.desk import Desk
    from aggregator.services.pages import ListedEntry, ListPage

PAGE: Final = 50
EDITION: Final = 500
"""Places of an edition in one document: as many as any rule shows."""
EVERY: Final = 600
"""Seconds a snapshot is shared for."""
_FORM: Final = b"broadsheet feeds/2\n"  # raise the number when the feeds are written differently


@dataclass(frozen=True, slots=True)
class OutgoingState:
    """What a feed would be made from now: `fingerprint` is another whenever the feed might be."""

    list: ReadingList
    sharing: Sharing
    at: datetime
    data_version: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class OutgoingSource:
    """Where an entry comes from. `address` is None where it would let in whoever knows it."""

    title: str
    key: str
    address: str | None
    site: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class OutgoingEntry:
    """An entry in its place, with its source; `body` where whole texts go out."""

    listed: ListedEntry
    source: OutgoingSource
    body: Body | None


@dataclass(frozen=True, slots=True)
class OutgoingFeed:
    """One page of a feed; `complete`: it is all that the list ever shows; `recommends`: there is a blogroll.

    `archive`: it is a kept edition, which stays as it is.
    """

    state: OutgoingState
    page: ListPage
    entries: tuple[OutgoingEntry, ...]
    instance: str
    language: str
    identity: str
    complete: bool
    recommends: bool
    archive: bool = False


def state(desk: Desk, actor: Actor, slug: str) -> OutgoingState:
    """Say what the feed of a list would be made from, without ranking it. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        asked = list_and_rule(conn, actor, slug, None)
        return _state(desk, conn, asked)


def feed(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    start: int = 0,
    at: datetime | None = None,
    data_version: int | None = None,
    language: str = "en",
) -> OutgoingFeed:
    """Give 50 places of a list from `start` on, under its own rule; `at` and `data_version` stay on a snapshot.

    Raises NotFoundError.
    """
    now = state(desk, actor, slug)
    snapshot = (at or now.at, data_version if at else now.data_version)
    limit = EDITION if snapshot[1] == KEPT_EDITION else PAGE
    reader = sharing.everybody(actor) if now.list.owner == actor.group else actor
    page = reading.list_page(
        desk, reader, slug, at=snapshot[0], data_version=snapshot[1], start=start, limit=limit, language=language
    )
    with desk.database.read() as conn:
        sources = _sources(conn, page)
        bodies = _bodies(conn, page, sources) if now.sharing.full_text else {}
        name = values.instance_name(conn)
        spoken = values.find_value(conn, "instance-language")
    outgoing = (OutgoingEntry(each, sources[each.entry.feed_id], bodies.get(each.entry.id)) for each in page.items)
    return OutgoingFeed(
        state=now,
        page=page,
        entries=tuple(outgoing),
        instance=name,
        language=spoken or "en",
        identity=hashlib.sha256(desk.key("feed-ids") + b"%d" % now.list.id).hexdigest()[:32],
        complete=start == 0 and page.next_start is None and page.edition is None,
        recommends=sharing.recommends(desk),
    )


def archive(desk: Desk, actor: Actor, slug: str, at: datetime, *, language: str = "en") -> OutgoingFeed:
    """Give a kept edition of a list as a feed document that stays (RFC 5005, 4). Raises NotFoundError."""
    found = feed(desk, actor, slug, at=at, data_version=KEPT_EDITION, language=language)
    if found.page.edition is None or found.page.edition.at != at:
        raise NotFoundError("edition", at)
    return replace(found, archive=True)


def source_list(desk: Desk, actor: Actor, slug: str) -> bytes:
    """Write the sources a list draws from as OPML, without addresses that let in whoever knows them.

    Raises NotFoundError.
    """
    require(actor, Right.READ)
    with desk.database.read() as conn:
        found = list_and_rule(conn, actor, slug, None).list
        held = subscriptions.get_subscribed(conn, found.draws_on)
        shelves = importing.folder_outlines(conn, found.draws_on)
    inside = {each.feed.address for each in held if in_scope(found.scope, each.feed.id, each.subscription.folders)}
    kept = [each for each in importing.outlines(desk, found.draws_on) if each.address in inside]
    kept = [each for each in kept if not importing.is_ours_alone(each.address)]
    used = {path for each in kept for path in each.folders}
    return write_opml(found.title, [each for each in shelves if holds_any(each.path, used)], kept)


def recommendations(desk: Desk) -> bytes:
    """Write the group's sources as OPML for everybody. Raises NotFoundError where no steward said so. Public."""
    if not sharing.recommends(desk):
        raise NotFoundError("page", "recommendations")
    with desk.database.read() as conn:
        group = members.instance_group(conn)
    return importing.export_opml(desk, sharing.everybody(Actor(None, group, None)))


def list_of_lists(desk: Desk) -> bytes:
    """Write the lists everybody may follow as OPML of their feeds. Public."""
    with desk.database.read() as conn:
        name = values.instance_name(conn)
    feeds_of_lists = (
        OpmlFeed(
            address=f"{desk.address}/lists/{each.slug}.atom",
            title=each.title,
            site=f"{desk.address}/lists/{each.slug}",
            language=None,
            why=None,
            folders=(),
        )
        for each in sharing.public_lists(desk)
    )
    return write_opml(name, (), feeds_of_lists)


def _state(desk: Desk, conn: Connection, asked: Named) -> OutgoingState:
    tick = _edition_tick(conn, asked) or shared_tick(desk, conn, EVERY)
    decided = stored.get_sharing(conn, asked.list.id)
    name = values.find_value(conn, values.INSTANCE_NAME)
    parts = (astuple(tick), astuple(asked.list), asked.own_rule.identity, asked.own_rule.hash, astuple(decided), name)
    fingerprint = hashlib.sha256(_FORM + repr(parts).encode()).hexdigest()[:32]
    return OutgoingState(asked.list, decided, tick.at, tick.data_version, fingerprint)


def _edition_tick(conn: Connection, asked: Named) -> Tick | None:
    """Give the newest edition's instant for a list that comes in editions: its feed shows what its page shows."""
    edition = editions.find_newest(conn, asked.list.id) if asked.list.timetable else None
    return Tick(edition.at, KEPT_EDITION, KEPT_EDITION) if edition else None


def _bodies(conn: Connection, page: ListPage, sources: Mapping[FeedId, OutgoingSource]) -> dict[EntryId, Body]:
    """Give the whole texts, but for sources that we are let in to: what they wrote is not for everybody."""
    closed = {
        feed_id
        for feed_id, source in sources.items()
        if source.address is None or sealed_access.find_sealed(conn, feed_id) is not None
    }
    opened = (each.entry for each in page.items if each.entry.feed_id not in closed)
    return {each.id: entries.get_body(conn, each.id) for each in opened}


def _sources(conn: Connection, page: ListPage) -> dict[FeedId, OutgoingSource]:
    titles = {each.entry.feed_id: (each.feed_title, each.source) for each in page.items}
    return {
        found.id: OutgoingSource(
            title=titles[found.id][0],
            key=titles[found.id][1],
            address=None if importing.is_ours_alone(found.address) else found.address,
            site=found.site,
            language=found.language,
        )
        for found in feeds.get_feeds(conn, list(titles)).values()
    }
