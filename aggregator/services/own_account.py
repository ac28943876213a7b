"""A member's own account: name, language and ways, everything about oneself as a file, and leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import BadInputError, WrongProofError
from aggregator.model.clocks import stamp
from aggregator.services import joining, membership, passwords, throttles
from aggregator.services.accounts import LANGUAGES
from aggregator.services.alerts import address_of
from aggregator.services.rights import Right, require_member
from aggregator.store import (
    alerts,
    drafts,
    lists,
    members,
    mutes,
    objections,
    profiles,
    proofs,
    rules,
    sessions,
    states,
    tokens,
)
from aggregator.text.names import name_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId
    from aggregator.model.member import Actor, Member
    from aggregator.model.signing_in import Profile
    from aggregator.services.desk import Desk
    from aggregator.services.signing_in import Visit

THEMES: Final = ("auto", "light", "dark")


def own_profile(desk: Desk, actor: Actor) -> tuple[Member, Profile | None]:
    """Return who asks, as the database has it now."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        return members.get_member(conn, member.id), profiles.find_profile(conn, member.id)


def change(desk: Desk, actor: Actor, *, name: str, language: str | None, theme: str | None) -> None:
    """Change the name and the ways of the member who asks. Raises BadInputError, ConflictError."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    if language and language not in LANGUAGES:
        raise BadInputError("language", f"one of {', '.join(LANGUAGES)} is expected")
    if theme and theme not in THEMES:
        raise BadInputError("theme", f"one of {', '.join(THEMES)} is expected")
    with desk.database.write() as conn:
        good = member.name if name == member.name else joining.good_name(conn, name, but_for=member.id)
        members.set_member(conn, member.id, name=good, language=language or None)
        profiles.set_name_key(conn, member.id, name_key(good))
        profiles.set_theme(conn, member.id, theme or None)


def everything(desk: Desk, actor: Actor) -> dict[str, Any]:
    """Return all that is kept of the member who asks, for a JSON file; no password, key or token is in it."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        return _everything(desk, conn, actor, member.id)


def everything_of(desk: Desk, actor: Actor, member_id: MemberId) -> dict[str, Any]:
    """Return the same of any member: for whoever holds the machine, whose database it is. Raises NotFoundError."""
    membership.member_line(desk, actor, member_id)
    with desk.database.read() as conn:
        return _everything(desk, conn, actor, member_id)


def leave(desk: Desk, actor: Actor, password: str, visit: Visit) -> None:
    """Remove the member who asks; who has a password gives it. Raises WrongProofError, ConflictError."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        held = proofs.find_password(conn, member.id)
    throttles.count_try(desk, account=name_key(member.name), address=visit.address)
    if held is not None and not passwords.holds(held, password):
        raise WrongProofError
    with desk.database.write() as conn:
        membership.take_away(desk, conn, actor, member.id)


def _everything(desk: Desk, conn: Connection, actor: Actor, member_id: MemberId) -> dict[str, Any]:
    now = desk.clock.now()
    member, profile = members.get_member(conn, member_id), profiles.find_profile(conn, member_id)
    inviter = members.get_member(conn, profile.invited_by).name if profile and profile.invited_by else None
    return {
        "name": member.name,
        "role": members.find_held_role(conn, actor.group, member_id),
        "language": member.language,
        "theme": member.theme,
        "joined": stamp(profile.joined) if profile else None,
        "invited_by": inviter,
        "has_password": proofs.find_password(conn, member_id) is not None,
        "passkeys": [
            {"name": each.name, "created": stamp(each.created), "last_used": each.last_used and str(each.last_used)}
            for each in proofs.get_passkeys(conn, member_id)
        ],
        "sessions": [
            {"device": each.device, "last_seen": each.seen and str(each.seen), "expires": stamp(each.expires)}
            for each in sessions.get_sessions(conn, member_id, now=now)
        ],
        "tokens": [
            {"name": each.name, "scope": each.scope, "created": stamp(each.created)}
            for each in tokens.get_tokens(conn, member_id)
        ],
        "lists": [{"id": each.slug, "title": each.title} for each in lists.get_lists(conn, member_id)],
        "rules": [{"id": each.slug, "text": each.toml} for each in rules.get_current_versions(conn, member_id)],
        "drafts": [
            {"rule": each.slug, "text": draft.toml, "saved": stamp(draft.saved)}
            for each in rules.get_current_versions(conn, actor.group)
            if (draft := drafts.find_draft(conn, member_id, each.rule_id))
        ],
        "mutes": [
            {"kind": each.kind, "text": each.text, "until": stamp(each.until)}
            for each in mutes.get_mutes(conn, member_id, now)
        ],
        "alerts": [
            {"list": each.list_id, "by": each.by, "address": address_of(desk, each), "made": stamp(each.made)}
            for each in alerts.of_member(conn, member_id)
        ],
        "objections": [
            {"feed": each.feed_id, "entry": each.entry, "text": each.text, "made": stamp(each.made)}
            for each in objections.get_by_member(conn, member_id)
        ],
        "answers": [
            {"feed": each.feed_id, "text": each.answer, "answered": stamp(each.answered)}
            for each in objections.get_answered_by(conn, member_id)
        ],
        "marks": [
            {"entry": uid, "title": title, "link": link, "read": read, "starred": starred, "later": later}
            for uid, title, link, read, starred, later in states.iter_marks(conn, member_id)
        ],
    }
