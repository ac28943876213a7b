"""Who may follow a list from elsewhere: everybody, where a steward said so, or whoever holds a member's secret address.

The word of a secret address is made from a random nonce and the instance's secret: it can be shown to its member
again, and who reads the database alone cannot say it. The store keeps its SHA-256 and the day it was last used.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, NotFoundError, NotSignedInError
from aggregator.model.member import Actor, Role
from aggregator.model.sharing import PrivateAddress, Sharing
from aggregator.services.asking import NEWEST_FIRST, list_and_rule
from aggregator.services.bearer import hash_of, word_from
from aggregator.services.rights import Right, may, require, require_member
from aggregator.store import lists, members, values
from aggregator.store import sharing as stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import GroupId
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

_RECOMMENDED: Final = "sources-recommended"
_NONCE: Final = 16
NO_LIST: Final = ""
_LONGEST_WORD: Final = 64
_ADDRESSES: Final = "private-addresses"


@dataclass(frozen=True, slots=True)
class Following:
    """How a list can be followed: what was decided of it, and the asking member's own address, if there is one.

    `ours` is False for a list that belongs to one member alone: that is never everybody's.
    """

    list: ReadingList
    sharing: Sharing
    word: str | None
    address: PrivateAddress | None
    ours: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """What a secret address opens: a list, and in whose name it is read."""

    actor: Actor
    slug: str


def following(desk: Desk, actor: Actor, slug: str) -> Following:
    """Say how a list can be followed. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        found = list_and_rule(conn, actor, slug, None).list
        sharing = stored.get_sharing(conn, found.id)
        address = stored.find_address(conn, found.id, actor.member.id) if actor.member else None
    word = word_from(desk, _ADDRESSES, address.nonce) if address else None
    return Following(found, sharing, word, address, ours=found.owner == actor.group)


def set_sharing(desk: Desk, actor: Actor, slug: str, sharing: Sharing) -> None:
    """Decide whether everybody may follow a list of the group, and how much of each entry its feeds carry.

    Raises NotFoundError.
    """
    require(actor, Right.SHARE_LISTS)
    with desk.database.write() as conn:
        stored.set_sharing(conn, lists.get_list(conn, actor.group, slug).id, sharing)


def renew_address(desk: Desk, actor: Actor, slug: str) -> str:
    """Give the member a new secret address of a list, and its word; the one before ends. Raises NotFoundError."""
    member = require_member(actor, Right.READ)
    nonce = secrets.token_bytes(_NONCE)
    word = word_from(desk, _ADDRESSES, nonce)
    with desk.database.write() as conn:
        found = list_and_rule(conn, actor, slug, None).list
        made = PrivateAddress(found.id, member.id, nonce, made=desk.clock.now(), used=None)
        stored.put_address(conn, hash_of(word), made)
    return word


def end_address(desk: Desk, actor: Actor, slug: str) -> None:
    """End the member's secret address of a list. Raises NotFoundError."""
    member = require_member(actor, Right.READ)
    with desk.database.write() as conn:
        stored.delete_address(conn, list_and_rule(conn, actor, slug, None).list.id, member.id)


def open_address(desk: Desk, word: str) -> Opened:
    """Say what a secret address opens, and keep the day; for a member who may still read.

    Raises NotFoundError for one that was never made or has ended.
    """
    hashed, unknown = hash_of(word[:_LONGEST_WORD]), NotFoundError("address", "as given")  # never the word itself
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        address = stored.find_address_by_hash(conn, hashed)
        found = lists.find_list_by_id(conn, address.list_id) if address else None
        if address is None or found is None:
            raise unknown
        role = members.find_role(conn, group, address.member)
        actor = Actor(members.get_member(conn, address.member), group, role)
        if not may(actor, Right.READ) or found.owner not in {group, address.member}:
            raise unknown
    today = desk.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    if address.used != today:
        with suppress(BusyError), desk.database.write() as conn:
            stored.set_used(conn, hashed, today)
    return Opened(actor, found.slug)


def reader_of(desk: Desk, actor: Actor, slug: str) -> Actor:
    """Say in whose name a list is read: a member's own, else everybody's, where everybody may follow it.

    Raises NotSignedInError or NotAllowedError where it is not for them.
    """
    if may(actor, Right.READ):
        return actor
    with desk.database.read() as conn:
        if slug in stored.get_public_slugs(conn, actor.group):
            return everybody(actor, only=slug)
    require(actor, Right.READ)
    raise NotSignedInError(Right.READ)


def rule_reader_of(desk: Desk, actor: Actor, rule: str) -> Actor:
    """Say in whose name a rule is read: a member's own, else everybody's, where a public list is ordered by it.

    Newest first stands beside every public list. Raises NotSignedInError or NotAllowedError where it is not for them.
    """
    if may(actor, Right.READ):
        return actor
    with desk.database.read() as conn:
        if rule in _public_rules(conn, actor.group):
            return everybody(actor, only=NO_LIST)
    require(actor, Right.READ)
    raise NotSignedInError(Right.READ)


def everybody(actor: Actor, *, only: str | None = None) -> Actor:
    """Give the one who reads what is public: a reader who is nobody, and so has no marks. Only for what was checked.

    `only`: that public list alone, and of its entries no more than is everybody's (services/seeing.py).
    """
    return Actor(member=None, group=actor.group, role=Role.READER, only=only)


def is_public(conn: Connection, found: ReadingList) -> bool:
    """Say whether everybody may follow a list."""
    return stored.get_sharing(conn, found.id).public


def public_lists(desk: Desk) -> tuple[ReadingList, ...]:
    """Give the lists everybody may follow. Public."""
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        slugs = set(stored.get_public_slugs(conn, group))
        return tuple(each for each in lists.get_lists(conn, group) if each.slug in slugs)


def recommends(desk: Desk) -> bool:
    """Say whether the sources of this instance are recommended to everybody. Public."""
    with desk.database.read() as conn:
        return values.find_value(conn, _RECOMMENDED) == "yes"


def set_recommends(desk: Desk, actor: Actor, *, on: bool) -> None:
    """Recommend the sources of this instance to everybody, or no longer."""
    require(actor, Right.SHARE_LISTS)
    with desk.database.write() as conn:
        values.set_value(conn, _RECOMMENDED, "yes" if on else "no")


def _public_rules(conn: Connection, group: GroupId) -> set[str]:
    used = stored.get_public_rules(conn, group)
    return {*used, NEWEST_FIRST} if used else set()
