"""Who follows our lists, and what is still to be sent to them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from aggregator.model.ids import ListId
from aggregator.model.posting import Follower, Sending
from aggregator.store.bulk import Bulk
from aggregator.store.columns import Moment, to_microseconds
from aggregator.store.tables import list_follower, sending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

_SET = Bulk(
    "INSERT INTO list_follower (list_id, actor, host, inbox, since) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (list_id, actor) DO UPDATE SET host = excluded.host, inbox = excluded.inbox"
)
_COUNT = select(func.count()).select_from(list_follower).where(list_follower.c.list_id == bindparam("list_id"))
_DOMAINS = (
    select(list_follower.c.list_id, list_follower.c.host, func.count().label("many"))
    .group_by(list_follower.c.list_id, list_follower.c.host)
    .order_by(list_follower.c.list_id, func.count().desc(), list_follower.c.host)
)
_INBOXES = (
    select(list_follower.c.inbox, func.min(list_follower.c.host).label("host"))
    .where(list_follower.c.list_id == bindparam("list_id"))
    .group_by(list_follower.c.inbox)
    .order_by(list_follower.c.inbox)
)
_SEND = Bulk("INSERT INTO sending (actor, inbox, host, post_id, body, tries, due) VALUES (?, ?, ?, ?, ?, 0, ?)")
_DUE = (
    select(sending)
    .where(sending.c.due <= bindparam("now", type_=Moment))
    .order_by(sending.c.id)
    .limit(bindparam("limit"))
)


def set_follower(conn: Connection, follower: Follower) -> None:
    """Keep that somebody follows a list."""
    row = (follower.list_id, follower.actor, follower.host, follower.inbox, to_microseconds(follower.since))
    _SET.run(conn, [row])


def count_followers(conn: Connection, list_id: ListId) -> int:
    """Count who follows a list."""
    return int(conn.execute(_COUNT, {"list_id": list_id}).scalar_one())


def get_domains(conn: Connection) -> Mapping[ListId, tuple[tuple[str, int], ...]]:
    """Return how many of which server follow each list, the most first."""
    found: defaultdict[ListId, list[tuple[str, int]]] = defaultdict(list)
    for row in conn.execute(_DOMAINS):
        found[ListId(row.list_id)].append((row.host, row.many))
    return {list_id: tuple(each) for list_id, each in found.items()}


def delete_follower(conn: Connection, actor: str, list_id: ListId | None = None) -> bool:
    """Forget that somebody follows a list, or any of ours; says whether they did."""
    statement = delete(list_follower).where(list_follower.c.actor == actor)
    if list_id is not None:
        statement = statement.where(list_follower.c.list_id == list_id)
    return conn.execute(statement).rowcount > 0


def delete_followers_of_list(conn: Connection, list_id: ListId) -> None:
    """Forget who follows a list."""
    conn.execute(delete(list_follower).where(list_follower.c.list_id == list_id))


def delete_inbox(conn: Connection, inbox: str) -> None:
    """Forget who is reached by an inbox that is gone, and what was to be sent there."""
    conn.execute(delete(list_follower).where(list_follower.c.inbox == inbox))
    conn.execute(delete(sending).where(sending.c.inbox == inbox))


def delete_domain(conn: Connection, domain: str) -> None:
    """Forget who follows from a domain and all beneath it, and what was to be sent there."""
    for table in (list_follower, sending):
        host = table.c.host
        conn.execute(delete(table).where((host == domain) | host.endswith("." + domain, autoescape=True)))


def send_to_all(
    conn: Connection, list_id: ListId, actor: str, *, post: int | None = None, body: str | None = None, now: datetime
) -> None:
    """Have something sent to all who follow a list, once to each inbox."""
    at = to_microseconds(now)
    rows = [(actor, row.inbox, row.host, post, body, at) for row in conn.execute(_INBOXES, {"list_id": list_id})]
    _SEND.run(conn, rows)


def send(conn: Connection, actor: str, follower: Follower, body: str, *, now: datetime) -> None:
    """Have something sent to one who follows."""
    values: dict[str, Any] = {"actor": actor, "inbox": follower.inbox, "host": follower.host}
    conn.execute(insert(sending), values | {"post_id": None, "body": body, "tries": 0, "due": now})


def get_due(conn: Connection, now: datetime, *, limit: int) -> tuple[Sending, ...]:
    """Return what is to be sent now, the oldest first."""
    return tuple(map(_sending_of, conn.execute(_DUE, {"now": now, "limit": limit})))


def count_unsent(conn: Connection) -> int:
    """Count what is still to be sent."""
    return int(conn.execute(select(func.count()).select_from(sending)).scalar_one())


def put_off(conn: Connection, ids: Iterable[int], due: datetime, *, tries: int) -> None:
    """Send some later."""
    conn.execute(update(sending).where(sending.c.id.in_(list(ids))).values(due=due, tries=tries))


def delete_sending(conn: Connection, sending_id: int) -> None:
    """Let go of what was sent, or is not to be sent any more."""
    conn.execute(delete(sending).where(sending.c.id == sending_id))


def delete_sendings_of(conn: Connection, posts: Iterable[int]) -> None:
    """Let go of posts that were not sent yet."""
    conn.execute(delete(sending).where(sending.c.post_id.in_(list(posts))))


def _sending_of(row: Row[*tuple[Any, ...]]) -> Sending:
    return Sending(row.id, row.actor, row.inbox, row.host, row.post_id, row.body, row.tries)
