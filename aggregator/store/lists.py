"""Reading lists: what each draws from, and the rule that ranks it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.ids import ListId, OwnerId, RuleId
from aggregator.model.readinglist import ReadingList, Scope
from aggregator.store.packed import pack_scope, unpack_scope
from aggregator.store.tables import reading_list

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_LISTS = select(reading_list).where(reading_list.c.owner == bindparam("owner")).order_by(reading_list.c.id)
_LIST = _LISTS.where(reading_list.c.slug == bindparam("slug"))


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


def get_lists(conn: Connection, owner: OwnerId) -> tuple[ReadingList, ...]:
    """Return an owner's lists in the order they were made."""
    return tuple(map(_list_of, conn.execute(_LISTS, {"owner": owner})))


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
) -> ListId:
    """Make a list. Raises ConflictError where the owner has one of that slug."""
    if find_list(conn, owner, slug):
        raise ConflictError("list", "there is one of that name already")
    values = {
        "owner": owner,
        "slug": slug,
        "title": title,
        "rule_id": rule_id,
        "max_age": int(max_age.total_seconds()),
        "time_zone": time_zone,
        "scope": pack_scope(scope),
    }
    return ListId(conn.execute(insert(reading_list).returning(reading_list.c.id), values).scalar_one())


def set_list_rule(conn: Connection, list_id: ListId, rule_id: RuleId) -> None:
    """Rank a list by another rule from now on."""
    conn.execute(update(reading_list).where(reading_list.c.id == list_id).values(rule_id=rule_id))


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
    )
