"""one-per-story: a story stands once, where its best entry stood; the other reports fold under its lead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.arrange.order import BaseOrder, Cause, Order, Step, mask_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rankers.arrange.order import Rows
    from rankers.candidates import CandidateTable
    from rankers.reading import Reader
    from rankers.score import Scores

KEEP = ("highest", "earliest", "newest")


@dataclass(frozen=True, slots=True)
class OnePerStory:
    """`keep` chooses the lead: the highest entry, the earliest or the newest; a picked one before all."""

    name: ClassVar[str] = "one-per-story"
    why: str
    keep: str = "highest"

    @classmethod
    def read(cls, line: Reader, why: str, _topics: tuple[str, ...]) -> OnePerStory:
        """Read the step's own keys."""
        return cls(why, line.choice("keep", KEEP, default="highest"))

    def canonical(self) -> dict[str, object]:
        """Return the step's keys that are not their defaults."""
        return {} if self.keep == "highest" else {"keep": self.keep}

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads."""
        return ("story", "pick")

    def arrange(self, incoming: Order, scores: Scores) -> Step:
        """Return the order in which each story stands once. It must be the first step."""
        if not isinstance(incoming, BaseOrder):
            raise TypeError("one-per-story works on totals and must come first")
        return _OnePerStoryOrder(self, incoming, scores.table)


class _Leads(Order):
    """The incoming order without the folded entries."""

    def __init__(self, base: BaseOrder, folded: Rows, size: int) -> None:
        self._base = base
        self._is_folded = mask_of(folded, size)
        self._count = base.size - len(folded)
        self._sorted: Rows | None = None
        self._leads: Rows

    @property
    def size(self) -> int:
        """Return how many rows are not folded."""
        return self._count

    def rows(self) -> Rows:
        """Return all rows that are not folded."""
        return self._base.rows()[self._is_lead]

    def holding(self, rows: Rows) -> Rows:
        """Return those of a few rows that are not folded."""
        rows = self._base.holding(rows)
        return rows[~self._is_folded[rows]]

    def first(self, count: int) -> Rows:
        """Return the first rows of the base that are not folded."""
        reach = count
        while True:
            rows = self._base.first(reach)
            leads = rows[~self._is_folded[rows]]
            if len(leads) >= min(count, self._count):
                return leads[:count]
            reach = 2 * reach + 64

    @property
    def so_far(self) -> Rows:
        """Return the leads among the rows that are sorted already: the same array while those are."""
        rows = self._base.so_far
        if rows is not self._sorted:
            self._sorted = rows
            self._leads = rows[~self._is_folded[rows]]
        return self._leads

    def place(self, row: int, *, within: int | None = None) -> int | None:  # noqa: ARG002  # counting is cheap
        """Return the place of a lead among the leads: looked up where it is sorted already, else counted."""
        known = self._place_in(self.so_far, row)
        if known is not None or self._is_folded[row]:
            return known
        return self._base.count_before(row, self._is_lead)

    @cached_property
    def _is_lead(self) -> NDArray[np.bool_]:
        """A bit for each row of the base."""
        return ~self._is_folded[self._base.rows()]


class _OnePerStoryOrder(Step):
    def __init__(self, step: OnePerStory, base: BaseOrder, table: CandidateTable) -> None:
        self._base = base
        rows = base.rows()
        stories = table.labels.get("story")
        codes = np.full(len(table), -1) if stories is None else stories.codes.astype(np.intp)
        here = np.flatnonzero(codes[rows] >= 0)
        told, count = rows[here], 1 if stories is None else max(len(stories.vocabulary), 1)
        self._codes = codes
        self._holders = _first_of_each(codes[told], told, base.keys[here], table, count)
        self._leads = self._holders if step.keep == "highest" else _by_time(step.keep, codes, told, table, count)
        self._leads = _picked_before(self._leads, codes, told, table)
        leads = self._leads[self._leads >= 0]
        self._folded = told[~mask_of(leads, len(table))[told]]
        super().__init__(_Leads(base, self._folded, len(table)))
        holders = self._holders[self._holders >= 0]
        self._is_skipped = mask_of(told, len(table))
        self._is_skipped[holders] = False
        self._reached = 0

    def folded(self) -> Rows:
        """Return the rows that are told under their story's lead."""
        return self._folded

    def lead(self, row: int) -> int | None:
        """Return the lead of the story a row is folded into; None for a lead and for what is in no story."""
        code = self._codes[row]
        if code < 0 or self._leads[code] in {row, -1}:
            return None
        return int(self._leads[code])

    def _place_until(self, count: int) -> None:
        while len(self._placed) < count:
            start, self._reached = self._reached, max(2 * self._reached, count + 64)
            rows = self._base.first(self._reached)[start:]
            rows = rows[~self._is_skipped[rows]]
            codes = self._codes[rows]
            leads = np.append(self._leads, -1)  # code -1, no story, reads the last
            self._placed.extend(np.where(codes >= 0, leads[codes], rows).tolist())

    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say which folded entry held the place of a lead; others only close the gaps."""
        code = self._codes[row]
        if code >= 0 and self._holders[code] != row and before > after:
            return Cause("story", (int(self._holders[code]),))
        if before > after:
            return Cause("overtook", self.overtaken(before, after))
        return Cause("overtaken", self.overtakers(before, after))

    def kept(self, final: Rows) -> bool:
        """Tell whether no story stands twice; steps after it cannot unfold, so it always holds."""
        codes = self._codes[final]
        codes = codes[codes >= 0]
        return len(np.unique(codes)) == len(codes)


def _first_of_each(codes: Rows, rows: Rows, keys: Rows, table: CandidateTable, count: int) -> Rows:
    """Return for each story the row with the smallest key, the smaller uid on ties; -1 for a story without rows."""
    best = np.full(count, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(best, codes, keys)
    chosen = np.flatnonzero(keys == best[codes])
    result = np.full(count, -1, dtype=np.intp)
    if len(chosen) > np.count_nonzero(np.bincount(codes, minlength=count)):
        uids = table.uid[rows[chosen]]
        chosen = chosen[np.lexsort((uids[:, 1], uids[:, 0]))[::-1]]  # the last written stays: the smallest uid
    result[codes[chosen]] = rows[chosen]
    return result


def _by_time(keep: str, codes: Rows, told: Rows, table: CandidateTable, count: int) -> Rows:
    times = table.time[told]
    return _first_of_each(codes[told], told, times if keep == "earliest" else -times, table, count)


def _picked_before(leads: Rows, codes: Rows, told: Rows, table: CandidateTable) -> Rows:
    """Let a story be led by its picked member, the one with the first place."""
    picks = table.numbers.get("pick")
    if picks is None or not picks.present[told].any():
        return leads
    picked = told[picks.present[told]]
    best = _first_of_each(codes[picked], picked, picks.values[picked], table, len(leads))
    return np.where(best >= 0, best, leads)
