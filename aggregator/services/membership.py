"""Who is here and as what: stewards add, change, suspend, remove and bring back; one active steward always stays.

A removed member is shut out at once and forgotten, with all that is the member's own, after UNDO_DAYS.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.member import Role
from aggregator.model.signing_in import MemberLine
from aggregator.services import accounts, joining
from aggregator.services.rights import Right, require
from aggregator.store import invitations, members, profiles, proofs, sessions
from aggregator.text.names import clean_name, name_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

UNDO_DAYS: Final = 7


def member_lines(desk: Desk, actor: Actor) -> tuple[MemberLine, ...]:
    """Give the members with what each is in the instance's group, in the order they came."""
    require(actor, Right.SEE_MEMBERS)
    with desk.database.read() as conn:
        known = profiles.get_profiles(conn)
        return tuple(
            MemberLine(each, members.find_held_role(conn, actor.group, each.id), known.get(each.id))
            for each in members.get_members(conn)
        )


def member_line(desk: Desk, actor: Actor, member_id: MemberId) -> MemberLine:
    """Give one member. Raises NotFoundError."""
    require(actor, Right.SEE_MEMBERS)
    with desk.database.read() as conn:
        member = members.get_member(conn, member_id)
        role = members.find_held_role(conn, actor.group, member_id)
        return MemberLine(member, role, profiles.find_profile(conn, member_id))


def find_by_name(desk: Desk, actor: Actor, name: str) -> MemberId:
    """Return the member of this name. Raises NotFoundError."""
    require(actor, Right.SEE_MEMBERS)
    with desk.database.read() as conn:
        found = profiles.find_named(conn, name_key(clean_name(name)))
    if found is None:
        raise NotFoundError("member", name)
    return found


def add(desk: Desk, actor: Actor, name: str, *, role: str, language: str | None = None) -> MemberId:
    """Make a member, who comes in by a link of `password_link`. Raises BadInputError, ConflictError."""
    require(actor, Right.MANAGE_MEMBERS)
    inviter = actor.member.id if actor.member else None
    with desk.database.write() as conn:
        return joining.add_member(
            conn, name=name, language=language, role=_role(role), now=desk.clock.now(), invited_by=inviter
        )


def set_role(desk: Desk, actor: Actor, member_id: MemberId, role: str) -> None:
    """Change what a member is; the member signs in anew. Raises NotFoundError, BadInputError, ConflictError."""
    require(actor, Right.MANAGE_MEMBERS)
    wanted = _role(role)
    with desk.database.write() as conn:
        members.get_member(conn, member_id)
        if members.find_held_role(conn, actor.group, member_id) is wanted:
            return
        if wanted is not Role.STEWARD:
            _keep_a_steward(conn, actor, member_id)
        members.set_role(conn, actor.group, member_id, wanted)
        sessions.delete_sessions(conn, member_id)


def suspend(desk: Desk, actor: Actor, member_id: MemberId) -> None:
    """Shut a member out until `resume`. Raises NotFoundError, ConflictError for the last steward."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.write() as conn:
        _shut_out(conn, actor, member_id)
        profiles.set_suspended(conn, member_id, desk.clock.now())


def resume(desk: Desk, actor: Actor, member_id: MemberId) -> None:
    """Let a suspended member in again. Raises NotFoundError."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.write() as conn:
        members.get_member(conn, member_id)
        profiles.set_suspended(conn, member_id, None)


def remove(desk: Desk, actor: Actor, member_id: MemberId) -> None:
    """Remove a member: shut out now, forgotten after UNDO_DAYS. Raises NotFoundError, ConflictError."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.write() as conn:
        take_away(desk, conn, actor, member_id)


def restore(desk: Desk, actor: Actor, member_id: MemberId) -> None:
    """Bring a removed member back, with everything, while that is possible. Raises NotFoundError."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.write() as conn:
        members.get_member(conn, member_id)
        profiles.set_removed(conn, member_id, None)


def take_away(desk: Desk, conn: Connection, actor: Actor, member_id: MemberId) -> None:
    """Mark a member as removed; whoever calls has checked the right. Raises NotFoundError, ConflictError."""
    _shut_out(conn, actor, member_id)
    profiles.set_removed(conn, member_id, desk.clock.now())


def forget_removed(desk: Desk) -> int:
    """Forget whom nobody brought back in time, and old links and tries; gives how many members. For the worker."""
    now = desk.clock.now()
    with desk.database.write() as conn:
        sessions.delete_expired(conn, now)
        proofs.delete_old(conn, tries_before=now - timedelta(days=1), now=now)
        gone = profiles.removed_before(conn, now - timedelta(days=UNDO_DAYS))
        for member_id in gone:
            members.delete_member(conn, member_id)
    return len(gone)


def password_link(desk: Desk, actor: Actor, member_id: MemberId) -> str:
    """Make a one-time link by which a member sets a new password; gives its address. Raises NotFoundError."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.read() as conn:
        members.get_member(conn, member_id)
        if members.find_role(conn, actor.group, member_id) is None:
            raise ConflictError("member", "suspended or removed; let the member in again first")
    return accounts.link_address(desk, accounts.make_link(desk, member_id))


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise BadInputError("role", f"one of {', '.join(Role)} is expected") from None


def _shut_out(conn: Connection, actor: Actor, member_id: MemberId) -> None:
    members.get_member(conn, member_id)
    _keep_a_steward(conn, actor, member_id)
    sessions.delete_sessions(conn, member_id)
    sessions.delete_links(conn, member_id)
    invitations.delete_of(conn, member_id)


def _keep_a_steward(conn: Connection, actor: Actor, member_id: MemberId) -> None:
    stewards = {
        each.id for each in members.get_members(conn) if members.find_role(conn, actor.group, each.id) is Role.STEWARD
    }
    if stewards == {member_id}:
        raise ConflictError("member", "this is the last steward; make somebody else one first")
