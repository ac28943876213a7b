"""Who is here: the first start, one-time links, sessions.

A link and a session are random words that only their holder has; the store keeps their SHA-256 alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from aggregator.model.member import Actor, Role
from aggregator.model.readinglist import Scope
from aggregator.services import passwords
from aggregator.services.bearer import hash_of
from aggregator.services.joining import add_member
from aggregator.services.publishing import install_shipped
from aggregator.store import lists, members, proofs, rules, sessions, values
from aggregator.text.names import clean_name

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId
    from aggregator.model.member import Member
    from aggregator.services.desk import Desk

LINK_LIFE = timedelta(hours=24)
SESSION_LIFE = timedelta(days=30)
RENEW_AFTER = timedelta(days=1)
NAME_LENGTH = 100
LONGEST_DEVICE = 60
SIGN_IN = "sign in"
FIRST_LIST = "front-page"
FIRST_RULE = "many-voices"
LANGUAGES = ("en", "fr", "es", "ar", "ms", "ko")
"""The languages of the user interface."""


@dataclass(frozen=True, slots=True)
class InstanceInfo:
    """What the instance calls itself. `set_up` is False until somebody used the first link."""

    name: str
    language: str
    set_up: bool


class LinkState(StrEnum):
    """What a one-time link would do now."""

    SET_UP = "set-up"  # it names the instance and makes the first member
    SIGN_IN = "sign-in"  # it opens a session for the first steward
    RECOVER = "recover"  # it lets the member it was made for set a new password
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


SETS_PASSWORD = frozenset({LinkState.SET_UP, LinkState.SIGN_IN, LinkState.RECOVER})


def prepare(desk: Desk) -> None:
    """See that the instance has its group, the shipped rules and the front page. Twice changes nothing."""
    install_shipped(desk)
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        if lists.find_list(conn, group, FIRST_LIST):
            return
    with desk.database.write() as conn:
        if lists.find_list(conn, group, FIRST_LIST):
            return
        rule = rules.find_rule(conn, group, FIRST_RULE)
        if rule is None:
            raise NotFoundError("rule", FIRST_RULE)
        lists.add_list(
            conn,
            group,
            slug=FIRST_LIST,
            title="Front page",
            rule_id=rule.id,
            max_age=timedelta(days=7),
            time_zone="UTC",
            scope=Scope(),
        )


def instance(desk: Desk) -> InstanceInfo:
    """Say what the instance is called. Public: a sign-in hint names the instance too."""
    with desk.database.read() as conn:
        name = values.find_value(conn, values.INSTANCE_NAME)
        language = values.find_value(conn, "instance-language")
    return InstanceInfo(name or "Broadsheet", language or "en", set_up=name is not None)


def make_link(desk: Desk, member: MemberId | None = None) -> str:
    """Make a one-time link's token, good for 24 hours: for this member, otherwise for the first steward.

    For whoever holds the machine: no right is asked. services/membership.py asks for it before it makes one.
    """
    token = secrets.token_urlsafe(32)
    now = desk.clock.now()
    with desk.database.write() as conn:
        sessions.delete_expired(conn, now)
        sessions.add_link(conn, hash_of(token), purpose="sign-in", expires=now + LINK_LIFE, member=member)
    return token


def link_address(desk: Desk, token: str) -> str:
    """Return the address of the page behind a token."""
    return f"{desk.address}/set-up/{token}"


def link_state(desk: Desk, token: str) -> LinkState:
    """Say what a link would do, changing nothing: a GET shows a form, whoever previews the address uses nothing."""
    with desk.database.read() as conn:
        link = sessions.find_link(conn, hash_of(token))
        if link is None:
            return LinkState.UNKNOWN
        if link.used:
            return LinkState.USED
        if link.expires <= desk.clock.now():
            return LinkState.EXPIRED
        if link.member is not None:
            return LinkState.RECOVER
        return LinkState.SIGN_IN if _first_steward(conn) else LinkState.SET_UP


def use_link(
    desk: Desk,
    token: str,
    *,
    name: str | None = None,
    instance_name: str | None = None,
    language: str | None = None,
    password: str | None = None,
    device: str | None = None,
) -> str:
    """Use a link up and return the token of a new session.

    On an instance nobody set up yet it takes the member's `name`, the `instance_name` and its `language`; later
    these are not looked at. A `password` is set where one is given, and ends the sessions there were. Raises
    NotFoundError("link"), ConflictError for a used or expired one, BadInputError, NotAllowedError, BusyError.
    """
    now = desk.clock.now()
    # Before the transaction: a hash takes longer than others should wait for the database. A made-up link makes none.
    state = link_state(desk, token) if password else None
    hashed = passwords.hash_new(password, name=name or "") if password and state in SETS_PASSWORD else None
    with desk.database.write() as conn:
        link = sessions.find_link(conn, hash_of(token))
        if link is None:
            raise NotFoundError("link", "as given")  # never the token itself: errors are logged
        if link.expires <= now:
            raise ConflictError("link", "it was good for 24 hours; `broadsheet init` prints a new one")
        steward = _first_steward(conn)
        member = link.member or (steward.id if steward else _set_up(conn, name, instance_name, language, now))
        if not sessions.use_link(conn, hash_of(token), now=now):
            raise ConflictError("link", "it was used already; `broadsheet init` prints a new one")
        if hashed is not None:
            proofs.set_password(conn, member, hashed, now=now)
            sessions.delete_sessions(conn, member)
        return open_session(desk, conn, member, device)


def open_session(desk: Desk, conn: Connection, member: MemberId, device: str | None) -> str:
    """Begin a session of a member who proved who it is; gives its token. Raises NotAllowedError for one suspended."""
    if members.find_role(conn, members.instance_group(conn), member) is None:
        raise NotAllowedError(SIGN_IN)
    token, now = secrets.token_urlsafe(32), desk.clock.now()
    sessions.add_session(
        conn,
        hash_of(token),
        member=member,
        expires=now + SESSION_LIFE,
        created=now,
        device=device[:LONGEST_DEVICE] if device else None,
    )
    return token


def actor_of(desk: Desk, session: str | None) -> Actor:
    """Say who a session token speaks for: nobody where it is missing, unknown or over."""
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        found = sessions.find_session(conn, hash_of(session), now=desk.clock.now()) if session else None
        if found is None:
            return Actor(member=None, group=group, role=None)
        return Actor(
            member=members.get_member(conn, found.member),
            group=group,
            role=members.find_role(conn, group, found.member),
        )


def renew(desk: Desk, session: str) -> bool:
    """Give a session its 30 days again; says whether anything was written, at most once a day.

    For requests that change something: a GET never does.
    """
    now = desk.clock.now()
    with desk.database.read() as conn:
        found = sessions.find_session(conn, hash_of(session), now=now)
    if found is None or found.expires > now + SESSION_LIFE - RENEW_AFTER:
        return False
    with desk.database.write() as conn:
        sessions.set_session_expires(conn, hash_of(session), now + SESSION_LIFE, seen=now)
    return True


def sign_out(desk: Desk, session: str) -> None:
    """End a session; one that is over already is none."""
    with desk.database.write() as conn:
        sessions.delete_session(conn, hash_of(session))


def operator(desk: Desk, member_name: str | None = None) -> Actor:
    """Say who the command line acts as: the member named, else the first steward, else the instance's group itself.

    Whoever may read the data directory may do all this anyway; acting as somebody keeps authors honest.
    Raises NotFoundError("member").
    """
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        if member_name is None:
            return Actor(member=_first_steward(conn), group=group, role=Role.STEWARD)
        for member in members.get_members(conn):
            if member.name == clean_name(member_name):
                return Actor(member=member, group=group, role=members.find_role(conn, group, member.id))
    raise NotFoundError("member", member_name)


def _set_up(
    conn: Connection, name: str | None, instance_name: str | None, language: str | None, now: datetime
) -> MemberId:
    values.set_value(conn, values.INSTANCE_NAME, _given("name of the instance", instance_name))
    if language not in LANGUAGES:
        raise BadInputError("language", f"one of {', '.join(LANGUAGES)} is expected")
    values.set_value(conn, "instance-language", language)
    return add_member(conn, name=name, language=language, role=Role.STEWARD, now=now)


def _given(part: str, text: str | None) -> str:
    cleaned = " ".join((text or "").split())
    if not cleaned:
        raise BadInputError(part, "it is empty")
    if len(cleaned) > NAME_LENGTH:
        raise BadInputError(part, f"at most {NAME_LENGTH} characters fit")
    return cleaned


def _first_steward(conn: Connection) -> Member | None:
    group = members.instance_group(conn)
    for member in members.get_members(conn):
        if members.find_role(conn, group, member.id) is Role.STEWARD:
            return member
    return None
