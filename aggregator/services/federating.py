"""What stewards decide about the fediverse: whether we ask to be told of news, and which servers are kept out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, NotFoundError
from aggregator.model.fediverse import FollowState
from aggregator.services.rights import Right, require
from aggregator.sources.fediverse.shapes import origin_of
from aggregator.store import blocks, deliveries, entries, followed, followers, members, subscriptions, values
from aggregator.text.address import is_beneath

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.fediverse import DomainBlock, Refusal
    from aggregator.model.member import Actor as Person
    from aggregator.services.desk import Desk
    from aggregator.store.followed import Followed

PUSH: Final = "fediverse-push"
REASON_LENGTH: Final = 300
SHOWN: Final = 100
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Federation:
    """How it stands: `push` is a steward's word, `reachable` says whether others could reach us at all."""

    push: bool
    reachable: bool
    followed: tuple[Followed, ...]
    waiting: int
    refusals: tuple[Refusal, ...]
    blocks: tuple[DomainBlock, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody the group follows there, and the reason written beside the source."""

    name: str
    address: str
    why: str | None


def federation(desk: Desk, person: Person) -> Federation:
    """Say how it stands with the fediverse."""
    require(person, Right.RUN_INSTANCE)
    with desk.database.read() as conn:
        return Federation(
            push=is_on(conn),
            reachable=bool(desk.settings.public_url),
            followed=followed.get_all_followed(conn),
            waiting=deliveries.count_waiting(conn),
            refusals=deliveries.get_refusals(conn, limit=SHOWN),
            blocks=blocks.get_blocks(conn),
        )


def told_of_us(desk: Desk) -> tuple[Account, ...]:
    """Give the accounts that know that this instance follows them, and why it does. Public."""
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        why = {each.feed.id: each.subscription.why for each in subscriptions.get_subscribed(conn, group)}
        return tuple(
            Account(each.name, each.actor, why[each.feed_id])
            for each in followed.get_all_followed(conn)
            if each.state in {FollowState.ASKED, FollowState.ACCEPTED} and each.feed_id in why
        )


def is_on(conn: Connection) -> bool:
    """Say whether actors may tell us of news."""
    return values.find_value(conn, PUSH) == "on"


def set_push(desk: Desk, person: Person, *, on: bool) -> None:
    """Ask the actors we read to tell us of news, or stop to. Raises BadInputError where nobody could reach us."""
    turn(desk, person, PUSH, "push", on=on)


def turn(desk: Desk, person: Person, switch: str, part: str, *, on: bool) -> None:
    """Turn on what needs others to reach us, or off. Raises BadInputError of `part` where nobody could."""
    require(person, Right.RUN_INSTANCE)
    if on and not desk.settings.public_url:
        raise BadInputError(part, "others have to reach this instance for that; set public_url first")
    with desk.database.write() as conn:
        if on:
            values.set_value(conn, switch, "on")
        else:
            values.delete_value(conn, switch)
    desk.ask.wake()


def block(desk: Desk, person: Person, domain: str, why: str | None) -> str:
    """Keep a server out and remove what is held of it; gives the domain as kept. Raises BadInputError."""
    require(person, Right.RUN_INSTANCE)
    name = domain.strip().lower().removeprefix("@").rstrip(".")
    name = (origin_of(name) or (name, 0))[0]
    if len(name) > 253 or not _DOMAIN.fullmatch(name):  # noqa: PLR2004  # the longest a name can be (RFC 1035)
        raise BadInputError("domain", "a name like bad.example is expected")
    reason = " ".join((why or "").split())[:REASON_LENGTH] or None
    with desk.database.write() as conn:
        blocks.set_block(conn, name, reason, now=desk.clock.now())
        followers.delete_domain(conn, name)
    _remove_of(desk, name)
    desk.ask.wake()
    return name


def unblock(desk: Desk, person: Person, domain: str) -> None:
    """Let a server in again. Raises NotFoundError."""
    require(person, Right.RUN_INSTANCE)
    with desk.database.write() as conn:
        if not blocks.delete_block(conn, domain):
            raise NotFoundError("block", domain)


def _remove_of(desk: Desk, domain: str) -> None:
    """Remove entries that came from a server that is now kept out, whoever passed them on."""
    kept_out = frozenset({domain})
    with desk.database.read() as conn:
        gone = [
            entry_id
            for entry_id, guid, address in blocks.iter_entries_naming(conn, domain)
            if is_beneath(guid, kept_out) or is_beneath(address, kept_out)
        ]
    for start in range(0, len(gone), 64):
        with desk.database.write() as conn:
            entries.delete_entries(conn, gone[start : start + 64])
    desk.database.checkpoint()
