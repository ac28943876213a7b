"""Who had room: what the ledger of a list keeps of one day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from aggregator.model.ids import ListId, VersionId

KINDS = ("source", "language", "folder")
"""What shares are counted by."""


@dataclass(frozen=True, slots=True)
class RoomShare:
    """What one source, language or folder had: entries there were, entries shown, room in millionths of a first place.

    `newest_shown` and `newest_room`: what it would have had newest first.
    """

    kind: str
    key: str
    candidates: int
    shown: int
    room: int
    newest_shown: int
    newest_room: int


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A list at one time. `fair`: room of each source with a candidate, were it shared equally (millionths)."""

    list_id: ListId
    at: datetime
    rule_version: VersionId
    places: int
    candidates: int
    fair: int
    median_age: timedelta | None
    newest_median_age: timedelta | None
    stories: int
    left_out: Mapping[str, int]
    shares: tuple[RoomShare, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceRoom:
    """What one source had in a list over `records` times since `since`: room in millionths, of `all_room`."""

    records: int
    since: datetime
    candidates: int
    shown: int
    room: int
    newest_room: int
    all_room: int
