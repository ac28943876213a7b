"""Facts of stories and copies for candidates at a tick (ranking-semantics 2). They count the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rankers import Labels, Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from aggregator.candidates.facts import Facts
    from aggregator.candidates.snapshot import Snapshot

MOST_SOURCES = 20


def story_columns(
    snapshot: Snapshot,
    facts: Facts,
    numbers: NDArray[np.int32],
    rows: NDArray[np.int64],
    *,
    now: int,
    reads: AbstractSet[str],
) -> tuple[Mapping[str, Labels], Mapping[str, Numbers], Mapping[str, Numbers]]:
    """Give `story` as labels, `story_sources` as numbers, `first_report` as flags, as far as `reads` names them.

    `numbers` are the stories of all rows, 0 where none. Only what lies in the owner's feeds and had come by `now`
    counts; a story of one owner is none.
    """
    asked = numbers[rows]
    archive, owners = _archive(snapshot, facts, numbers, np.unique(asked[asked > 0]), now)
    told = numbers[archive]
    pairs = np.unique(told.astype(np.int64) << 32 | owners)
    stories, sources = np.unique(pairs >> 32, return_counts=True)
    place = np.searchsorted(stories, asked)
    place[place == len(stories)] = 0
    inside = (stories[place] == asked) if len(stories) else np.zeros(len(rows), dtype=np.bool_)
    count = np.where(inside, sources[place] if len(sources) else 0, 1)
    shared = count >= 2  # noqa: PLR2004  # a story needs two owners
    labels: dict[str, Labels] = {}
    counts: dict[str, Numbers] = {}
    flags: dict[str, Numbers] = {}
    everywhere = np.ones(len(rows), dtype=np.bool_)
    if "story" in reads:
        named, codes = np.unique(asked[shared], return_inverse=True)
        column = np.full(len(rows), -1, dtype=np.int32)
        column[shared] = codes
        labels["story"] = Labels(column, tuple(str(each) for each in named.tolist()))
    if "story_sources" in reads:
        counts["story_sources"] = Numbers(np.minimum(count, MOST_SOURCES).astype(np.int64), everywhere)
    if "first_report" in reads:
        first = _earliest(snapshot, archive, told)
        flags["first_report"] = Numbers((shared & np.isin(rows, first)).astype(np.int64), everywhere)
    return labels, counts, flags


def copy_flags(
    snapshot: Snapshot, facts: Facts, groups: NDArray[np.int32], rows: NDArray[np.int64], now: int
) -> Numbers:
    """Give `copy`: whether another owner had the same text at an earlier (time, uid). Missing where not checked."""
    asked = groups[rows]
    archive, owners = _archive(snapshot, facts, groups, np.unique(asked[asked > 0]), now)
    order = _in_time(snapshot, archive)
    archive, owners = archive[order], owners[order]
    rank = np.full(snapshot.header.rows, -1, dtype=np.int64)
    rank[archive] = np.arange(len(archive))
    group, first = np.unique(groups[archive], return_index=True)
    firsts = owners[first]
    others = np.full(len(group), len(archive), dtype=np.int64)  # the earliest of another owner than the first one's
    place = np.searchsorted(group, groups[archive])
    differs = owners != firsts[place]
    np.minimum.at(others, place[differs], np.flatnonzero(differs))
    mine = rank[rows]
    known = mine >= 0
    at = np.searchsorted(group, asked[known])
    copied = np.zeros(len(rows), dtype=np.int64)
    copied[known] = (owners[mine[known]] != firsts[at]) | (others[at] < mine[known])
    return Numbers(copied, known)


def _archive(
    snapshot: Snapshot, facts: Facts, numbers: NDArray[np.int32], wanted: NDArray[np.int32], now: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Give the living rows of the wanted stories in the owner's feeds that had come by `now`, with their owners."""
    columns = snapshot.columns
    rows = np.flatnonzero(np.isin(numbers, wanted) & snapshot.alive)
    places = facts.place_of.take(columns["feed_id"][rows], mode="clip")
    inside = (places >= 0) & (columns["time"][rows] <= now) & (columns["first_seen"][rows] <= now)
    return rows[inside], facts.owner.codes[places[inside]]


def _in_time(snapshot: Snapshot, rows: NDArray[np.int64]) -> NDArray[np.intp]:
    columns = snapshot.columns
    return np.lexsort((columns["uid_lo"][rows], columns["uid_hi"][rows], columns["time"][rows]))


def _earliest(snapshot: Snapshot, rows: NDArray[np.int64], numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give the row of the earliest (time, uid) of each story."""
    order = _in_time(snapshot, rows)
    _, first = np.unique(numbers[order], return_index=True)
    return rows[order][first]
