"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import GroupId, MemberId


class Role(StrEnum):
    """What a member is in a group."""

    READER = "reader"
    EDITOR = "editor"
    STEWARD = "steward"


class TokenScope(StrEnum):
    """What an API token may be used for, at most."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of this instance, and how pages are to look to that person; None: as the instance does."""

    id: MemberId
    name: str
    language: str | None
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and as what: nobody (`member` None, `role` None), or a member in the instance's group.

    `scope` is there where a program asks with a member's token. `only` is the slug of the one list that everybody may
    read, where nobody reads it as everybody (services/sharing.py).
    """

    member: Member | None
    group: GroupId
    role: Role | None
    scope: TokenScope | None = None
    only: str | None = None


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that works once: what for, until when, whether somebody used it; `member` None: for the first steward."""

    purpose: str
    expires: datetime
    used: bool
    member: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in, until when."""

    member: MemberId
    expires: datetime
