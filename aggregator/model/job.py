"""Long work that a person can watch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import FeedId, JobId, OwnerId


class JobState(StrEnum):
    """Where a job stands. A job found RUNNING after a restart goes on where it was."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ItemState(StrEnum):
    """What became of one feed of an import."""

    NEW = "new"
    ALREADY = "already"
    MERGED = "merged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class JobItem:
    """One feed of an import: `note` says why it was refused or what it was merged with."""

    position: int
    address: str
    title: str | None
    state: ItemState
    feed_id: FeedId | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """An import: `total` feeds found, `done` so far; `notes` say what had to be mended or why it failed."""

    id: JobId
    owner: OwnerId
    name: str  # the file's name
    state: JobState
    total: int
    done: int
    notes: tuple[str, ...]
    created: datetime
    ended: datetime | None
    undone: bool
