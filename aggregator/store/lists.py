"""Reading lists: what each draws from, the rule that ranks it, and when its editions are made.

A removed list stays until it is taken back or `delete_removed` lets it go; nothing else here finds it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.ids import ListId, OwnerId, RuleId
from aggregator.model.readinglist import ReadingList, Scope
from aggregator.store.packed import pack_scope, pack_timetable, unpack_scope, unpack_timetable
from aggregator.store.tables import reading_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from aggregator.model.timetable import Timetable

_THERE = select(reading_list).where(reading_list.c.removed.is_(None))
_LISTS = _THERE.where(reading_list.c.owner == bindparam("owner")).order_by(reading_list.c.place, reading_list.c.id)
_LIST = _LISTS.where(reading_list.c.slug == bindparam("slug"))
_WITH_EDITIONS = _THERE.where(reading_list.c.timetable.is_not(None)).order_by(reading_list.c.id)
_OVER = select(reading_list).where(func.coalesce(reading_list.c.feeds_of, reading_list.c.owner) == bindparam("owner"))
_WITH_SEARCHES = _THERE.where(reading_list.c.scope.contains('"search":')).order_by(reading_list.c.id)
_BY_ID = _THERE.where(reading_list.c.id == bindparam("id"))


def find_list(conn: Connection, owner: OwnerId, slug: str) -> ReadingList | None:
    """Return an owner's list by its name in addresses."""
    row = conn.execute(_LIST, {"owner": owner, "slug": slug}).first()
    return _list_of(row) if row else None


def get_list(conn: Connection, owner: OwnerId, slug: str) -> ReadingList:
    """Return an owner's list by its name in addresses. Raises NotFoundError."""
    found = find_list(conn, owner, slug)
    if found is None:
        raise NotFoundError("list", slug)
    return found


def find_list_by_id(conn: Connection, list_id: ListId) -> ReadingList | None:
    """Return a list by its row."""
    row = conn.execute(_BY_ID, {"id": list_id}).first()
    return _list_of(row) if row else None


def get_lists(conn: Connection, owner: OwnerId) -> tuple[ReadingList, ...]:
    """Return an owner's lists in their order."""
    return tuple(map(_list_of, conn.execute(_LISTS, {"owner": owner})))


def get_lists_over(conn: Connection, owner: OwnerId) -> tuple[ReadingList, ...]:
    """Return all lists that draw from an owner's subscriptions, those of members and removed ones too."""
    return tuple(map(_list_of, conn.execute(_OVER, {"owner": owner})))


def get_lists_with_editions(conn: Connection) -> tuple[ReadingList, ...]:
    """Return all lists, whoever owns them, that have a timetable."""
    return tuple(map(_list_of, conn.execute(_WITH_EDITIONS)))


def get_lists_with_searches(conn: Connection) -> tuple[ReadingList, ...]:
    """Return all lists, whoever owns them, that keep a search."""
    found = map(_list_of, conn.execute(_WITH_SEARCHES))
    return tuple(each for each in found if each.scope.search is not None)


def add_list(
    conn: Connection,
    owner: OwnerId,
    *,
    slug: str,
    title: str,
    rule_id: RuleId,
    max_age: timedelta,
    time_zone: str,
    scope: Scope,
    feeds_of: OwnerId | None = None,
    timetable: Timetable | None = None,
) -> ListId:
    """Make a list, the last of its owner's. Raises ConflictError where the owner has one of that slug.

    A removed list of that slug cannot be taken back any more.
    """
    if find_list(conn, owner, slug):
        raise ConflictError("list", "there is one of that name already")
    mine = reading_list.c.owner == owner
    conn.execute(delete(reading_list).where(mine, reading_list.c.slug == slug))
    last = conn.execute(select(func.max(reading_list.c.place)).where(mine)).scalar()
    values = {
        "owner": owner,
        "slug": slug,
        "feeds_of": feeds_of,
        "place": 0 if last is None else last + 1,
        **_values(title=title, rule_id=rule_id, max_age=max_age, time_zone=time_zone, scope=scope, timetable=timetable),
    }
    return ListId(conn.execute(insert(reading_list).returning(reading_list.c.id), values).scalar_one())


def set_list(
    conn: Connection,
    list_id: ListId,
    *,
    title: str,
    rule_id: RuleId,
    max_age: timedelta,
    time_zone: str,
    scope: Scope,
    timetable: Timetable | None,
) -> None:
    """Change all of a list but its name in addresses."""
    values = _values(
        title=title, rule_id=rule_id, max_age=max_age, time_zone=time_zone, scope=scope, timetable=timetable
    )
    conn.execute(update(reading_list).where(reading_list.c.id == list_id).values(values))


def set_scope(conn: Connection, list_id: ListId, scope: Scope) -> None:
    """Let a list draw from elsewhere from now on."""
    conn.execute(update(reading_list).where(reading_list.c.id == list_id).values(scope=pack_scope(scope)))


def set_order(conn: Connection, list_ids: Sequence[ListId]) -> None:
    """Put lists of one owner in this order."""
    for place, list_id in enumerate(list_ids):
        conn.execute(update(reading_list).where(reading_list.c.id == list_id).values(place=place))


def remove_list(conn: Connection, list_id: ListId, now: datetime) -> None:
    """Remove a list so that it can be taken back."""
    conn.execute(update(reading_list).where(reading_list.c.id == list_id).values(removed=now))


def restore_list(conn: Connection, owner: OwnerId, slug: str) -> ReadingList:
    """Take the removal of an owner's list back. Raises NotFoundError where there is none to take back."""
    held = (reading_list.c.owner == owner, reading_list.c.slug == slug, reading_list.c.removed.is_not(None))
    if not conn.execute(update(reading_list).where(*held).values(removed=None)).rowcount:
        raise NotFoundError("list", slug)
    return get_list(conn, owner, slug)


def delete_removed(conn: Connection, before: datetime) -> int:
    """Let lists go that were removed before an instant, with their editions and ledgers; gives how many."""
    return conn.execute(delete(reading_list).where(reading_list.c.removed < before)).rowcount


def _values(
    *,
    title: str,
    rule_id: RuleId,
    max_age: timedelta,
    time_zone: str,
    scope: Scope,
    timetable: Timetable | None,
) -> dict[str, Any]:
    return {
        "title": title,
        "rule_id": rule_id,
        "max_age": int(max_age.total_seconds()),
        "time_zone": time_zone,
        "scope": pack_scope(scope),
        "timetable": pack_timetable(timetable),
    }


def _list_of(row: Row[*tuple[Any, ...]]) -> ReadingList:
    return ReadingList(
        id=ListId(row.id),
        owner=OwnerId(row.owner),
        slug=row.slug,
        title=row.title,
        rule_id=RuleId(row.rule_id),
        max_age=timedelta(seconds=row.max_age),
        time_zone=row.time_zone,
        scope=unpack_scope(row.scope),
        feeds_of=None if row.feeds_of is None else OwnerId(row.feeds_of),
        timetable=unpack_timetable(row.timetable),
    )
