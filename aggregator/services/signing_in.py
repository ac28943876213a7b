"""Signing in by name and password, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.errors import NotFoundError, WrongProofError
from aggregator.services import passwords, throttles
from aggregator.services.accounts import open_session
from aggregator.services.bearer import hash_of
from aggregator.services.rights import Right, require_member
from aggregator.store import profiles, proofs, sessions
from aggregator.text.names import LONGEST, clean_name, name_key

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.model.signing_in import HeldSession
    from aggregator.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from: the address, for throttles alone, and what its browser would be called."""

    address: str | None
    device: str | None = None


def sign_in(desk: Desk, name: str, password: str, visit: Visit) -> str:
    """Sign a member in; gives the token of a new session.

    Raises WrongProofError without saying what was wrong, TooManyTriesError, NotAllowedError for a suspended member
    who gave the right password, BusyError.
    """
    key = name_key(clean_name(name[: 2 * LONGEST]))
    tries = throttles.count_try(desk, account=key, address=visit.address)
    with desk.database.read() as conn:
        member = profiles.find_named(conn, key)
        held = proofs.find_password(conn, member) if member is not None else None
    if not passwords.holds(held, password) or member is None or held is None:
        raise WrongProofError
    better = passwords.hash_again(password) if passwords.is_outdated(held) else None
    with desk.database.write() as conn:
        if proofs.find_password(conn, member) != held:  # changed in between
            raise WrongProofError
        token = open_session(desk, conn, member, visit.device)
        throttles.forgive(conn, tries)
        if better is not None:
            proofs.set_password(conn, member, better, now=desk.clock.now())
    return token


def own_sessions(desk: Desk, actor: Actor, token: str | None) -> tuple[HeldSession, ...]:
    """Return where the member who asks is signed in; `here` is the session of `token`."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    own = hash_of(token).hex() if token else None
    with desk.database.read() as conn:
        held = sessions.get_sessions(conn, member.id, now=desk.clock.now())
    return tuple(replace(each, here=each.id == own) for each in held)


def end_session(desk: Desk, actor: Actor, session_id: str) -> None:
    """Sign the member who asks out of one browser. Raises NotFoundError."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    try:
        hashed = bytes.fromhex(session_id[:64])
    except ValueError:
        raise NotFoundError("session", "as given") from None
    with desk.database.write() as conn:
        if not sessions.delete_session(conn, hashed, member=member.id):
            raise NotFoundError("session", "as given")


def end_sessions(desk: Desk, actor: Actor) -> int:
    """Sign the member who asks out everywhere; gives of how many browsers."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.write() as conn:
        return sessions.delete_sessions(conn, member.id)


def change_password(desk: Desk, actor: Actor, old: str, new: str, visit: Visit) -> str:
    """Set the password of the member who asks and end all sessions; gives the token of a new one.

    Who has a password gives the old one. Raises WrongProofError, BadInputError, TooManyTriesError, BusyError.
    """
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        held = proofs.find_password(conn, member.id)
    tries = throttles.count_try(desk, account=name_key(member.name), address=visit.address)
    if held is not None and not passwords.holds(held, old):
        raise WrongProofError
    hashed = passwords.hash_new(new, name=member.name)
    with desk.database.write() as conn:
        if proofs.find_password(conn, member.id) != held:
            raise WrongProofError
        proofs.set_password(conn, member.id, hashed, now=desk.clock.now())
        throttles.forgive(conn, tries)
        sessions.delete_sessions(conn, member.id)
        return open_session(desk, conn, member.id, visit.device)


def has_password(desk: Desk, actor: Actor) -> bool:
    """Say whether the member who asks has a password."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        return proofs.find_password(conn, member.id) is not None
