"""Lists followed from the fediverse: who may, what stewards decide and see of it.

Of followers the domains are shown and how many there are, to stewards alone; their names to nobody.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aggregator.model.posting import Follower, ListActor
from aggregator.services.federating import turn
from aggregator.services.list_actors import BE_FOLLOWED, is_followable, list_actor_id, may_be_followed, named_by
from aggregator.services.rights import Right, require
from aggregator.services.sharing import is_public
from aggregator.sources.fediverse.refusal import Refused
from aggregator.store import blocks, followers, lists, posting

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.fediverse import Actor as Stranger
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.sources.fediverse.inbox import Activity

MOST: Final = 20_000
"""Followers of one list."""


@dataclass(frozen=True, slots=True)
class FollowedList:
    """A list of the group: the name it has there, whether it can be followed, and from where it is (domain, count)."""

    slug: str
    title: str
    handle: str
    public: bool
    open: bool
    domains: tuple[tuple[str, int], ...]

    @property
    def followers(self) -> int:
        """How many follow it."""
        return sum(many for _, many in self.domains)


@dataclass(frozen=True, slots=True)
class BeingFollowed:
    """How it stands: `on` is a steward's word, `unsent` what waits to be delivered."""

    on: bool
    lists: tuple[FollowedList, ...]
    unsent: int


def being_followed(desk: Desk, actor: Actor) -> BeingFollowed:
    """Say which lists can be followed, and from where they are."""
    require(actor, Right.RUN_INSTANCE)
    host = urlsplit(desk.address).netloc
    with desk.database.read() as conn:
        domains, actors = followers.get_domains(conn), posting.get_actors(conn)
        found = tuple(
            FollowedList(
                slug=each.slug,
                title=each.title,
                handle=f"@{each.slug}@{host}",
                public=is_public(conn, each),
                open=actors.get(each.id, ListActor(each.id)).open,
                domains=domains.get(each.id, ()),
            )
            for each in lists.get_lists(conn, actor.group)
        )
        return BeingFollowed(may_be_followed(conn), found, followers.count_unsent(conn))


def set_on(desk: Desk, actor: Actor, *, on: bool) -> None:
    """Let lists be followed, or no longer. Raises BadInputError where nobody could reach us."""
    turn(desk, actor, BE_FOLLOWED, "followed", on=on)


def set_open(desk: Desk, actor: Actor, slug: str, *, on: bool) -> None:
    """Let one list be followed where it is everybody's, or not. Raises NotFoundError."""
    require(actor, Right.RUN_INSTANCE)
    with desk.database.write() as conn:
        found = lists.get_list(conn, actor.group, slug)
        held = posting.get_actors(conn).get(found.id, ListActor(found.id))
        posting.set_actor(conn, replace(held, open=on))
    desk.ask.wake()


def handle_of(desk: Desk, slug: str) -> str | None:
    """Return the handle a list can be followed by; None where it cannot be. Public."""
    with desk.database.read() as conn:
        found = named_by(desk, conn, list_actor_id(desk, slug))
    return f"@{slug}@{urlsplit(desk.address).netloc}" if found else None


def accept(desk: Desk, conn: Connection, activity: Activity, actor: Stranger) -> None:
    """Let somebody follow a list who was proved to ask for it. Raises Refused."""
    found = named_by(desk, conn, activity.about)
    if found is None or not is_followable(conn, found):
        raise Refused("it follows no list that can be followed")
    inbox = actor.shared_inbox or actor.inbox
    host = urlsplit(actor.id).hostname or ""
    if inbox is None or blocks.is_blocked(conn, host):
        raise Refused("there is no way to tell it of news")
    if followers.count_followers(conn, found.id) >= MOST:
        raise Refused("too many follow that list")
    follower = Follower(found.id, actor.id, host, inbox, desk.clock.now())
    followers.set_follower(conn, follower)
    me = list_actor_id(desk, found.slug)
    follow = {"type": "Follow", "actor": actor.id, "object": me} | ({"id": activity.id} if activity.id else {})
    accepted = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{me}#accept-{uuid.uuid4()}",
        "type": "Accept",
        "actor": me,
        "object": follow,
        "to": [actor.id],
    }
    own = replace(follower, inbox=actor.inbox or inbox)
    followers.send(conn, me, own, json.dumps(accepted), now=desk.clock.now())


def end(desk: Desk, conn: Connection, activity: Activity) -> bool:
    """Let somebody go who no longer follows a list, or blocks it; says whether the activity was about that."""
    if activity.type == "Undo" and (activity.inner_type != "Follow" or activity.inner_actor != activity.actor):
        return False
    found = named_by(desk, conn, activity.about)
    if found is not None:
        followers.delete_follower(conn, activity.actor, found.id)
    return found is not None
