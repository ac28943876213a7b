"""Our lists in the fediverse: how each stands there, and what it posted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, exists, func, select

from aggregator.model.ids import EntryId, ListId, VersionId
from aggregator.model.posting import ListActor, ListPost
from aggregator.store.bulk import Bulk
from aggregator.store.columns import to_microseconds
from aggregator.store.tables import entry, list_actor, list_post, reading_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_SET = Bulk(
    'INSERT INTO list_actor (list_id, "open", known, looked, version_id) VALUES (?, ?, ?, ?, ?)'
    ' ON CONFLICT (list_id) DO UPDATE SET "open" = excluded."open", known = excluded.known,'
    " looked = excluded.looked, version_id = excluded.version_id"
)
_ADD = Bulk(
    "INSERT INTO list_post (list_id, entry_id, object, version_id, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_OF_LIST = select(list_post).where(list_post.c.list_id == bindparam("list_id"))
_ONE = _OF_LIST.where(list_post.c.id == bindparam("id"))
_COUNT = select(func.count()).select_from(list_post).where(list_post.c.list_id == bindparam("list_id"))
_WITHDRAWN = (
    select(list_post)
    .where(list_post.c.entry_id.is_not(None), ~exists().where(entry.c.id == list_post.c.entry_id))
    .order_by(list_post.c.id)
    .limit(bindparam("limit"))
)


def get_actors(conn: Connection) -> Mapping[ListId, ListActor]:
    """Return how lists stand of which something is known."""
    return {
        (list_id := ListId(row.list_id)): ListActor(list_id, row.open, row.known, row.looked, _version(row.version_id))
        for row in conn.execute(select(list_actor))
    }


def get_known_slugs(conn: Connection) -> Mapping[ListId, str]:
    """Return the lists others were told of, by what they are called there; removed ones too."""
    found = select(list_actor.c.list_id, reading_list.c.slug).join_from(list_actor, reading_list)
    return {ListId(row.list_id): row.slug for row in conn.execute(found.where(list_actor.c.known))}


def set_actor(conn: Connection, actor: ListActor) -> None:
    """Keep how a list stands."""
    looked = None if actor.looked is None else to_microseconds(actor.looked)
    _SET.run(conn, [(actor.list_id, actor.open, actor.known, looked, actor.version)])


def add_posts(
    conn: Connection,
    list_id: ListId,
    found: Sequence[tuple[EntryId | None, str | None, VersionId | None]],
    *,
    now: datetime,
) -> tuple[ListPost, ...]:
    """Keep what a list posts (entry, what it passes on, version of its rule); gives what it had not posted before."""
    newest = conn.execute(select(func.coalesce(func.max(list_post.c.id), 0))).scalar_one()
    at = to_microseconds(now)
    _ADD.run(conn, [(list_id, entry_id, passed_on, version, at) for entry_id, passed_on, version in found])
    added = conn.execute(_OF_LIST.where(list_post.c.id > newest).order_by(list_post.c.id), {"list_id": list_id})
    return tuple(map(_post_of, added))


def find_post(conn: Connection, list_id: ListId, post_id: int) -> ListPost | None:
    """Return a post of a list."""
    row = conn.execute(_ONE, {"list_id": list_id, "id": post_id}).first()
    return _post_of(row) if row else None


def get_post(conn: Connection, post_id: int) -> ListPost | None:
    """Return a post of any list; None where it is no more."""
    row = conn.execute(select(list_post).where(list_post.c.id == post_id)).first()
    return _post_of(row) if row else None


def get_posts(conn: Connection, list_id: ListId, *, below: int | None, limit: int) -> tuple[ListPost, ...]:
    """Return posts of a list, the newest first, from below an id."""
    found = _OF_LIST.order_by(list_post.c.id.desc()).limit(limit)
    found = found if below is None else found.where(list_post.c.id < below)
    return tuple(map(_post_of, conn.execute(found, {"list_id": list_id})))


def count_posts(conn: Connection, list_id: ListId) -> int:
    """Count the posts of a list."""
    return int(conn.execute(_COUNT, {"list_id": list_id}).scalar_one())


def get_withdrawn(conn: Connection, *, limit: int) -> tuple[ListPost, ...]:
    """Return posts whose entry is no more."""
    return tuple(map(_post_of, conn.execute(_WITHDRAWN, {"limit": limit})))


def delete_posts(conn: Connection, ids: Iterable[int]) -> None:
    """Forget posts."""
    conn.execute(delete(list_post).where(list_post.c.id.in_(list(ids))))


def delete_posts_of_list(conn: Connection, list_id: ListId) -> None:
    """Forget what a list posted."""
    conn.execute(delete(list_post).where(list_post.c.list_id == list_id))


def delete_posts_before(conn: Connection, before: datetime) -> None:
    """Forget old posts."""
    conn.execute(delete(list_post).where(list_post.c.at < before))


def _post_of(row: Row[*tuple[Any, ...]]) -> ListPost:
    entry_id = None if row.entry_id is None else EntryId(row.entry_id)
    return ListPost(row.id, ListId(row.list_id), entry_id, row.object, _version(row.version_id), row.at)


def _version(number: int | None) -> VersionId | None:
    return None if number is None else VersionId(number)
