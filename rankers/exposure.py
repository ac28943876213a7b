"""Who has room: what an edition gives to each source, language and folder, and how two editions differ.

Room of a place falls with its number, as attention does. These are measures of an order, never inputs of one, but for
`source_room`, which a table may bring as a fact of the last 28 days.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from heapq import heapreplace
from math import exp, log, log2
from typing import TYPE_CHECKING

import numpy as np

from rankers.arrange.groups import group_codes
from rankers.curves import rounded_ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rankers.arrange.order import Rows
    from rankers.candidates import CandidateTable

LONGEST = 500
MOST_ROOM = 1000
"""`source_room` counts no further, in per cent of a fair share."""
_PERSISTENCE = 0.9


@cache
def room_of_places() -> tuple[int, ...]:
    """Return the room of places 1 to 500 in millionths: 1 / log2(place + 1).

    No value is within 10^-5 of a half, so any machine rounds them alike (tests/rankers/test_exposure.py).
    """
    return tuple(round(1_000_000 / log2(place + 1)) for place in range(1, LONGEST + 1))


def room_of(keys: Iterable[str]) -> dict[str, int]:
    """Return the room each key has, given the keys of shown entries in order."""
    had: Counter[str] = Counter()
    for key, room in zip(keys, room_of_places(), strict=False):
        had[key] += room
    return dict(had)


def fair_room(places: int, sources: int) -> int:
    """Return what each source with a candidate would have of the room of `places` places, shared equally."""
    return rounded_ratio(sum(room_of_places()[:places]), sources) if sources else 0


def source_room(had: int, fair: int) -> int:
    """Return the fact `source_room`: per cent of a fair share, at most 1000, 0 where there was no share."""
    return min(MOST_ROOM, rounded_ratio(100 * had, fair)) if fair else 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one source, language or folder has: entries shown, entries there were, room in millionths."""

    key: str
    shown: int
    candidates: int
    room: int


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly room is shared, 0 (equal) to 1. Few places among many sources cannot be even: `floor` is the least.

    among_shown: the same among the shown alone. effective: e^H, the number of equal sources that would be as varied.
    """

    gini: float
    floor: float
    among_shown: float
    effective: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who has room in one edition. Shares stand by room, most first. Ages in seconds, None without entries."""

    places: int
    candidates: int
    sources: tuple[Share, ...]
    languages: tuple[Share, ...]
    folders: tuple[Share, ...]
    evenness: Evenness
    stories: int
    median_age: int | None


def measure_exposure(table: CandidateTable, shown: Rows) -> Exposure:
    """Measure the shown rows, in order, against all candidates of their table. Looks at the first 500 places."""
    shown = shown[:LONGEST]
    sources = _shares(table, shown, "source")
    stories = table.labels.get("story")
    codes = np.empty(0, dtype=np.int32) if stories is None else stories.codes[shown]
    ages = np.sort(table.now - table.time[shown])
    return Exposure(
        places=len(shown),
        candidates=len(table),
        sources=sources,
        languages=_shares(table, shown, "language"),
        folders=_shares(table, shown, "folder"),
        evenness=evenness([share.room for share in sources], len(shown)),
        stories=len(np.unique(codes[codes >= 0])),
        median_age=int(ages[len(ages) // 2]) if len(ages) else None,
    )


def evenness(rooms: Sequence[int], places: int) -> Evenness:
    """Measure how evenly room is shared; `rooms` has one number for each source with a candidate."""
    having = [room for room in rooms if room]
    total = sum(having)
    best = sorted(room_of_places()[:places], reverse=True)[: len(rooms)]
    for extra, room in enumerate(room_of_places()[len(best) : places]):
        best[-1 - extra % len(best)] += room  # further rounds, the last ones first, as even as places allow
    parts = [room / total for room in having]
    return Evenness(
        gini=gini(rooms),
        floor=gini([*best, *[0] * (len(rooms) - len(best))]),
        among_shown=gini(having),
        effective=exp(-sum(part * log(part) for part in parts)) if parts else 0.0,
    )


def evenness_over(rooms: Sequence[int], editions: Sequence[int]) -> Evenness:
    """Measure room summed over several editions; `editions` has the number of places of each.

    The floor is what the most even sharing out of all their places would have: each next place, the largest first,
    to whoever has least.
    """
    best = [0] * len(rooms)
    for room in sorted((room for places in editions for room in room_of_places()[:places]), reverse=True):
        if best:
            heapreplace(best, best[0] + room)
    return replace(evenness(rooms, 0), floor=gini(best))


def gini(values: Sequence[int]) -> float:
    """Return the Gini coefficient of numbers that are not negative; 0 where there is nothing to share."""
    total = sum(values)
    if not total:
        return 0.0
    weighted = sum(place * value for place, value in enumerate(sorted(values), start=1))
    count = len(values)
    return (2 * weighted - (count + 1) * total) / (count * total)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two editions of one table differ.

    entering and leaving: rows shown by the second only and by the first only. moved: (row, place before, place after),
    from 1. overlap: rank-biased overlap of the places both have, 1 for the same order, the top counting most.
    """

    entering: tuple[int, ...]
    leaving: tuple[int, ...]
    moved: tuple[tuple[int, int, int], ...]
    overlap: float


def compare_editions(before: Rows, after: Rows) -> Comparison:
    """Compare the shown rows of two rankings of one table."""
    old = {row: place for place, row in enumerate(before.tolist(), start=1)}
    new = {row: place for place, row in enumerate(after.tolist(), start=1)}
    return Comparison(
        entering=tuple(row for row in new if row not in old),
        leaving=tuple(row for row in old if row not in new),
        moved=tuple((row, old[row], place) for row, place in new.items() if row in old and old[row] != place),
        overlap=rank_biased_overlap(list(old), list(new)),
    )


def rank_biased_overlap(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the agreement of the first d places, averaged with weight 0.9^d over the depth of the longer list."""
    depth = max(len(one), len(other))
    if not depth:
        return 1.0
    seen_one: set[int] = set()
    seen_other: set[int] = set()
    total = weights = 0.0
    weight = 1.0
    for place in range(depth):
        seen_one.update(one[place : place + 1])
        seen_other.update(other[place : place + 1])
        total += weight * len(seen_one & seen_other) / (place + 1)
        weights += weight
        weight *= _PERSISTENCE
    return total / weights


def _shares(table: CandidateTable, shown: Rows, by: str) -> tuple[Share, ...]:
    codes = group_codes(table, by)
    names = _names(table, by, codes)
    there = Counter(codes[codes >= 0].tolist())
    placed = Counter(codes[shown].tolist())
    room: Counter[int] = Counter()
    for code, amount in zip(codes[shown].tolist(), room_of_places(), strict=False):
        room[code] += amount
    shares = [Share(names[code], placed[code], count, room[code]) for code, count in there.items()]
    return tuple(sorted(shares, key=lambda share: (-share.room, -share.candidates, share.key)))


def _names(table: CandidateTable, by: str, codes: Rows) -> dict[int, str]:
    if by in table.labels:
        return dict(enumerate(table.labels[by].vocabulary))
    if by in table.sets:
        column = table.sets[by]
        mains = {code: labels[0] for code, labels in enumerate(column.sets) if labels}
        return {
            int(code): mains[own] for code, own in zip(codes.tolist(), column.codes.tolist(), strict=True) if code >= 0
        }
    return {}
