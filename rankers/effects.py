"""What each line of a rule does to a table: how many entries it touches, and whom it moves among the first places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rankers.exposure import compare_editions
from rankers.ranking import Ranking
from rankers.score import Scores, term_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rankers.arrange import ArrangeStep
    from rankers.arrange.order import Rows
    from rankers.document import RuleDocument
    from rankers.lines import Filter


@dataclass(frozen=True, slots=True)
class LineEffect:
    """What one line does.

    part: filter, score or arrange. id: of the line, or the name of the step. touched: candidates that it leaves out
    (also if another filter does too), gives or takes points, or that a step put elsewhere among the first places.
    missing: candidates not left out whose fact is not known. moved: entries that stand elsewhere among the first
    places, or come or go, because of it. alone: the first places would be the same with no other line giving points.
    """

    part: str
    id: str
    touched: int
    missing: int = 0
    moved: int = 0
    alone: bool = False


def line_effects(ranking: Ranking, places: int) -> tuple[LineEffect, ...]:
    """Measure every line by ranking once more without it: exact, at the cost of two orders for each line."""
    shown = ranking.order(0, places)
    return (*_filters(ranking, shown), *_terms(ranking, shown), *_steps(ranking, shown))


def _filters(ranking: Ranking, shown: Rows) -> Iterator[LineEffect]:
    scores, lines = ranking.scores, ranking.document.filters
    for number, line in enumerate(lines):
        hits = scores.hits[:number] + scores.hits[number + 1 :]
        withheld = np.zeros(len(scores.table), dtype=np.bool_)
        for hit in hits:
            withheld |= hit
        without = Ranking(_without(ranking.document, filters=line), Scores(scores.table, scores.totals, hits, withheld))
        touched = int(np.count_nonzero(scores.hits[number]))
        yield LineEffect("filter", line.id, touched, moved=_moved(without, shown))


def _terms(ranking: Ranking, shown: Rows) -> Iterator[LineEffect]:
    scores, document = ranking.scores, ranking.document
    stay = ~scores.withheld
    several = len(document.scores) > 1
    for line in document.scores:
        column = term_column(line, scores.table)
        without = Ranking(document.without(line.id), replace(scores, totals=scores.totals - column.points))
        only = Ranking(document, replace(scores, totals=column.points)) if several else None
        unknown = stay if column.present is None else stay & ~column.present
        gated = unknown if column.open is None else unknown & column.open
        yield LineEffect(
            "score",
            line.id,
            touched=int(np.count_nonzero(stay & (column.points != 0))),
            missing=0 if line.signal is None else int(np.count_nonzero(gated)),
            moved=_moved(without, shown),
            alone=only is not None and np.array_equal(only.order(0, len(shown)), shown),
        )


def _steps(ranking: Ranking, shown: Rows) -> Iterator[LineEffect]:
    for line, step in ranking.steps:
        without = Ranking(_without(ranking.document, arrange=line), ranking.scores)
        before, after = step.incoming.first(len(shown)), step.first(len(shown))
        compared = compare_editions(before, after)
        touched = len(step.folded()) or len(compared.moved) + len(compared.entering)
        yield LineEffect("arrange", line.name, touched, moved=_moved(without, shown))


def _without(
    document: RuleDocument, *, filters: Filter | None = None, arrange: ArrangeStep | None = None
) -> RuleDocument:
    """Return the rule as it would be without a filter or a step; it has no name of its own."""
    return replace(
        document,
        filters=tuple(line for line in document.filters if line is not filters),
        arrange=tuple(line for line in document.arrange if line is not arrange),
    )


def _moved(without: Ranking, shown: Rows) -> int:
    """Count the entries of the first places that stand elsewhere, come or go without a line."""
    compared = compare_editions(without.order(0, len(shown)), shown)
    return len(compared.moved) + len(compared.entering)
