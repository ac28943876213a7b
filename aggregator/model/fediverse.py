"""The fediverse: whom we read there, and what they say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or something, that posts: a person, a group, a channel, a server. None means "not told".

    `keys` are (id, PEM). `reserved`: it did not agree to be found by search; `no_bots`: it asks programs to stay away.
    """

    id: str
    type: str
    name: str | None
    handle: str | None  # name@host
    url: str | None
    inbox: str | None
    shared_inbox: str | None
    outbox: str | None
    summary: str | None = None
    image: str | None = None
    language: str | None = None
    moved_to: str | None = None
    also_known_as: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    reserved: bool = False
    no_bots: bool = False


class FollowState(StrEnum):
    """Whether an actor tells us of news: we did not ask, asked, were let, or were not."""

    NONE = "none"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that came to the inbox and was not taken: from which host, what it was, and why."""

    at: datetime
    host: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class DomainBlock:
    """A domain that is kept out, with all beneath it."""

    domain: str
    why: str | None
    at: datetime
