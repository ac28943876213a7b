"""Objections and their answers: a log that only its own authors may take something out of, and only at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from aggregator.errors import NotFoundError
from aggregator.model.ids import FeedId, MemberId, ObjectionId, OwnerId, Uid
from aggregator.model.objection import Objection
from aggregator.store.tables import member, objection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_ANSWERER = member.alias("answerer")
_OF_OWNER = objection.c.owner == bindparam("owner")
_EVERY = (
    select(objection, member.c.name.label("name"), _ANSWERER.c.name.label("answered_by"))
    .outerjoin_from(objection, member, member.c.id == objection.c.member_id)
    .outerjoin(_ANSWERER, _ANSWERER.c.id == objection.c.answerer_id)
)
_ALL = _EVERY.where(_OF_OWNER)
_OF_FEEDS = (
    _ALL.where(objection.c.feed_id.in_(bindparam("feeds", expanding=True)), objection.c.withdrawn.is_(None))
    .order_by(objection.c.id.desc())
    .limit(bindparam("most"))
)
_ONE = _ALL.where(objection.c.id == bindparam("id"))
_WAITING = (
    _ALL.where(objection.c.answered.is_(None), objection.c.withdrawn.is_(None))
    .order_by(objection.c.id)
    .limit(bindparam("most"))
)
_COUNT = select(func.count()).select_from(objection)
_BY_MEMBER = _EVERY.where(objection.c.member_id == bindparam("member")).order_by(objection.c.id)
_ANSWERED_BY = _EVERY.where(objection.c.answerer_id == bindparam("member")).order_by(objection.c.id)


def add_objection(  # what an objection is; none of it follows from the rest
    conn: Connection, owner: OwnerId, feed: FeedId, by: MemberId, text: str, *, entry: Uid | None, now: datetime
) -> ObjectionId:
    """Write an objection down."""
    row = {"owner": owner, "feed_id": feed, "uid": entry, "member_id": by, "text": text, "made": now}
    return ObjectionId(conn.execute(insert(objection).returning(objection.c.id), row).scalar_one())


def get_objection(conn: Connection, owner: OwnerId, objection_id: ObjectionId) -> Objection:
    """Return an objection. Raises NotFoundError."""
    row = conn.execute(_ONE, {"owner": owner, "id": objection_id}).first()
    if row is None:
        raise NotFoundError("objection", objection_id)
    return _objection_of(row)


def get_objections(conn: Connection, owner: OwnerId, feeds: Sequence[FeedId], most: int) -> tuple[Objection, ...]:
    """Return what was objected about these feeds, the newest first, at most so many."""
    return tuple(map(_objection_of, conn.execute(_OF_FEEDS, {"owner": owner, "feeds": list(feeds), "most": most})))


def get_waiting(conn: Connection, owner: OwnerId, most: int) -> tuple[Objection, ...]:
    """Return what waits for an answer, the oldest first, at most so many."""
    return tuple(map(_objection_of, conn.execute(_WAITING, {"owner": owner, "most": most})))


def get_by_member(conn: Connection, by: MemberId) -> tuple[Objection, ...]:
    """Return what a member objected, in its order."""
    return tuple(map(_objection_of, conn.execute(_BY_MEMBER, {"member": by})))


def get_answered_by(conn: Connection, by: MemberId) -> tuple[Objection, ...]:
    """Return what a member answered, in the order it was objected."""
    return tuple(map(_objection_of, conn.execute(_ANSWERED_BY, {"member": by})))


def count_since(conn: Connection, by: MemberId, since: datetime) -> int:
    """Count a member's objections since an instant."""
    return conn.execute(_COUNT.where(objection.c.member_id == by, objection.c.made > since)).scalar_one()


def count_of_feed(conn: Connection, feed: FeedId) -> int:
    """Count the objections about a feed."""
    return conn.execute(_COUNT.where(objection.c.feed_id == feed)).scalar_one()


def set_answer(conn: Connection, objection_id: ObjectionId, answer: str, by: MemberId, now: datetime | None) -> None:
    """Write the answer of an objection; `now` None: it is kept for who wrote it, and not given."""
    values = {"answer": answer, "answerer_id": by, "answered": now}
    conn.execute(update(objection).where(objection.c.id == objection_id).values(values))


def set_withdrawn(conn: Connection, objection_id: ObjectionId, at: datetime | None) -> None:
    """Take an objection out of the log, or put it back."""
    conn.execute(update(objection).where(objection.c.id == objection_id).values(withdrawn=at))


def delete_withdrawn(conn: Connection, before: datetime) -> None:
    """Forget what was taken out before an instant."""
    conn.execute(delete(objection).where(objection.c.withdrawn < before))


def _objection_of(row: Row[*tuple[Any, ...]]) -> Objection:
    return Objection(
        id=ObjectionId(row.id),
        feed_id=FeedId(row.feed_id),
        entry=None if row.uid is None else Uid(row.uid),
        member=None if row.member_id is None else MemberId(OwnerId(row.member_id)),
        name=row.name,
        text=row.text,
        made=row.made,
        answer=row.answer,
        answerer=None if row.answerer_id is None else MemberId(OwnerId(row.answerer_id)),
        answered_by=row.answered_by,
        answered=row.answered,
        withdrawn=row.withdrawn,
    )
