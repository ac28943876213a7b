"""How a list goes out to other readers: to everybody, or by an address that only its holder knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import ListId, MemberId


@dataclass(frozen=True, slots=True)
class Sharing:
    """What was decided of a list: whether everybody may follow it, and whether its feeds carry whole texts."""

    public: bool = False
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class PrivateAddress:
    """A member's secret address of a list. `nonce` is what its word is made from; the word itself is not kept.

    `used` is the day of its last use at 00:00 UTC, nothing finer.
    """

    list_id: ListId
    member: MemberId
    nonce: bytes = field(repr=False)
    made: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody elsewhere who asked our hub to be told of news in a feed of a list (WebSub).

    `wanted` is what is still to be confirmed ("subscribe" or "unsubscribe"), `until` the end of what was agreed,
    `told` the fingerprint of what was sent last. `secret` is sealed.
    """

    key: bytes
    list_id: ListId
    topic: str
    callback: str
    secret: bytes | None = field(repr=False)
    lease: int  # s
    wanted: str | None
    until: datetime | None
    told: bytes | None
    failures: int
