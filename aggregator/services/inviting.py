"""Invitations: a link that makes members of a role, for a time and so many uses; it says who invites."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.member import Role
from aggregator.services import passwords, throttles
from aggregator.services.accounts import LANGUAGES, open_session
from aggregator.services.bearer import hash_of
from aggregator.services.joining import add_member, good_name
from aggregator.services.rights import Right, require
from aggregator.store import invitations, members, proofs, values

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import InvitationId
    from aggregator.model.member import Actor
    from aggregator.model.signing_in import Invitation
    from aggregator.services.desk import Desk
    from aggregator.services.signing_in import Visit

MOST_DAYS: Final = 90
MOST_USES: Final = 1000
MOST_OPEN: Final = 200


@dataclass(frozen=True, slots=True)
class Invited:
    """What the page behind an invitation says: who invites to what, as what; `open` False where it is over."""

    instance: str
    by: str | None
    role: Role
    open: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """A line of the stewards' page: an invitation and who made it (None: the operator)."""

    invitation: Invitation
    by: str | None


def invite(desk: Desk, actor: Actor, *, role: str, days: int = 7, uses: int = 1) -> str:
    """Make an invitation; gives its word, this once. Raises BadInputError, ConflictError."""
    require(actor, Right.MANAGE_MEMBERS)
    if role not in set(Role):
        raise BadInputError("role", f"one of {', '.join(Role)} is expected")
    if not 1 <= days <= MOST_DAYS:
        raise BadInputError("days", f"a whole number from 1 to {MOST_DAYS} is expected")
    if not 1 <= uses <= MOST_USES:
        raise BadInputError("uses", f"a whole number from 1 to {MOST_USES} is expected")
    token, now = secrets.token_urlsafe(32), desk.clock.now()
    with desk.database.write() as conn:
        if len(invitations.get_open(conn, now=now)) >= MOST_OPEN:
            raise ConflictError("invitation", f"{MOST_OPEN} are open; take some back first")
        invitations.add_invitation(
            conn,
            hash_of(token),
            role=Role(role),
            made_by=actor.member.id if actor.member else None,
            made=now,
            expires=now + timedelta(days=days),
            uses=uses,
        )
    return token


def invitation_address(desk: Desk, token: str) -> str:
    """Return the address of the page behind an invitation."""
    return f"{desk.address}/join/{token}"


def open_invitations(desk: Desk, actor: Actor) -> tuple[OpenInvitation, ...]:
    """Return the invitations somebody could still use."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.read() as conn:
        return tuple(
            OpenInvitation(each, _maker(conn, each)) for each in invitations.get_open(conn, now=desk.clock.now())
        )


def revoke(desk: Desk, actor: Actor, invitation_id: InvitationId) -> None:
    """Take an invitation back. Raises NotFoundError."""
    require(actor, Right.MANAGE_MEMBERS)
    with desk.database.write() as conn:
        if not invitations.delete_invitation(conn, invitation_id):
            raise NotFoundError("invitation", invitation_id)


def look_at(desk: Desk, token: str) -> Invited:
    """Say what an invitation is for; changes nothing, and the link is the right. Raises NotFoundError."""
    with desk.database.read() as conn:
        found = _find(conn, token)
        name = values.instance_name(conn)
        is_open = found.uses_left > 0 and found.expires > desk.clock.now()
        return Invited(name, _maker(conn, found), found.role, is_open)


def join(desk: Desk, token: str, *, name: str, password: str | None, language: str | None, visit: Visit) -> str:
    """Become a member by an invitation; gives the token of a session. Without a password a passkey comes next.

    Raises NotFoundError, ConflictError (over, or the name is had), BadInputError, TooManyTriesError, BusyError.
    """
    throttles.count_try(desk, address=visit.address)
    if language is not None and language not in LANGUAGES:
        raise BadInputError("language", f"one of {', '.join(LANGUAGES)} is expected")
    now = desk.clock.now()
    with desk.database.read() as conn:  # before a hash is made for nothing
        _find(conn, token)
        good_name(conn, name)
    hashed = passwords.hash_new(password, name=name) if password else None
    with desk.database.write() as conn:
        found = _find(conn, token)
        if not invitations.use_invitation(conn, found.id, now=now):
            raise ConflictError("invitation", "it is used up or too old; ask for a new one")
        member = add_member(conn, name=name, language=language, role=found.role, now=now, invited_by=found.made_by)
        if hashed is not None:
            proofs.set_password(conn, member, hashed, now=now)
        return open_session(desk, conn, member, visit.device)


def _find(conn: Connection, token: str) -> Invitation:
    found = invitations.find_invitation(conn, hash_of(token))
    if found is None:
        raise NotFoundError("invitation", "as given")
    return found


def _maker(conn: Connection, invitation: Invitation) -> str | None:
    return members.get_member(conn, invitation.made_by).name if invitation.made_by is not None else None
