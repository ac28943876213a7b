"""Why an entry stands where it stands, why one is not shown, and where it would stand without a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rankers.arrange.order import Cause
from rankers.curves import rounded_ratio
from rankers.ranking import Ranking, rank
from rankers.score import TermColumn, term_column
from rankers.sentences import Sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rankers.arrange import ArrangeStep
    from rankers.lines import Term

MICRO_PER_TENTH = 100_000
_LOOKED_FOR_BELOW = 200


class State(StrEnum):
    """What became of a term: counted, no fact to count, or its gate shut."""

    OK = "ok"
    MISSING = "missing"
    GATED = "gated"


class TermResult(NamedTuple):
    """One line's part in a total.

    value: the fact in smallest units, None where there is none. curve_out: millionths. points: micro-points.
    tenths: the points as shown, in tenths, rounded so that all lines add up to the total shown.
    """

    id: str
    signal: str | None
    value: int | None
    value_text: str
    curve_out: int
    points: int
    tenths: int
    why: str
    state: State


@dataclass(frozen=True, slots=True)
class Move:
    """What a step did with an entry: from place `from_` to place `to`, counted from 1.

    far: it came from so far down that its place there was not looked for; then `from_` is the first place that was
    not looked at, and it came from there or further down.

    reason: limit, gave-way, overtook, overtaken, story, turn, like, share or pick. because: the rows that held it,
    that it overtook or is like, at most ten. amount and key: the reason's number and name (arrange.order.Cause).
    why: the step's line; empty where it gave way, also for an entry that kept its place.
    """

    step: str
    from_: int
    to: int
    reason: str
    because: tuple[int, ...]
    amount: int
    key: str
    why: str
    far: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The entry directly above or below, and by how many micro-points its total is higher than this one's."""

    row: int
    margin: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry stands where it stands. `position` is None where it is not in the order."""

    row: int
    position: int | None
    newest_first_position: int
    terms: tuple[TermResult, ...]
    total: int
    total_tenths: int
    moves: tuple[Move, ...]
    above: Neighbour | None
    below: Neighbour | None


class Place(StrEnum):
    """Where a candidate is; each is in exactly one."""

    SHOWN = "shown"
    FURTHER_DOWN = "further-down"
    FOLDED = "folded"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Absence:
    """Why an entry is not shown: the lines that leave it out, the story it is told in, or what held it.

    lines: (id, why) of every matching filter. lead: the row it is folded under. position: further down, from 1.
    held_by: the move that took it out of what is shown, where its points alone would have been enough.
    terms and total: what it scores, or would have scored.
    """

    row: int
    place: Place
    lines: tuple[tuple[str, str], ...]
    lead: int | None
    position: int | None
    held_by: Move | None
    terms: tuple[TermResult, ...]
    total: int
    total_tenths: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Where an entry would stand without a term; None: it would not be in the order."""

    without: str
    position: int | None


def why(ranking: Ranking, row: int, *, sentences: Sentences | None = None) -> Explanation:
    """Explain the place of one candidate."""
    return whys(ranking, [row], sentences=sentences)[0]


def whys(ranking: Ranking, rows: Iterable[int], *, sentences: Sentences | None = None) -> tuple[Explanation, ...]:
    """Explain many candidates at once: the terms of all of them are worked out together."""
    asked = [int(row) for row in rows]
    results = _terms(ranking, asked, sentences or Sentences.of("en"))
    newest = ranking.newest_first_positions(asked)
    return tuple(_explain(ranking, *each) for each in zip(asked, newest, results, strict=True))


def why_not(ranking: Ranking, row: int, *, sentences: Sentences | None = None) -> Absence:
    """Say where a candidate is that is not shown, and what put it there."""
    (terms,) = _terms(ranking, [row], sentences or Sentences.of("en"))
    ids = ranking.withheld_by(row)
    lines = tuple((line.id, line.why) for line in ranking.document.filters if line.id in ids)
    lead = ranking.lead(row)
    position = ranking.position(row)
    if lines:
        place = Place.WITHHELD
    elif lead is not None:
        place = Place.FOLDED
    else:
        place = Place.SHOWN if position is not None and position <= ranking.length else Place.FURTHER_DOWN
    held_by = _held_by(ranking, row) if place is Place.FURTHER_DOWN else None
    total = int(ranking.totals[row])
    return Absence(row, place, lines, lead, position, held_by, terms, total, shown_tenths(total))


def what_if(ranking: Ranking, row: int) -> tuple[WhatIf, ...]:
    """Return where an entry would stand without each term in turn: the whole rule with its steps, exactly."""
    return tuple(
        WhatIf(term.id, rank(ranking.document.without(term.id), ranking.table, ranking.table.now).position(row))
        for term in ranking.document.scores
    )


def shown_tenths(micro_points: int) -> int:
    """Return points as shown, in tenths, rounded to the nearest, ties to even."""
    return rounded_ratio(micro_points, MICRO_PER_TENTH)


def tenths_that_add_up(micro_points: Sequence[int]) -> list[int]:
    """Return each number in tenths so that they add up to the sum as shown: by largest remainder, earlier on ties."""
    tenths = [points // MICRO_PER_TENTH for points in micro_points]
    short = shown_tenths(sum(micro_points)) - sum(tenths)
    by_remainder = sorted(range(len(tenths)), key=lambda n: (-(micro_points[n] % MICRO_PER_TENTH), n))
    for number in by_remainder[:short]:
        tenths[number] += 1
    return tenths


def _terms(ranking: Ranking, rows: list[int], sentences: Sentences) -> list[tuple[TermResult, ...]]:
    table = ranking.table.take(np.array(rows, dtype=np.intp))
    lines = ranking.document.scores
    columns = [_results(term, term_column(term, table), sentences) for term in lines]
    if not columns:
        return [() for _ in rows]
    heads = [(term.id, None if term.signal is None else term.signal.name) for term in lines]
    explained = []
    for parts in zip(*columns, strict=True):
        tenths = tenths_that_add_up([points for _, _, _, points, _ in parts])
        results = []
        for term, head, (value, text, curve_out, points, state), shown in zip(lines, heads, parts, tenths, strict=True):
            results.append(TermResult(*head, value, text, curve_out, points, shown, term.why, state))
        explained.append(tuple(results))
    return explained


def _results(term: Term, column: TermColumn, sentences: Sentences) -> list[tuple[int | None, str, int, int, State]]:
    """Return (value, its words, curve_out, points, state) of one term for each row."""
    size = len(column.points)
    values: list[int | None] = [None] * size if column.values is None else column.values.tolist()
    present = [True] * size if column.present is None else column.present.tolist()
    gates = [True] * size if column.open is None else column.open.tolist()
    results = []
    words: dict[tuple[int | None, bool], str] = {}  # of a gate's two answers and a source's one pace, each once
    for value, has, is_open, curve_out, points in zip(
        values, present, gates, column.curve_out.tolist(), column.points.tolist(), strict=True
    ):
        state = State.GATED if not is_open else State.OK if has else State.MISSING
        known = value if has else None
        if (known, is_open) not in words:
            words[known, is_open] = sentences.value(term, known, is_open=is_open)
        results.append((known, words[known, is_open], curve_out, points, state))
    return results


def _explain(ranking: Ranking, row: int, newest_first: int, terms: tuple[TermResult, ...]) -> Explanation:
    position = ranking.position(row)
    total = int(ranking.totals[row])
    above = below = None
    if position is not None:
        near = ranking.order(max(position - 2, 0), position + 1).tolist()
        here = near.index(row)
        above = _neighbour(ranking, near[here - 1], total) if here else None
        below = _neighbour(ranking, near[here + 1], total) if here + 1 < len(near) else None
    return Explanation(
        row=row,
        position=position,
        newest_first_position=newest_first,
        terms=terms,
        total=total,
        total_tenths=shown_tenths(total),
        moves=() if position is None else tuple(_moves(ranking, row, position)),
        above=above,
        below=below,
    )


def _neighbour(ranking: Ranking, row: int, total: int) -> Neighbour:
    return Neighbour(row, int(ranking.totals[row]) - total)


def _moves(ranking: Ranking, row: int, position: int) -> Iterable[Move]:
    """Yield what each step did with an entry. A shift by one that only makes room for another is no move."""
    within = position + _LOOKED_FOR_BELOW
    for line, step in ranking.steps:
        after = step.place(row, within=within)
        if after is None:
            continue
        before = step.incoming.place(row, within=within)
        if step.gave_way(after):
            from_ = within if before is None else before
            yield _move(line, Cause("gave-way"), from_, after, far=before is None)
            continue
        if before == after:
            continue
        if before is None:
            yield _move(line, step.far_cause(row), within, after, far=True)
            continue
        move = _move(line, step.cause(row, before, after), before, after)
        if abs(before - after) > 1 or move.reason not in {"overtaken", "overtook"}:
            yield move


def _move(line: ArrangeStep, cause: Cause, before: int, after: int, *, far: bool = False) -> Move:
    # The line's reason tells of a promise; where it gave way, it would not be true.
    why = "" if cause.reason == "gave-way" else line.why
    return Move(line.name, before + 1, after + 1, cause.reason, cause.rows, cause.amount, cause.key, why, far)


def _held_by(ranking: Ranking, row: int) -> Move | None:
    """Return the step that took an entry out of what is shown; None where its points were not enough."""
    for line, step in ranking.steps:
        before, after = step.incoming.place(row, within=ranking.length), step.place(row)
        if before is not None and after is not None and before < ranking.length <= after:
            return _move(line, step.cause(row, before, after), before, after)
    return None
