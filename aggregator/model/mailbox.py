"""The IMAP folder that newsletters arrive in: how it is reached, and how far it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.fault import Fault

SCHEME = "newsletter:"
"""What the address of a sender's feed begins with; its mail address follows."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where letters are, over TLS. Sealed before it is kept."""

    server: str
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    port: int = 993


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a folder was read: up to `last`, as long as it says the same `validity` (RFC 9051, 2.3.1.1)."""

    validity: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Letters:
    """What one look at a folder brought: the bytes of each new letter with its number; `more` are waiting."""

    letters: tuple[tuple[int, bytes], ...]
    progress: Progress
    too_large: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class ShownMailbox:
    """What may be seen of it. `readable` is False where the instance's secret has changed since."""

    server: str
    port: int
    user: str
    folder: str
    looked: datetime | None = None
    fault: Fault | None = None
    readable: bool = True
