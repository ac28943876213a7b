"""What our lists have to tell those who follow them in the fediverse. For the worker.

An edition is told when it is made; a live list is looked at once an hour, and only what came into its first places is
told, each entry once. What is taken from us is taken back from them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import UnusableRuleError
from aggregator.model.member import Actor
from aggregator.model.posting import ListActor
from aggregator.services import list_posts, reading, sharing
from aggregator.services.importing import is_ours_alone
from aggregator.services.list_actors import is_followable, list_actor_id
from aggregator.store import access as sealed_access
from aggregator.store import blocks, editions, feeds, followers, lists, members, posting, rules
from aggregator.text.address import is_actor, is_beneath

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import EntryId, VersionId
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk
    from aggregator.services.pages import ListedEntry

PLACES: Final = 10
EDITION_PLACES: Final = 20
EVERY: Final = timedelta(hours=1)
POSTS_KEPT: Final = timedelta(days=150)
"""Shorter than entries are held, so that one that is let go for its age is not taken back from others."""
AT_ONCE: Final = 100
New = tuple["EntryId | None", "str | None", "VersionId | None"]


def look(desk: Desk) -> None:
    """Look at all lists once: what is new in them, what is gone, and which can be followed no more."""
    take_back(desk)
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        actors, known = posting.get_actors(conn), posting.get_known_slugs(conn)
        open_now = [each for each in lists.get_lists(conn, group) if is_followable(conn, each)]
    for list_id in known.keys() - {each.id for each in open_now}:
        _close(desk, actors[list_id], known[list_id])
    for each in open_now:
        try:
            _tell(desk, each, actors.get(each.id, ListActor(each.id)))
        except UnusableRuleError:
            continue  # the others have news


def take_back(desk: Desk) -> None:
    """Take posts back whose entry is no more, and forget those that are old."""
    with desk.database.read() as conn:
        withdrawn, slugs = posting.get_withdrawn(conn, limit=AT_ONCE), posting.get_known_slugs(conn)
    if not withdrawn:
        return
    now = desk.clock.now()
    with desk.database.write() as conn:
        followers.delete_sendings_of(conn, [each.id for each in withdrawn])
        for each in withdrawn:
            slug = slugs.get(each.list_id)
            if slug is not None and now - each.at < POSTS_KEPT:
                body = json.dumps(list_posts.taken_back(desk, slug, each))
                followers.send_to_all(conn, each.list_id, list_actor_id(desk, slug), body=body, now=now)
        posting.delete_posts(conn, [each.id for each in withdrawn])


def _close(desk: Desk, actor: ListActor, slug: str) -> None:
    """Tell those who follow a list that it is there no more, and forget them."""
    now = desk.clock.now()
    with desk.database.write() as conn:
        posts = posting.get_posts(conn, actor.list_id, below=None, limit=10_000)
        followers.delete_sendings_of(conn, [each.id for each in posts])
        body = json.dumps(list_posts.gone(desk, slug))
        followers.send_to_all(conn, actor.list_id, list_actor_id(desk, slug), body=body, now=now)
        followers.delete_followers_of_list(conn, actor.list_id)
        posting.delete_posts_of_list(conn, actor.list_id)
        posting.set_actor(conn, ListActor(actor.list_id, open=actor.open))


def _tell(desk: Desk, found: ReadingList, actor: ListActor) -> None:
    now = desk.clock.now()
    with desk.database.read() as conn:
        at = _next_look(conn, found, actor, now)
        versions, current = _new_versions(conn, found, actor.version)
    new: list[New] = [(None, None, version) for version in versions]
    if at is not None:
        new += _places(desk, found, None if found.timetable is None else at)
    told = replace(actor, known=True, looked=at or actor.looked, version=current)
    if told == actor and not new:
        return
    with desk.database.write() as conn:
        posting.set_actor(conn, told)
        added = posting.add_posts(conn, found.id, new, now=now)
        # What stood there when it was first looked at is no news to anybody.
        for post in added if actor.known else ():
            followers.send_to_all(conn, found.id, list_actor_id(desk, found.slug), post=post.id, now=now)


def _next_look(conn: Connection, found: ReadingList, actor: ListActor, now: datetime) -> datetime | None:
    """Give the instant of a look that is due: the hour's for a live list, that of a new edition; else None."""
    if found.timetable is None:
        return now if actor.looked is None or now - actor.looked >= EVERY else None
    newest = editions.find_newest(conn, found.id)
    return newest.at if newest is not None and newest.at != actor.looked else None


def _new_versions(
    conn: Connection, found: ReadingList, told: VersionId | None
) -> tuple[tuple[VersionId, ...], VersionId]:
    """Give the versions of a list's rule that came after the one told last, and the one that is current."""
    versions = sorted(rules.get_versions(conn, found.rule_id), key=lambda each: each.number)
    ids = [each.id for each in versions]
    if told is None or told == ids[-1]:
        return (), ids[-1]
    return tuple(ids[ids.index(told) + 1 :]) if told in ids else (ids[-1],), ids[-1]


def _places(desk: Desk, found: ReadingList, at: datetime | None) -> list[New]:
    """Give what stands in the first places and may be handed on, the first place last: it is to be the newest."""
    with desk.database.read() as conn:
        group = members.instance_group(conn)
    limit = PLACES if at is None else EDITION_PLACES
    page = reading.list_page(desk, sharing.everybody(Actor(None, group, None)), found.slug, at=at, limit=limit)
    with desk.database.read() as conn:
        new = [told for item in page.items if (told := _handed_on(conn, item))]
    return new[::-1]


def _handed_on(conn: Connection, item: ListedEntry) -> New | None:
    """Give how an entry is posted; None where its author did not agree to be found, or its source is closed."""
    entry, source = item.entry, feeds.get_feed(conn, item.entry.feed_id)
    if is_actor(source.address):
        reserved = entry.extras.reserved or entry.guid is None or is_beneath(entry.guid, blocks.get_domains(conn))
        return None if reserved else (entry.id, entry.guid, None)
    if is_ours_alone(source.address) or sealed_access.find_sealed(conn, source.id) is not None:
        return None
    return entry.id, None, None


def forget_old(desk: Desk) -> None:
    """Forget posts that are older than is kept."""
    with desk.database.write() as conn:
        posting.delete_posts_before(conn, desk.clock.now() - POSTS_KEPT)
