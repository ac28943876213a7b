"""Objections: what a member says is wrong in how a source is treated, and what an editor answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import FeedId, MemberId, ObjectionId, Uid


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection, about an entry of the source where `entry` is told; names are None for who has left.

    It waits while `answered` is None; an answer that was taken back is there all the same.
    """

    id: ObjectionId
    feed_id: FeedId
    entry: Uid | None
    member: MemberId | None
    name: str | None
    text: str
    made: datetime
    answer: str | None
    answerer: MemberId | None
    answered_by: str | None
    answered: datetime | None
    withdrawn: datetime | None
