"""Rules being tried: drafts, and replays of the last days."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aggregator.model.ids import ListId, MemberId, ReplayId, RuleId, VersionId


@dataclass(frozen=True, slots=True)
class Draft:
    """What a member is writing of a rule, begun from the version `base`; `toml` may be no rule yet.

    `previous`: what it was before the last change, None where there was none. A discarded one can be taken back.
    """

    member: MemberId
    rule: RuleId
    base: VersionId
    toml: str
    previous: str | None
    saved: datetime
    discarded: bool


class ReplayState(StrEnum):
    """Where a replay stands. One found RUNNING after a restart is begun again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StoredReplay:
    """A replay somebody asked for: a text beside a version, over `days` days up to `created`; `done` of them so far.

    `result` is what services/replays.py wrote, None until the end.
    """

    id: ReplayId
    member: MemberId
    list: ListId
    before: VersionId
    toml: str
    state: ReplayState
    days: int
    done: int
    tries: int
    result: Mapping[str, Any] | None
    created: datetime
