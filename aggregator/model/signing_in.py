"""How members come in: what they hold, and what the instance knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from aggregator.model.ids import InvitationId, MemberId, PasskeyId, TokenId
    from aggregator.model.member import Member, Role, TokenScope


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a member beside the name; `removed` members are gone for good some days after that."""

    member: MemberId
    joined: datetime
    invited_by: MemberId | None
    suspended: datetime | None
    removed: datetime | None


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A line of the list of members; `role` is what the member holds, also while suspended."""

    member: Member
    role: Role | None
    profile: Profile | None


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key whose private half one device of a member holds."""

    id: PasskeyId
    member: MemberId
    name: str
    created: datetime
    last_used: date | None
    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A browser where a member is signed in; `id` names it and opens nothing."""

    id: str
    device: str | None
    created: datetime | None
    seen: date | None
    expires: datetime
    here: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that makes members; `made_by` None: the operator, from the command line."""

    id: InvitationId
    role: Role
    made_by: MemberId | None
    made: datetime
    expires: datetime
    uses_left: int


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program asks with in a member's name; the token itself is shown once and kept as a hash."""

    id: TokenId
    name: str
    scope: TokenScope
    created: datetime
