"""What rankings and searches need of an entry: a row of plain facts, without its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.entry import EntryData, Kind
    from aggregator.model.ids import EntryId, FeedId, Uid

HAS = ("date", "author", "language", "image", "audio", "video", "full_text", "content_warning")
"""The values of the fact `has` (ranking-semantics 2). Stored as bits in this order: only ever append."""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One entry as the candidate columns hold it. Times are whole seconds since 1970, UTC.

    `reserved`: its author did not agree to its being found by search; no kept search finds it.
    `version` differs from row to row and only ever grows. Of a deleted entry nothing but `entry_id`, `version`
    and `deleted` means anything.
    """

    entry_id: EntryId
    version: int
    uid: Uid
    feed_id: FeedId
    time: int
    first_seen: int
    age_known: bool
    words: int | None
    language: str | None
    kind: Kind
    has: tuple[str, ...]
    paid: bool
    reserved: bool
    deleted: bool


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What is known of one feed: keys of ranking-semantics 2. `folders` in the owner's order, main folder first."""

    id: FeedId
    address: str
    source: str
    owner: str
    folders: tuple[str, ...]
    language: str | None


@dataclass(frozen=True, slots=True)
class SourcePace:
    """How much a source published: `entries` in the 28 days up to the hour, `oldest` time ever seen (s)."""

    entries: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a search found; `score` is higher for a better match, and means nothing across databases."""

    entry_id: EntryId
    score: float


def has_of(data: EntryData) -> tuple[str, ...]:
    """Return the values of `has` that are true of an entry, in the order of HAS."""
    types = [(enclosure.type or "").partition("/")[0] for enclosure in data.enclosures]
    true = {
        "date": data.published is not None,
        "author": bool(data.authors),
        "language": data.language is not None,
        "image": data.image is not None or "image" in types,
        "audio": "audio" in types,
        "video": "video" in types,
        "full_text": data.words is not None,
    }
    return tuple(name for name in HAS if true.get(name, False))
