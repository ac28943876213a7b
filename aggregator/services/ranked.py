"""A ranking that was made: what pages, feeds and commands ask of it, from all threads."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model.ids import EntryId, Uid
from aggregator.model.readinglist import GaveWay
from rankers import Explanation, Sentences, make_receipt, treat, what_if, why_not, whys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from aggregator.model.ids import ListId
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from rankers import Absence, LeftOut, Ranking, Receipt, Treatment
    from rankers import Counts as RankedCounts

MOST_EXPLAINED = 1000
"""Explanations kept of one ranking, at about 3 KB each: somebody may page through all of it."""


@dataclass(frozen=True, slots=True)
class RankingKey:
    """What decides a ranking: `at` in seconds, `data_version` of the columns, `facts_version` of the database."""

    list_id: ListId
    rule_hash: str
    at: int
    data_version: int
    facts_version: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a ranking says of some places in a row: the same as long as it is kept, so worked out once.

    `rows` stand there, explained by `told`, with `folds` reports under each. `named`: the rows that the explanations
    name, with their places. `before` and `after` are the digests of what stands above the first place and above the
    next page.
    """

    rows: tuple[int, ...]
    told: tuple[Explanation, ...]
    folds: tuple[int, ...]
    named: Mapping[int, int | None]
    gave_way: tuple[GaveWay, ...]
    before: str
    after: str


class Ranked:
    """A list ranked by one version of a rule at one tick: what pages ask of it, for all threads.

    The engine works places out as they are asked for and is not made for two threads: all of it is reached
    through here, one at a time. Rows are those of its candidate table.
    """

    def __init__(
        self,
        reading_list: ReadingList,
        version: RuleVersion,
        ranking: Ranking,
        entry_ids: NDArray[np.int64],
        *,
        cut: bool,
        key: RankingKey,
    ) -> None:
        self.list = reading_list
        self.version = version
        self.key = key
        self.at = datetime.fromtimestamp(key.at, UTC)
        self.cut = cut
        self._ranking = ranking
        self._entry_ids = entry_ids
        self._explained: dict[tuple[int, str], Explanation] = {}
        self._stretches: dict[tuple[int, int, str], Stretch] = {}
        self._folded: Mapping[int, int] | None = None
        self._turn = RLock()

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self._entry_ids)

    @property
    def data_version(self) -> int:
        """The data version of the columns it was made from."""
        return self.key.data_version

    @property
    def has_end(self) -> bool:
        """Whether the rule ends the list."""
        return self._ranking.document.length is not None

    @property
    def counts(self) -> RankedCounts:
        """How many candidates are where."""
        with self._turn:
            return self._ranking.counts

    @property
    def left_out_by(self) -> tuple[LeftOut, ...]:
        """How many each filter was the first to leave out."""
        with self._turn:
            return self._ranking.left_out_by

    def rows(self, start: int, stop: int) -> tuple[int, ...]:
        """Return the rows at these places, counted from 0, further down included."""
        with self._turn:
            return tuple(self._ranking.order(start, stop).tolist())

    def digest(self, stop: int) -> str:
        """Name which entries stand at the places before `stop`, in any order: for noticing that others do elsewhere."""
        uids = sorted(self.uid(row) for row in self.rows(0, stop))
        return hashlib.sha256("\n".join(uids).encode()).hexdigest()[:16]

    def entry_id(self, row: int) -> EntryId:
        """Return the entry that a row stands for."""
        return EntryId(int(self._entry_ids[row]))

    def uid(self, row: int) -> Uid:
        """Return the uid of a row's entry."""
        return Uid(self._ranking.table.uid_hex(row))

    @property
    def entry_ids(self) -> NDArray[np.int64]:
        """The entries of all rows; -1 for one that is gone."""
        return self._entry_ids

    def find_row(self, entry_id: EntryId) -> int | None:
        """Return the row of an entry; None where it is no candidate."""
        found = np.flatnonzero(self._entry_ids == entry_id)
        return int(found[0]) if len(found) else None

    def position(self, row: int) -> int | None:
        """Return the place of a row, from 1; None where it is folded or withheld."""
        with self._turn:
            return self._ranking.position(row)

    def stretch(self, start: int, stop: int, language: str) -> Stretch:
        """Tell of the places from `start` up to `stop`, counted from 0, further down included."""
        with self._turn:
            found = self._stretches.get((start, stop, language))
            if found is None:
                if sum(len(each.rows) for each in self._stretches.values()) > MOST_EXPLAINED:
                    self._stretches.clear()
                found = self._stretches[start, stop, language] = self._make_stretch(start, stop, language)
            return found

    def _make_stretch(self, start: int, stop: int, language: str) -> Stretch:
        rows = self.rows(start, stop)
        told = self.explain(rows, language)
        folds = Counter(self.folded().values())
        return Stretch(
            rows=rows,
            told=told,
            folds=tuple(folds[row] for row in rows),
            named={row: self.position(row) for one in told for row in named_rows(one)},
            gave_way=self.gave_way(start, stop, language),
            before=self.digest(start),
            after=self.digest(stop),
        )

    def explain(self, rows: Sequence[int], language: str) -> tuple[Explanation, ...]:
        """Explain rows that have a place; each is worked out once."""
        with self._turn:
            if len(self._explained) > MOST_EXPLAINED:
                self._explained.clear()
            unknown = [row for row in rows if (row, language) not in self._explained]
            if unknown:
                for told in whys(self._ranking, unknown, sentences=sentences_of(language)):
                    self._explained[told.row, language] = told
            return tuple(self._explained[row, language] for row in rows)

    def absence(self, row: int, language: str) -> Absence:
        """Say why a row is not shown."""
        with self._turn:
            return why_not(self._ranking, row, sentences=sentences_of(language))

    def what_if(self, row: int) -> tuple[tuple[str, int | None], ...]:
        """Rank once more for each line: its id, and where the row would stand without it."""
        with self._turn:
            return tuple((one.without, one.position) for one in what_if(self._ranking, row))

    def treatment(self, entry_ids: Collection[EntryId]) -> Treatment:
        """Say how the rule treats those of these entries that are candidates."""
        rows = np.flatnonzero(np.isin(self._entry_ids, np.fromiter(entry_ids, dtype=np.int64)))
        with self._turn:
            return treat(self._ranking, rows)

    def gave_way(self, start: int, stop: int, language: str) -> tuple[GaveWay, ...]:
        """Say which steps could not keep their promise at these places, counted from 0."""
        with self._turn:
            found = self._ranking.gave_way(start, stop)
        return tuple(GaveWay(sentences_of(language).step(each.step), each.places) for each in found)

    def withheld_rows(self, line: str | None = None) -> tuple[int, ...]:
        """Return the rows left out, by this line where one is named, newest first."""
        with self._turn:
            rows = self._ranking.withheld_rows.tolist()
            if line is not None:
                rows = [row for row in rows if line in self._ranking.withheld_by(row)]
            return tuple(sorted(rows, key=self._newest_first))

    def withheld_by(self, row: int) -> tuple[str, ...]:
        """Return the ids of all filters that match a row, in the rule's order."""
        with self._turn:
            return self._ranking.withheld_by(row)

    def folded(self) -> Mapping[int, int]:
        """Return the lead of each row that is folded into a story."""
        with self._turn:
            if self._folded is None:
                self._folded = self._ranking.folded
            return self._folded

    def receipt(self, secret: bytes) -> Receipt:
        """Write down what this order was made from; `secret` is what salts are made from."""
        with self._turn:
            return make_receipt(
                self._ranking,
                list_key=self.list.slug,
                version=self.version.identity,
                secret=secret,
                scope={**self.list.scope.told, "max_age": int(self.list.max_age.total_seconds())},
            )

    def _newest_first(self, row: int) -> tuple[int, list[int]]:
        table = self._ranking.table
        return -int(table.time[row]), table.uid[row].tolist()


def sentences_of(language: str) -> Sentences:
    """Give the words of a language, English where the engine does not have it yet."""
    try:
        return Sentences.of(language)
    except LookupError:
        return Sentences.of("en")


def named_rows(told: Explanation | Absence) -> Iterator[int]:
    """Yield the rows that an explanation or an absence names."""
    if isinstance(told, Explanation):
        for move in told.moves:
            yield from move.because
        yield from (near.row for near in (told.above, told.below) if near)
        return
    if told.lead is not None:
        yield told.lead
    if told.held_by is not None:
        yield from told.held_by.because
