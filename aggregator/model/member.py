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


@dataclass(frozen=True, slots=True)
class Member:
    """A person of this instance."""

    id: MemberId
    name: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and as what: nobody (`member` None, `role` None), or a member in the instance's group."""

    member: Member | None
    group: GroupId
    role: Role | None


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that works once: what for, until when, and whether somebody used it."""

    purpose: str
    expires: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in, until when."""

    member: MemberId
    expires: datetime
