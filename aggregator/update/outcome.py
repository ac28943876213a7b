"""What became of one feed that was asked: the values between fetching and storing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.fault import Fault
    from aggregator.model.feed import DueFeed, Validators
    from aggregator.sources.job import ParsedDocument
    from aggregator.update.schedule import Wish


@dataclass(frozen=True, slots=True)
class Arrived:
    """A document was fetched and read. `moved_to` is where only permanent redirects led."""

    feed: DueFeed
    document: ParsedDocument
    validators: Validators
    wish: Wish
    moved_to: str | None
    full_text: str | None = None  # what came of fetching whole texts; None where none was asked for


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server said 304."""

    feed: DueFeed
    validators: Validators
    wish: Wish
    moved_to: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be fetched or read."""

    feed: DueFeed
    fault: Fault


@dataclass(frozen=True, slots=True)
class PutOff:
    """It was not asked, because that would not have been fair: it is its turn again at `due`."""

    feed: DueFeed
    due: datetime


Outcome = Arrived | Unchanged | Failed | PutOff


@dataclass(frozen=True, slots=True)
class Stored:
    """What writing one outcome did: numbers of entries."""

    new: int = 0
    changed: int = 0
