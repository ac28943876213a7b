"""Members and groups: who owns things, and what each member is in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from aggregator.errors import NotFoundError
from aggregator.model.ids import GroupId, MemberId
from aggregator.model.member import Member, Role
from aggregator.store.bulk import Bulk
from aggregator.store.tables import grp, member, membership, owner, profile

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_MEMBERS = (
    select(member.c.id, member.c.name, member.c.language, profile.c.theme)
    .select_from(member.outerjoin(profile, profile.c.member_id == member.c.id))
    .order_by(member.c.id)
)
_MEMBER = _MEMBERS.where(member.c.id == bindparam("id"))
_HELD_ROLE = select(membership.c.role).where(
    membership.c.group_id == bindparam("group"), membership.c.member_id == bindparam("member")
)
_ROLE = _HELD_ROLE.select_from(membership.outerjoin(profile, profile.c.member_id == membership.c.member_id)).where(
    profile.c.suspended.is_(None), profile.c.removed.is_(None)
)
_SET_ROLE = Bulk(
    "INSERT INTO membership (group_id, member_id, role) VALUES (?, ?, ?)"
    " ON CONFLICT (group_id, member_id) DO UPDATE SET role = excluded.role"
)


def instance_group(conn: Connection) -> GroupId:
    """Return the group that is the instance itself: the first one, made by the first migration."""
    return GroupId(conn.execute(select(func.min(grp.c.id))).scalar_one())


def add_member(conn: Connection, *, name: str, language: str | None) -> MemberId:
    """Make a member; what the member is in a group is said by set_role."""
    owner_id = conn.execute(insert(owner).returning(owner.c.id), {"kind": "member"}).scalar_one()
    conn.execute(insert(member), {"id": owner_id, "name": name, "language": language})
    return MemberId(owner_id)


def get_member(conn: Connection, member_id: MemberId) -> Member:
    """Return a member. Raises NotFoundError."""
    row = conn.execute(_MEMBER, {"id": member_id}).first()
    if row is None:
        raise NotFoundError("member", member_id)
    return _member(row)


def get_members(conn: Connection) -> tuple[Member, ...]:
    """Return all members in the order they came."""
    return tuple(_member(row) for row in conn.execute(_MEMBERS))


def find_role(conn: Connection, group: GroupId, member_id: MemberId) -> Role | None:
    """Return what a member is in a group; None for one who is not in it, or is suspended or removed."""
    role = conn.execute(_ROLE, {"group": group, "member": member_id}).scalar()
    return Role(role) if role else None


def find_held_role(conn: Connection, group: GroupId, member_id: MemberId) -> Role | None:
    """Return what a member is in a group, or would be again after a suspension."""
    role = conn.execute(_HELD_ROLE, {"group": group, "member": member_id}).scalar()
    return Role(role) if role else None


def set_member(conn: Connection, member_id: MemberId, *, name: str, language: str | None) -> None:
    """Change a member's name and language."""
    conn.execute(update(member).where(member.c.id == member_id).values(name=name, language=language))


def delete_member(conn: Connection, member_id: MemberId) -> None:
    """Forget a member with all that is the member's own."""
    conn.execute(delete(owner).where(owner.c.id == member_id))


def set_role(conn: Connection, group: GroupId, member_id: MemberId, role: Role) -> None:
    """Make a member something in a group."""
    _SET_ROLE.run(conn, [(group, member_id, role.value)])


def _member(row: Row[*tuple[Any, ...]]) -> Member:
    return Member(MemberId(row.id), row.name, row.language, row.theme)
