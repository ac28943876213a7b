"""What our lists post in the fediverse, as activities: posts passed on, notes with a link and its source, rule changes.

Nothing of others is handed on in full: a note has title, link and source, never text. It is written anew each time it
is asked for or sent, so that what is withdrawn is in no copy of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import NotFoundError
from aggregator.services import editing
from aggregator.services.instance_actor import CONTEXT
from aggregator.services.list_actors import find_followable, get_followable, list_actor_id
from aggregator.store import entries, feeds, lists, posting, rules, subscriptions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.posting import ListPost
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

PAGE: Final = 20
PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
_LONGEST_TITLE: Final = 300
_MOST_CHANGES: Final = 30


@dataclass(frozen=True, slots=True)
class _Posted:
    """A post with what it is written from."""

    desk: Desk
    list: ReadingList
    post: ListPost

    @property
    def actor(self) -> str:
        return list_actor_id(self.desk, self.list.slug)

    @property
    def id(self) -> str:
        return _post_id(self.desk, self.list.slug, self.post)

    def told(self) -> dict[str, Any]:
        """Give what every post of a list says: from whom, to whom, when."""
        return {
            "published": _stamp(self.post.at),
            "to": [PUBLIC],
            "cc": [f"{self.desk.address}/lists/{self.list.slug}/followers"],
        }


def outbox(desk: Desk, slug: str) -> dict[str, Any]:
    """Return where a list's posts are, and how many. Public. Raises NotFoundError."""
    with desk.database.read() as conn:
        found = get_followable(desk, conn, slug)
        many = posting.count_posts(conn, found.id)
    here = f"{desk.address}/lists/{slug}/outbox"
    return {
        "@context": CONTEXT[0],
        "id": here,
        "type": "OrderedCollection",
        "totalItems": many,
        "first": f"{here}?below=newest",
    }


def outbox_page(desk: Desk, slug: str, below: int | None) -> dict[str, Any]:
    """Return a page of a list's posts, the newest first, from below a number. Public. Raises NotFoundError."""
    with desk.database.read() as conn:
        found = get_followable(desk, conn, slug)
        posts = posting.get_posts(conn, found.id, below=below, limit=PAGE + 1)
        written = [_activity(conn, _Posted(desk, found, post)) for post in posts[:PAGE]]
    here = f"{desk.address}/lists/{slug}/outbox"
    page = {
        "@context": CONTEXT[0],
        "id": f"{here}?below={below or 'newest'}",
        "type": "OrderedCollectionPage",
        "partOf": here,
        "orderedItems": [activity for activity in written if activity is not None],
    }
    return page | ({"next": f"{here}?below={posts[PAGE - 1].id}"} if len(posts) > PAGE else {})


def post(desk: Desk, slug: str, number: int) -> dict[str, Any]:
    """Return one post by its own address: a Note, an Article, or the Announce. Public. Raises NotFoundError."""
    with desk.database.read() as conn:
        found = get_followable(desk, conn, slug)
        held = posting.find_post(conn, found.id, number)
        activity = _activity(conn, _Posted(desk, found, held)) if held else None
    if activity is None:
        raise NotFoundError("post", str(number))
    shown: dict[str, Any] = activity if activity["type"] == "Announce" else activity["object"]
    return {"@context": CONTEXT[0]} | shown


def to_send(desk: Desk, conn: Connection, number: int) -> dict[str, Any] | None:
    """Write a post for its followers; None where there is nothing to be said any more. For the worker."""
    held = posting.get_post(conn, number)
    found = lists.find_list_by_id(conn, held.list_id) if held else None
    if held is None or found is None or find_followable(desk, conn, found.slug) is None:
        return None
    activity = _activity(conn, _Posted(desk, found, held))
    return None if activity is None else {"@context": CONTEXT[0]} | activity


def taken_back(desk: Desk, slug: str, held: ListPost) -> dict[str, Any]:
    """Write that a post is taken back. For the worker."""
    me, it = list_actor_id(desk, slug), _post_id(desk, slug, held)
    told = {"@context": CONTEXT[0], "id": f"{it}#withdrawn", "actor": me, "to": [PUBLIC]}
    if held.object is not None:
        return told | {"type": "Undo", "object": {"id": it, "type": "Announce", "actor": me, "object": held.object}}
    return told | {"type": "Delete", "object": {"id": it, "type": "Tombstone"}}


def gone(desk: Desk, slug: str) -> dict[str, Any]:
    """Write that a list is there no more. For the worker."""
    me = list_actor_id(desk, slug)
    now = int(desk.clock.now().timestamp())
    return {
        "@context": CONTEXT[0],
        "id": f"{me}#gone-{now}",
        "type": "Delete",
        "actor": me,
        "to": [PUBLIC],
        "object": me,
    }


def _activity(conn: Connection, posted: _Posted) -> dict[str, Any] | None:
    """Write a post as an activity; None where its entry or the version it is about is gone."""
    held = posted.post
    if held.object is not None:
        return {"id": posted.id, "type": "Announce", "actor": posted.actor, "object": held.object} | posted.told()
    written = _note(conn, posted) if held.entry_id is not None else _article(conn, posted)
    if written is None:
        return None
    note = {"id": posted.id, "attributedTo": posted.actor} | written | posted.told()
    return {"id": f"{posted.id}#create", "type": "Create", "actor": posted.actor, "object": note} | posted.told()


def _note(conn: Connection, posted: _Posted) -> dict[str, Any] | None:
    entry_id = posted.post.entry_id
    entry = entries.get_entries(conn, [entry_id]).get(entry_id) if entry_id is not None else None
    if entry is None:
        return None
    source = feeds.get_feed(conn, entry.feed_id)
    own = subscriptions.get_own_titles(conn, posted.list.draws_on, [source.id]).get(source.id)
    why = f"{posted.desk.address}/entries/{entry.uid}?list={posted.list.slug}#why"
    title = escape((entry.title or entry.excerpt)[:_LONGEST_TITLE])
    link = entry.link or why
    credit = escape(own or source.title or source.source)
    content = (
        f'<p><a href="{escape(link)}" rel="nofollow noopener noreferrer">{title}</a></p>'
        f'<p>{credit} · <a href="{escape(why)}">Why it is on “{escape(posted.list.title)}”</a></p>'
    )
    language = {"contentMap": {entry.language: content}} if entry.language else {}
    return {"type": "Note", "content": content, "url": why} | language


def _article(conn: Connection, posted: _Posted) -> dict[str, Any] | None:
    if posted.post.version is None:
        return None
    after = rules.get_version(conn, posted.post.version)
    before = next((each for each in rules.get_versions(conn, after.rule_id) if each.number == after.number - 1), None)
    page = f"{posted.desk.address}/rules/{after.slug}/versions/{after.number}"
    lines = [f"<p>“{escape(posted.list.title)}” is ordered by {escape(after.title)}, version {after.number}.</p>"]
    if after.reason:
        lines.append(f"<p>{escape(after.reason)}</p>")
    if before is not None:
        told = [f"<li>{escape(each.text)}</li>" for each in editing.changes(before, after).changes[:_MOST_CHANGES]]
        lines.append(f"<ul>{''.join(told)}</ul>")
    lines.append(f'<p>{escape(after.plain)} <a href="{escape(page)}">The rule in full</a></p>')
    return {"type": "Article", "name": f"The rule changed: {after.title}", "content": "".join(lines), "url": page}


def _post_id(desk: Desk, slug: str, held: ListPost) -> str:
    return f"{desk.address}/lists/{slug}/posts/{held.id}"


def _stamp(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
