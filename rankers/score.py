"""Terms and totals: points by millionths, added as integers. No Python loop runs over candidates.

Rows are worked on in blocks that stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rankers.curves import ONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rankers.candidates import CandidateTable
    from rankers.document import RuleDocument
    from rankers.lines import Term

_BLOCK = 32_768


@dataclass(frozen=True, slots=True)
class Scores:
    """What a rule makes of each row by itself.

    totals: int64 micro-points. hits: a bool column for each filter, in the rule's order. withheld: where one hits.
    """

    table: CandidateTable
    totals: NDArray[np.int64]
    hits: tuple[NDArray[np.bool_], ...]
    withheld: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TermColumn:
    """One term over rows: the fact, what the curve made of it, the points in micro-points.

    values and present are None for a term without signal, and values where the table lacks the column.
    open: where the gate lets through.
    """

    values: NDArray[np.int64] | None
    present: NDArray[np.bool_] | None
    open: NDArray[np.bool_] | None
    curve_out: NDArray[np.int64]
    points: NDArray[np.int64]


def score(document: RuleDocument, table: CandidateTable) -> Scores:
    """Give every row its total and find the filters that match it."""
    size = len(table)
    totals = np.zeros(size, dtype=np.int64)
    hits = tuple(np.zeros(size, dtype=np.bool_) for _ in document.filters)
    withheld = np.zeros(size, dtype=np.bool_)
    for start in range(0, size, _BLOCK):
        here = slice(start, start + _BLOCK)
        block = table.take(here)
        for line, hit in zip(document.filters, hits, strict=True):
            hit[here] = line.leave_out.match(block)
            withheld[here] |= hit[here]
        for term in document.scores:
            if term.points:
                totals[here] += term_column(term, block).points
    return Scores(table, totals, hits, withheld)


def term_column(term: Term, table: CandidateTable) -> TermColumn:
    """Work out one term for every row of a table: 0 where the gate is shut or the fact is missing."""
    gate = None if term.when is None else term.when.match(table)
    if term.signal is None:
        share = np.full(len(table), ONE, dtype=np.int64)
        values = present = None
    else:
        numbers = term.signal.compute(table, term.seed)
        if numbers is None:
            nothing = np.zeros(len(table), dtype=np.int64)
            return TermColumn(None, np.zeros(len(table), dtype=np.bool_), gate, nothing, nothing)
        values, present = numbers.values, numbers.present
        share = term.curve.apply(values)
        if not present.all():
            share *= present
    if gate is not None:
        share = share * gate
    return TermColumn(values, present, gate, share, share * term.points)
