"""A rule's own test cases: one entry above another, in an order that the rule made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rankers.explain import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rankers.ranking import Ranking


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """Where an entry came to stand: its place from 1, that of its story's lead where it is folded into one.

    position is None where lines left it out, whose ids are `lines`.
    """

    row: int
    place: Place
    position: int | None
    lines: tuple[str, ...]

    def above(self, other: CaseStanding) -> bool:
        """Say whether this entry stands above another: it has a place, and the other has a later one or none."""
        return self.position is not None and (other.position is None or self.position < other.position)


def best_standing(ranking: Ranking, rows: Iterable[int]) -> CaseStanding | None:
    """Say where the best placed of some rows stands: several entries may have one link. None without rows."""
    found = [_standing(ranking, row) for row in rows]
    return min(found, key=lambda one: (one.position is None, one.position or 0, one.row), default=None)


def _standing(ranking: Ranking, row: int) -> CaseStanding:
    lead = ranking.lead(row)
    position = ranking.position(row if lead is None else lead)
    if lead is not None:
        place = Place.FOLDED
    elif position is None:
        place = Place.WITHHELD
    else:
        place = Place.SHOWN if position <= ranking.length else Place.FURTHER_DOWN
    return CaseStanding(row, place, position, ranking.withheld_by(row))
