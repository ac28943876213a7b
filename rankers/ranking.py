"""rank: a rule and a table in, an order out (ranking-semantics 1).

Every candidate is in exactly one of shown, further down (after the end), folded into a story, withheld by a line.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rankers.arrange.order import BaseOrder, Order, Replayed, Step, takes_of
from rankers.score import Scores, score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rankers.arrange import ArrangeStep
    from rankers.arrange.order import Rows, Takes
    from rankers.candidates import CandidateTable
    from rankers.document import RuleDocument

PAGE = 50
"""Where a rule has no end, receipts and recorded moves cover this many places."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many candidates are where; they add up to all. Without an end all of the order is shown, page by page."""

    shown: int
    after_end: int
    folded: int
    withheld: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many entries a filter left out that no filter before it did."""

    line: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A step that could not keep its promise, and at which places (from 1), ascending, of the final order."""

    step: ArrangeStep
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step did, enough to replay it: pairs (p, j), and whether its promise holds in the final order."""

    name: str
    takes: Takes
    kept: bool


class Ranking:
    """The outcome of one rule over one table. Places are worked out as far as they are asked for, never further.

    Positions that people see count from 1; `order` counts from 0 like all of Python.
    """

    def __init__(self, document: RuleDocument, scores: Scores, *, given: Mapping[str, Takes] | None = None) -> None:
        """Order the scored rows. `given`: takes of steps that are replayed, since their facts are gone."""
        self.document = document
        self.table: CandidateTable = scores.table
        self.scores = scores
        self.totals: NDArray[np.int64] = scores.totals
        self.base = BaseOrder(np.flatnonzero(~scores.withheld), scores.totals, scores.table.time, scores.table.uid)
        steps: list[tuple[ArrangeStep, Step]] = []
        order: Order = self.base
        for line in document.arrange:
            replayed = (given or {}).get(line.name)
            step = line.arrange(order, scores) if replayed is None else Replayed(order, replayed)
            steps.append((line, step))
            order = step
        self.steps = tuple(steps)
        self._final = order

    def __len__(self) -> int:
        """Return how many candidates stand in the order: shown and further down."""
        return self._final.size

    def order(self, start: int = 0, stop: int | None = None) -> Rows:
        """Return the rows at places `start` to `stop` (from 0) of the whole order, further down included."""
        stop = self._final.size if stop is None else stop
        return self._final.first(stop)[start:]

    @property
    def length(self) -> int:
        """Return how many places are shown: up to the rule's end, or all."""
        end = self.document.length
        return self._final.size if end is None else min(end, self._final.size)

    @property
    def shown(self) -> Rows:
        """Return the rows that are shown, in order."""
        return self._final.first(self.length)

    @property
    def after_end(self) -> Rows:
        """Return the rows further down, in order."""
        return self.order(self.length)

    @cached_property
    def counts(self) -> Counts:
        """Return how many candidates are where."""
        withheld = int(np.count_nonzero(self.scores.withheld))
        folded = sum(len(step.folded()) for _, step in self.steps)
        return Counts(self.length, self._final.size - self.length, folded, withheld)

    @cached_property
    def left_out_by(self) -> tuple[LeftOut, ...]:
        """Return for each filter how many entries it was the first to leave out."""
        free = np.ones(len(self.table), dtype=np.bool_)
        counted = []
        for line, hit in zip(self.document.filters, self.scores.hits, strict=True):
            counted.append(LeftOut(line.id, line.why, int(np.count_nonzero(hit & free))))
            free &= ~hit
        return tuple(counted)

    def withheld_by(self, row: int) -> tuple[str, ...]:
        """Return the ids of all filters that match a row, in the rule's order."""
        return tuple(line.id for line, hit in zip(self.document.filters, self.scores.hits, strict=True) if hit[row])

    @property
    def withheld_rows(self) -> Rows:
        """Return the rows that filters left out, in the table's order."""
        return np.flatnonzero(self.scores.withheld)

    @property
    def withheld(self) -> Mapping[int, tuple[str, ...]]:
        """Return the filters of every row left out. A loop over them all: for registers, not for pages."""
        return {row: self.withheld_by(row) for row in self.withheld_rows.tolist()}

    @property
    def folded_rows(self) -> Rows:
        """Return the rows that are told under another, in no order."""
        return np.concatenate([np.empty(0, dtype=np.intp), *(step.folded() for _, step in self.steps)])

    @property
    def folded(self) -> Mapping[int, int]:
        """Return the lead of every folded row. A loop over them all: for registers, not for pages."""
        leads = ((row, self.lead(row)) for row in self.folded_rows.tolist())
        return {row: lead for row, lead in leads if lead is not None}

    def lead(self, row: int) -> int | None:
        """Return the row under which one is folded; None where it is not."""
        if self.scores.withheld[row]:
            return None
        return next((lead for _, step in self.steps if (lead := step.lead(row)) is not None), None)

    def position(self, row: int) -> int | None:
        """Return the place of a row, from 1, further down included; None where it is folded or withheld."""
        if self.scores.withheld[row] or self.lead(row) is not None:
            return None
        place = self._final.place(row)
        return None if place is None else place + 1

    @cached_property
    def _times(self) -> NDArray[np.int64]:
        """Return all times, ascending: most questions about newest first need no more."""
        return np.sort(self.table.time)

    def newest_first_positions(self, rows: Sequence[int]) -> list[int]:
        """Return where each of these rows would stand, from 1, among all candidates by time alone."""
        times = self.table.time[list(rows)]
        starts, ends = (self._times.searchsorted(times, side=side).tolist() for side in ("left", "right"))
        shared = times[np.subtract(ends, starts) > 1]
        equal: dict[int, list[list[int]]] = defaultdict(list)  # the uids of all that share a time
        if len(shared):
            near = np.flatnonzero(np.isin(self.table.time, shared))
            for time, uid in zip(self.table.time[near].tolist(), self.table.uid[near].tolist(), strict=True):
                equal[time].append(uid)
        mine: list[list[int]] = self.table.uid[list(rows)].tolist()
        return [
            len(self._times) - end + 1 + sum(other < uid for other in equal[time])
            for time, end, uid in zip(times.tolist(), ends, mine, strict=True)
        ]

    def gave_way(self, start: int, stop: int) -> tuple[GaveWay, ...]:
        """Return the steps that gave way at places `start` to `stop` (from 0), because nothing better was waiting."""
        shown = self.order(start, stop).tolist()
        found = []
        for line, step in self.steps:
            standing = ((number, step.place(row)) for number, row in enumerate(shown, start=start + 1))
            places = tuple(number for number, place in standing if place is not None and step.gave_way(place))
            if places:
                found.append(GaveWay(line, places))
        return tuple(found)

    @cached_property
    def records(self) -> tuple[StepRecord, ...]:
        """Return each step's takes and whether its promise was kept, over the places shown (or the first page).

        The last step keeps takes for those places; each step before it for as many as the next one reaches.
        """
        places = min(self.length, PAGE) if self.document.length is None else self.length
        final = self._final.first(places)
        records: list[StepRecord] = []
        for line, step in reversed(self.steps):
            takes, places = takes_of(step, places)
            records.append(StepRecord(line.name, takes, step.kept(final)))
        return tuple(reversed(records))


def rank(document: RuleDocument, table: CandidateTable, now: int) -> Ranking:
    """Rank a table by a rule at a tick. Raises ValueError where the table was made for another tick."""
    if now != table.now:
        raise ValueError(f"the facts are of {table.now}, not of {now}")
    return Ranking(document, score(document, table))
