"""A list's candidates at a tick as the table a rule may read (ranking-semantics 2). No loop runs over rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from aggregator.candidates.facts import WINDOW
from aggregator.candidates.layout import AGE_KNOWN, KINDS, PAID
from aggregator.candidates.whole import divide
from aggregator.model.candidate import HAS
from aggregator.model.ids import FeedId
from rankers import CandidateTable, Labels, LabelSets, Numbers, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from aggregator.candidates.facts import Facts
    from aggregator.candidates.snapshot import Snapshot
    from aggregator.candidates.sought import Finds
    from aggregator.model.readinglist import ReadingList, Scope

MOST = 100_000
"""Candidates of one list; beyond that the newest are taken and the page says so."""
MILLION = 1_000_000
_KINDS = tuple(str(kind) for kind in KINDS)
_HAS_SETS = tuple(tuple(name for bit, name in enumerate(HAS) if code >> bit & 1) for code in range(1 << len(HAS)))


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The table with, for each of its rows, the row of the snapshot and the entry it stands for.

    `cut`: there were more than MOST.
    """

    table: CandidateTable
    rows: NDArray[np.int64]
    entry_ids: NDArray[np.int64]
    cut: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Chosen:
    """Rows of a snapshot that lie in a list's scope, with the place of their feed and the code of their language."""

    rows: NDArray[np.int64]
    places: NDArray[np.int32]
    languages: NDArray[np.int32]
    vocabulary: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Within:
    """What rows have to lie in: a scope and, for a kept search, what it finds."""

    scope: Scope
    finds: Finds | None


def candidates(
    snapshot: Snapshot,
    facts: Facts,
    reading_list: ReadingList,
    now: int,
    reads: AbstractSet[str],
    *,
    rooms: Mapping[str, int] | None = None,
    finds: Finds | None = None,
) -> Candidates:
    """Make the candidate table of a list at tick `now` (s).

    `reads` are the parts of a table that the rule reads (RuleDocument.columns); it gets no others.
    `rooms` is `source_room` by source; None: the list's ledger has no record yet, and the fact is missing.
    `finds`: of a kept search, which rows it finds (candidates/sought.py); no others become candidates.
    """
    within = _Within(reading_list.scope, finds)
    chosen = _choose(snapshot, facts, within, now=now, after=now - _seconds(reading_list), until=now)
    chosen, cut = _newest(snapshot, chosen)
    columns, rows = snapshot.columns, chosen.rows
    table = CandidateTable(
        now=now,
        day=_day(now, reading_list.time_zone),
        uid=np.stack([columns["uid_hi"][rows], columns["uid_lo"][rows]], axis=1),
        time=columns["time"][rows],
        age_known=(columns["marks"][rows] & AGE_KNOWN) != 0,
        numbers=_numbers(snapshot, facts, chosen, reads, within=within, now=now) | _room(facts, chosen, rooms),
        labels=_labels(snapshot, facts, chosen, reads),
        sets=_sets(snapshot, facts, chosen, reads),
        flags=_flags(snapshot, chosen, reads),
    )
    return Candidates(table, rows, columns["entry_id"][rows], cut)


def count_newer(
    snapshot: Snapshot, facts: Facts, reading_list: ReadingList, at: int, now: int, *, finds: Finds | None = None
) -> int:
    """Count the entries that would be candidates at `now` and had not arrived at `at`."""
    if snapshot.newest_arrival <= at:
        return 0
    within = _Within(reading_list.scope, finds)
    chosen = _choose(snapshot, facts, within, now=now, after=now - _seconds(reading_list), until=now)
    return int(np.count_nonzero(snapshot.columns["first_seen"][chosen.rows] > at))


def entries_of(snapshot: Snapshot, uids: NDArray[np.uint64], *, until: int) -> NDArray[np.int64]:
    """Return the entries of these uids, halves as a table has them, of those with time <= until; -1 for one gone."""
    columns = snapshot.columns
    rows = np.flatnonzero(snapshot.alive & (columns["time"] <= until))
    rows = rows[np.isin(columns["uid_hi"][rows], uids[:, 0])]
    pairs = zip(columns["uid_hi"][rows].tolist(), columns["uid_lo"][rows].tolist(), strict=True)
    held = dict(zip(pairs, columns["entry_id"][rows].tolist(), strict=True))
    return np.array([held.get((high, low), -1) for high, low in uids.tolist()], dtype=np.int64)


def count_by_feed(snapshot: Snapshot, entry_ids: NDArray[np.int64]) -> dict[FeedId, int]:
    """Count how many of these entries came from each feed, those that are gone apart."""
    held = snapshot.alive & np.isin(snapshot.columns["entry_id"], entry_ids)
    feed_ids, counts = np.unique(snapshot.columns["feed_id"][held], return_counts=True)
    return {FeedId(feed_id): count for feed_id, count in zip(feed_ids.tolist(), counts.tolist(), strict=True)}


def _choose(snapshot: Snapshot, facts: Facts, within: _Within, *, now: int, after: int, until: int) -> _Chosen:
    """Choose the living rows of the scope with after < time <= until that had arrived by `now`."""
    columns, scope = snapshot.columns, within.scope
    rows = snapshot.rows_after(after)
    time = columns["time"][rows]
    rows = rows[snapshot.alive[rows] & (time > after) & (time <= until) & (columns["first_seen"][rows] <= now)]
    places = facts.place_of.take(columns["feed_id"][rows], mode="clip")
    inside = np.append(_feeds_of(facts, scope), False)[places]  # the place -1 is the last: no feed of the owner
    rows, places = rows[inside], places[inside]
    codes, vocabulary = _languages(snapshot, facts, rows, places)
    if scope.languages:
        spoken = np.append([_is_one_of(language, scope.languages) for language in vocabulary], False)
        inside = spoken.astype(np.bool_)[codes]
        rows, places, codes = rows[inside], places[inside], codes[inside]
    if within.finds is not None:
        inside = within.finds(rows)
        rows, places, codes = rows[inside], places[inside], codes[inside]
    return _Chosen(rows, places, codes, vocabulary)


def _feeds_of(facts: Facts, scope: Scope) -> NDArray[np.bool_]:
    return np.array([in_scope(scope, feed.id, feed.folders) for feed in facts.feeds], dtype=np.bool_)


def in_scope(scope: Scope, feed_id: FeedId, folders: Sequence[str]) -> bool:
    """Tell whether the scope names a feed, or a folder that it stands in; all where it names neither."""
    if not scope.feeds and not scope.folders:
        return True
    return feed_id in scope.feeds or any(is_in(path, scope.folders) for path in folders)


def is_in(path: str, folders: Iterable[str]) -> bool:
    """Tell whether a folder is one of these or lies in one, as rules compare them (ranking-semantics 3)."""
    folded = fold(path)
    return any(folded == folder or folded.startswith(folder + "/") for folder in map(fold, folders))


def _is_one_of(language: str, wanted: tuple[str, ...]) -> bool:
    """Tell whether a language is one of those wanted; `pt` also wants `pt-BR`."""
    tag = language.lower()
    return any(tag == want.lower() or tag.startswith(want.lower() + "-") for want in wanted)


def _languages(
    snapshot: Snapshot, facts: Facts, rows: NDArray[np.int64], places: NDArray[np.int32]
) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Give each row's language, the feed's where the entry has none, as codes in one vocabulary."""
    vocabulary = tuple(dict.fromkeys(snapshot.languages + facts.language.vocabulary))
    code = {language: place for place, language in enumerate(vocabulary)}
    default = np.array([*(code[language] for language in facts.language.vocabulary), -1], dtype=np.int32)
    own = snapshot.columns["language"][rows].astype(np.int32)
    return np.where(own >= 0, own, default[facts.language.codes[places]]), vocabulary


def _newest(snapshot: Snapshot, chosen: _Chosen) -> tuple[_Chosen, bool]:
    """Keep the MOST newest; among those of the last second, the ones with the smallest uids."""
    if len(chosen.rows) <= MOST:
        return chosen, False
    columns = snapshot.columns
    time = columns["time"][chosen.rows]
    edge = np.partition(time, len(time) - MOST)[len(time) - MOST]
    newer = np.flatnonzero(time > edge)
    level = np.flatnonzero(time == edge)
    high, low = columns["uid_hi"][chosen.rows[level]], columns["uid_lo"][chosen.rows[level]]
    kept = np.concatenate([newer, level[np.lexsort((low, high))][: MOST - len(newer)]])
    return (
        _Chosen(chosen.rows[kept], chosen.places[kept], chosen.languages[kept], chosen.vocabulary),
        True,
    )


def _numbers(
    snapshot: Snapshot, facts: Facts, chosen: _Chosen, reads: AbstractSet[str], *, within: _Within, now: int
) -> dict[str, Numbers]:
    numbers = {}
    if "source_pace" in reads:
        numbers["source_pace"] = Numbers(facts.pace.values[chosen.places], facts.pace.present[chosen.places])
    if "words" in reads:
        words = snapshot.columns["words"][chosen.rows].astype(np.int64)
        numbers["words"] = Numbers(words, words >= 0)
    if "language_share" in reads or "folder_share" in reads:
        numbers |= _shares(snapshot, facts, chosen, within=within, now=now)
    return numbers


def _room(facts: Facts, chosen: _Chosen, rooms: Mapping[str, int] | None) -> dict[str, Numbers]:
    """Give `source_room`: 0 for a source that the ledger does not name, since it had no share to be fair about."""
    if rooms is None:
        return {}
    of_source = np.array([*(rooms.get(source, 0) for source in facts.source.vocabulary), 0], dtype=np.int64)
    codes = facts.source.codes[chosen.places]
    return {"source_room": Numbers(of_source[codes], codes >= 0)}


def _labels(snapshot: Snapshot, facts: Facts, chosen: _Chosen, reads: AbstractSet[str]) -> dict[str, Labels]:
    per_feed = {"source": facts.source, "owner": facts.owner, "feed": facts.address}
    labels = {
        name: Labels(column.codes[chosen.places], column.vocabulary)
        for name, column in per_feed.items()
        if name in reads
    }
    if "language" in reads:
        labels["language"] = Labels(chosen.languages, chosen.vocabulary)
    if "kind" in reads:
        labels["kind"] = Labels(snapshot.columns["kind"][chosen.rows].astype(np.int32), _KINDS)
    return labels


def _sets(snapshot: Snapshot, facts: Facts, chosen: _Chosen, reads: AbstractSet[str]) -> dict[str, LabelSets]:
    sets = {}
    if "folder" in reads:
        sets["folder"] = LabelSets(facts.folders.codes[chosen.places], facts.folders.sets)
    if "has" in reads:
        sets["has"] = LabelSets(snapshot.columns["has"][chosen.rows].astype(np.int32), _HAS_SETS)
    return sets


def _flags(snapshot: Snapshot, chosen: _Chosen, reads: AbstractSet[str]) -> dict[str, Numbers]:
    if "paid" not in reads:
        return {}
    paid = (snapshot.columns["marks"][chosen.rows] & PAID) != 0
    return {"paid": Numbers(paid.astype(np.int64), np.ones(len(paid), dtype=np.bool_))}


def _shares(snapshot: Snapshot, facts: Facts, chosen: _Chosen, *, within: _Within, now: int) -> dict[str, Numbers]:
    """Give the share of each row's language and main folder in the list's entries of the 28 days to the hour."""
    stored = _choose(snapshot, facts, within, now=now, after=facts.hour - WINDOW, until=facts.hour)
    folders = facts.main_folder
    return {
        "language_share": _share(stored.languages, len(stored.vocabulary), chosen.languages),
        "folder_share": _share(folders.codes[stored.places], len(folders.vocabulary), folders.codes[chosen.places]),
    }


def _share(stored: NDArray[np.int32], kinds: int, asked: NDArray[np.int32]) -> Numbers:
    counts = np.bincount(stored[stored >= 0], minlength=kinds + 1).astype(np.int64)
    share = divide(counts * MILLION, np.full(len(counts), max(len(stored), 1)))
    return Numbers(share[asked], asked >= 0)


def _seconds(reading_list: ReadingList) -> int:
    return int(reading_list.max_age.total_seconds())


def _day(now: int, time_zone: str) -> str:
    zone = UTC if time_zone == "UTC" else ZoneInfo(time_zone)
    return datetime.fromtimestamp(now, zone).date().isoformat()
