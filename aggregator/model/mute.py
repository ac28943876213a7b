"""What a member does not want to see, for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import MuteId


class MuteKind(StrEnum):
    """What the text of a mute is."""

    WORDS = "words"  # a word or phrase of a title, a beginning or a category
    SOURCE = "source"  # a source key (ranking-semantics 2)
    PERSON = "person"  # the name of an author


@dataclass(frozen=True, slots=True)
class Mute:
    """One thing a member does not want to see; `until` None: until they take it off."""

    id: MuteId
    kind: MuteKind
    text: str
    until: datetime | None
