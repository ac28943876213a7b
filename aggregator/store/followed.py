"""Whom we read in the fediverse: the actor of a source, its keys, and whether it tells us of news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from aggregator.model.fediverse import FollowState
from aggregator.model.ids import EntryId, FeedId
from aggregator.store.bulk import Bulk
from aggregator.store.columns import Moment, to_microseconds
from aggregator.store.entry_rows import key_hash
from aggregator.store.tables import actor_key, feed_state, followed, seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row


@dataclass(frozen=True, slots=True)
class Followed:
    """The actor of one source as last fetched."""

    feed_id: FeedId
    actor: str
    name: str
    inbox: str | None
    outbox: str | None
    asked: datetime
    state: FollowState = FollowState.NONE
    state_at: datetime | None = None
    failures: int = 0
    paused: bool = False
    document: bytes = field(default=b"", repr=False)


_ALL = select(*followed.c, feed_state.c.paused).join_from(
    followed, feed_state, feed_state.c.feed_id == followed.c.feed_id
)
_FIND = _ALL.where(followed.c.feed_id == bindparam("feed_id"))
_OF_ACTOR = _ALL.where(followed.c.actor == bindparam("actor")).order_by(followed.c.feed_id)
_IN_ORDER = _ALL.order_by(followed.c.feed_id)
_HELD = (
    select(seen.c.feed_id, seen.c.entry_id)
    .join_from(seen, followed, followed.c.feed_id == seen.c.feed_id)
    .where(seen.c.key_hash == bindparam("hash"), seen.c.entry_id.is_not(None))
)
_SET = Bulk(
    "INSERT INTO followed (feed_id, actor, name, inbox, outbox, document, asked, state, failures)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 'none', 0) ON CONFLICT (feed_id) DO UPDATE SET actor = excluded.actor,"
    " name = excluded.name, inbox = excluded.inbox, outbox = excluded.outbox, document = excluded.document,"
    " asked = excluded.asked"
)
_SET_KEY = Bulk(
    "INSERT INTO actor_key (key_id, actor, pem, fetched) VALUES (?, ?, ?, ?) ON CONFLICT (key_id) DO UPDATE SET"
    " actor = excluded.actor, pem = excluded.pem, fetched = excluded.fetched"
)
_KEY = select(actor_key.c.actor, actor_key.c.pem, actor_key.c.fetched).where(actor_key.c.key_id == bindparam("key_id"))


def find_followed(conn: Connection, feed_id: FeedId) -> Followed | None:
    """Return the actor of a source, as last fetched."""
    row = conn.execute(_FIND, {"feed_id": feed_id}).first()
    return _followed_of(row) if row else None


def find_by_actor(conn: Connection, actor: str) -> tuple[Followed, ...]:
    """Return the sources that are an actor's."""
    return tuple(map(_followed_of, conn.execute(_OF_ACTOR, {"actor": actor})))


def get_all_followed(conn: Connection) -> tuple[Followed, ...]:
    """Return all sources of the fediverse that were fetched once."""
    return tuple(map(_followed_of, conn.execute(_IN_ORDER)))


def set_followed(conn: Connection, one: Followed) -> None:
    """Keep what an actor said of itself; whether it tells us of news stays."""
    row = (one.feed_id, one.actor, one.name, one.inbox, one.outbox, one.document, to_microseconds(one.asked))
    _SET.run(conn, [row])


def set_state(conn: Connection, feed_id: FeedId, state: FollowState, *, now: datetime, failures: int = 0) -> None:
    """Keep how it stands with an actor telling us."""
    told = {"state": state.value, "state_at": now, "failures": failures}
    conn.execute(update(followed).where(followed.c.feed_id == feed_id).values(told))


def delete_followed(conn: Connection, feed_id: FeedId) -> None:
    """Forget an actor and its keys."""
    one = find_followed(conn, feed_id)
    if one is not None:
        conn.execute(delete(followed).where(followed.c.feed_id == feed_id))
        conn.execute(delete(actor_key).where(actor_key.c.actor == one.actor))


def find_held(conn: Connection, post: str) -> tuple[tuple[FeedId, EntryId], ...]:
    """Return the entries of fediverse sources that are this post."""
    rows = conn.execute(_HELD, {"hash": key_hash(post)})
    return tuple((FeedId(feed_id), EntryId(entry_id)) for feed_id, entry_id in rows)


def find_key(conn: Connection, key_id: str) -> tuple[str, str, datetime] | None:
    """Return a key's actor, the key, and when it was fetched."""
    row = conn.execute(_KEY, {"key_id": key_id}).first()
    return (row.actor, row.pem, row.fetched) if row else None


def set_keys(conn: Connection, actor: str, keys: Sequence[tuple[str, str]], *, now: datetime) -> None:
    """Keep the keys of an actor, and no others of it."""
    conn.execute(delete(actor_key).where(actor_key.c.actor == actor))
    _SET_KEY.run(conn, [(key_id, actor, pem, to_microseconds(now)) for key_id, pem in keys])


def thin_keys(conn: Connection, *, before: datetime) -> None:
    """Let go keys that were not fetched again since `before`."""
    conn.execute(delete(actor_key).where(actor_key.c.fetched < bindparam("b", before, type_=Moment)))


def _followed_of(row: Row[*tuple[Any, ...]]) -> Followed:
    return Followed(
        feed_id=FeedId(row.feed_id),
        actor=row.actor,
        name=row.name,
        inbox=row.inbox,
        outbox=row.outbox,
        asked=row.asked,
        state=FollowState(row.state),
        state_at=row.state_at,
        failures=row.failures,
        paused=row.paused,
        document=bytes(row.document),
    )
