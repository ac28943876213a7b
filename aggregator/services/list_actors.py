"""Our public lists as somebody in the fediverse: each is an actor there, once a steward lets lists be followed.

All sign with the instance's one key, each under a name of its own: a list has no secrets that the others do not have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from aggregator.errors import NotFoundError
from aggregator.services.instance_actor import CONTEXT, actor_document, find_signer
from aggregator.services.sharing import is_public
from aggregator.store import followers, lists, members, posting, values

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

BE_FOLLOWED: Final = "fediverse-be-followed"
_SUMMARY: Final = (
    "<p>A reading list, ordered by a rule that anyone can read. It posts what comes into its first places.</p>"
)
_SLUG: Final = re.compile(r"/lists/([a-z0-9-]+)/actor")


def list_actor_id(desk: Desk, slug: str) -> str:
    """Return the address of a list's actor."""
    return f"{desk.address}/lists/{slug}/actor"


def key_id(actor: str) -> str:
    """Return the id of an actor's key."""
    return f"{actor}#main-key"


def may_be_followed(conn: Connection) -> bool:
    """Say whether a steward lets lists be followed from the fediverse at all."""
    return values.find_value(conn, BE_FOLLOWED) == "on"


def is_followable(conn: Connection, found: ReadingList) -> bool:
    """Say whether a list can be followed now: it is everybody's, and no steward said no."""
    if not may_be_followed(conn) or not is_public(conn, found):
        return False
    actor = posting.get_actors(conn).get(found.id)
    return actor is None or actor.open


def find_followable(desk: Desk, conn: Connection, slug: str) -> ReadingList | None:
    """Return the list that is an actor under this name; None where there is none."""
    found = lists.find_list(conn, members.instance_group(conn), slug)
    if found is None or not is_followable(conn, found) or not desk.settings.public_url:
        return None
    return found


def get_followable(desk: Desk, conn: Connection, slug: str) -> ReadingList:
    """Like `find_followable`. Raises NotFoundError."""
    found = find_followable(desk, conn, slug)
    if found is None:
        raise NotFoundError("list", slug)
    return found


def named_by(desk: Desk, conn: Connection, actor: str | None) -> ReadingList | None:
    """Return the list whose actor has this id, where it can be followed."""
    match = _SLUG.fullmatch((actor or "").removeprefix(desk.address))
    return find_followable(desk, conn, match[1]) if match and (actor or "").startswith(desk.address) else None


def document(desk: Desk, slug: str) -> dict[str, Any]:
    """Return the document of a list's actor. Public. Raises NotFoundError."""
    with desk.database.read() as conn:
        found = get_followable(desk, conn, slug)
        name = values.instance_name(conn)
    me, signer = list_actor_id(desk, slug), find_signer(desk)
    if signer is None:
        raise NotFoundError("list", slug)
    return actor_document(
        desk,
        signer,
        me,
        key_id(me),
        preferredUsername=slug,
        name=f"{found.title} · {name}"[:500],
        summary=_SUMMARY,
        url=f"{desk.address}/lists/{slug}",
        outbox=f"{desk.address}/lists/{slug}/outbox",
        followers=f"{desk.address}/lists/{slug}/followers",
        manuallyApprovesFollowers=False,
        discoverable=True,
        indexable=True,
    )


def webfinger(desk: Desk, resource: str) -> dict[str, Any] | None:
    """Answer which list a resource is (RFC 7033); None for what is none."""
    host = urlsplit(desk.address).netloc
    name, _, at = resource.removeprefix("acct:").rpartition("@")
    with desk.database.read() as conn:
        if resource.startswith("acct:"):
            found = find_followable(desk, conn, name) if at.lower() == host else None
        else:
            found = named_by(desk, conn, resource)
    if found is None:
        return None
    me = list_actor_id(desk, found.slug)
    links = [
        {"rel": "self", "type": "application/activity+json", "href": me},
        {
            "rel": "http://webfinger.net/rel/profile-page",
            "type": "text/html",
            "href": f"{desk.address}/lists/{found.slug}",
        },
    ]
    return {"subject": f"acct:{found.slug}@{host}", "aliases": [me], "links": links}


def followers_of(desk: Desk, slug: str) -> dict[str, Any]:
    """Return how many follow a list; who they are is nobody's business. Public. Raises NotFoundError."""
    with desk.database.read() as conn:
        found = get_followable(desk, conn, slug)
        many = followers.count_followers(conn, found.id)
    return {
        "@context": CONTEXT[0],
        "id": f"{desk.address}/lists/{slug}/followers",
        "type": "OrderedCollection",
        "totalItems": many,
    }
