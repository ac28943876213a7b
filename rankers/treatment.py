"""How a rule treats some of its candidates, those of one source for instance, beside how it treats all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rankers.explain import why_not, whys
from rankers.exposure import room_of_places
from rankers.ranking import PAGE, LeftOut
from rankers.score import term_column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from rankers.arrange.order import Rows
    from rankers.explain import Move
    from rankers.ranking import Ranking


@dataclass(frozen=True, slots=True)
class LineTreatment:
    """What one line gave. points: micro-points to an entry on average, of_all: to any entry of the list.

    touched: how many of them it gave or took points. missing: of how many its fact is not known. Entries that are left
    out do not count.
    """

    id: str
    why: str
    points: int
    of_all: int
    touched: int
    missing: int


@dataclass(frozen=True, slots=True)
class StepTreatment:
    """How many entries one step moved up or down among the places looked at, or out of them."""

    step: str
    why: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Treatment:
    """Where some candidates are, and what put them there. `places`: those shown, of a list without an end the first.

    Candidates are `shown` at these places, `further_down`, `folded`, or left out: counted by the first line that did.
    room and newest_room: millionths, as the list stands and as it would newest first, of `all_room`.
    """

    candidates: int
    places: int
    shown: int
    further_down: int
    folded: int
    left_out: tuple[LeftOut, ...]
    lines: tuple[LineTreatment, ...]
    steps: tuple[StepTreatment, ...]
    room: int
    newest_room: int
    all_room: int


def treat(ranking: Ranking, rows: Rows) -> Treatment:
    """Say how a ranking treats these rows of its table."""
    mine = np.zeros(len(ranking.table), dtype=np.bool_)
    mine[rows] = True
    places = min(PAGE, len(ranking)) if ranking.document.length is None else ranking.length
    shown, newest = ranking.order(0, places), _newest(ranking)[:places]
    placed = int(np.count_nonzero(mine[shown]))
    folded = int(np.count_nonzero(mine[ranking.folded_rows]))
    staying = mine & ~ranking.scores.withheld
    return Treatment(
        candidates=int(np.count_nonzero(mine)),
        places=places,
        shown=placed,
        further_down=int(np.count_nonzero(staying)) - folded - placed,
        folded=folded,
        left_out=tuple(_left_out(ranking, mine)),
        lines=tuple(_lines(ranking, staying)),
        steps=tuple(_steps(ranking, mine, shown)),
        room=_room(mine, shown),
        newest_room=_room(mine, newest),
        all_room=sum(room_of_places()[:places]),
    )


def _newest(ranking: Ranking) -> Rows:
    table = ranking.table
    return np.lexsort((table.uid[:, 1], table.uid[:, 0], -table.time))


def _room(mine: NDArray[np.bool_], order: Rows) -> int:
    return sum(room for own, room in zip(mine[order].tolist(), room_of_places(), strict=False) if own)


def _left_out(ranking: Ranking, mine: NDArray[np.bool_]) -> Iterator[LeftOut]:
    free = mine.copy()
    for line, hit in zip(ranking.document.filters, ranking.scores.hits, strict=True):
        count = int(np.count_nonzero(hit & free))
        free &= ~hit
        if count:
            yield LeftOut(line.id, line.why, count)


def _lines(ranking: Ranking, staying: NDArray[np.bool_]) -> Iterator[LineTreatment]:
    every = ~ranking.scores.withheld
    size, all_of_them = int(np.count_nonzero(staying)), int(np.count_nonzero(every))
    for line in ranking.document.scores:
        column = term_column(line, ranking.table)
        known = column.present
        yield LineTreatment(
            line.id,
            line.why,
            points=int(column.points[staying].sum()) // size if size else 0,
            of_all=int(column.points[every].sum()) // all_of_them if all_of_them else 0,
            touched=int(np.count_nonzero(column.points[staying])),
            missing=0 if known is None else size - int(np.count_nonzero(known[staying])),
        )


def _steps(ranking: Ranking, mine: NDArray[np.bool_], shown: Rows) -> Iterator[StepTreatment]:
    """Count what became of the rows that are shown, and of those that a step took out of what is shown."""
    moves = [move for told in whys(ranking, shown[mine[shown]].tolist()) for move in told.moves]
    before = ranking.base.first(len(shown))
    gone = np.setdiff1d(before[mine[before]], shown)
    held = (why_not(ranking, row).held_by for row in gone.tolist())
    counted = _ways([*moves, *(move for move in held if move is not None)])
    for line in ranking.document.arrange:
        up, down = counted[line.name, True], counted[line.name, False]
        if up or down:
            yield StepTreatment(line.name, line.why, up, down)


def _ways(moves: list[Move]) -> Counter[tuple[str, bool]]:
    return Counter((move.step, move.to < move.from_) for move in moves if move.to != move.from_)
