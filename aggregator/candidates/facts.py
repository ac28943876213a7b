"""Facts about the sources a list's owner reads: what stands in columns per feed rather than per entry.

They come from the owner's subscriptions and from the seen-markers up to the last full hour (ranking-semantics 2),
and change only with the data version and the hour; services/ranking.py keeps them for that long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregator.candidates.whole import divide
from rankers import LabelSets, Numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from aggregator.model.candidate import FeedFacts, SourcePace

HOUR = 3600
DAY = 86_400
WINDOW = 28 * DAY
"""What the facts about sources, folders and languages count: so many seconds up to the last full hour."""


@dataclass(frozen=True, slots=True)
class FeedLabels:
    """One label a feed: `codes` are int32 places in `vocabulary`, -1 where missing."""

    codes: NDArray[np.int32]
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Facts of all feeds of one owner, an array a fact, one place a feed.

    `place_of` gives the place of a feed id; its last value is -1 and stands for all ids beyond it.
    `pace` counts 1/1000 entries a day; `hour` is the full hour it counts up to (s).
    """

    feeds: tuple[FeedFacts, ...]
    hour: int
    place_of: NDArray[np.int32]
    address: FeedLabels
    source: FeedLabels
    owner: FeedLabels
    language: FeedLabels
    main_folder: FeedLabels
    folders: LabelSets
    pace: Numbers

    def __len__(self) -> int:
        return len(self.feeds)


def full_hour(now: int) -> int:
    """Return the last full hour at `now` (s): facts about sources count the archive up to it."""
    return now - now % HOUR


def make_facts(feeds: Sequence[FeedFacts], paces: Mapping[str, SourcePace], hour: int) -> Facts:
    """Lay the facts of an owner's feeds out as arrays. `paces` by source key, as of `hour`."""
    place_of = np.full(max((feed.id for feed in feeds), default=-1) + 2, -1, dtype=np.int32)
    place_of[[feed.id for feed in feeds]] = np.arange(len(feeds))
    sets = tuple(dict.fromkeys(feed.folders for feed in feeds if feed.folders))
    set_code = {folders: code for code, folders in enumerate(sets)}
    return Facts(
        feeds=tuple(feeds),
        hour=hour,
        place_of=place_of,
        address=_labels(feed.address for feed in feeds),
        source=_labels(feed.source for feed in feeds),
        owner=_labels(feed.owner for feed in feeds),
        language=_labels(feed.language for feed in feeds),
        main_folder=_labels(feed.folders[0] if feed.folders else None for feed in feeds),
        folders=LabelSets(
            codes=np.array([set_code.get(feed.folders, -1) for feed in feeds], dtype=np.int32), sets=sets
        ),
        pace=_pace([paces.get(feed.source) for feed in feeds], hour),
    )


def _labels(labels: Iterable[str | None]) -> FeedLabels:
    listed = list(labels)
    vocabulary = tuple(dict.fromkeys(label for label in listed if label is not None))
    code = {label: place for place, label in enumerate(vocabulary)}
    codes = [-1 if label is None else code[label] for label in listed]
    return FeedLabels(np.array(codes, dtype=np.int32), vocabulary)


def _pace(paces: Sequence[SourcePace | None], hour: int) -> Numbers:
    """Give entries a day over the days held, at least one and at most 28, in 1/1000."""
    entries = np.array([pace.entries if pace else 0 for pace in paces], dtype=np.int64)
    oldest = np.array([pace.oldest if pace else hour for pace in paces], dtype=np.int64)
    held = np.clip(hour - oldest, DAY, WINDOW)
    present = np.array([pace is not None for pace in paces], dtype=np.bool_)
    return Numbers(divide(entries * 1000 * DAY, held), present)
