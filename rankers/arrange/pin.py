"""pin: what a named editor picked stands on top, in the order of the picks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.arrange.order import Cause, Order, Step, mask_of

if TYPE_CHECKING:
    from rankers.arrange.order import Rows
    from rankers.candidates import CandidateTable
    from rankers.reading import Reader
    from rankers.score import Scores

_MOST = 50
_USUAL = 3


@dataclass(frozen=True, slots=True)
class Pin:
    """At most `limit` picks, in order of (place, uid)."""

    name: ClassVar[str] = "pin"
    why: str
    limit: int = _USUAL

    @classmethod
    def read(cls, line: Reader, why: str, _topics: tuple[str, ...]) -> Pin:
        """Read the step's own keys."""
        return cls(why, line.whole("limit", 1, _MOST, default=_USUAL))

    def canonical(self) -> dict[str, object]:
        """Return the step's keys that are not their defaults."""
        return {} if self.limit == _USUAL else {"limit": self.limit}

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads."""
        return ("pick",)

    def arrange(self, incoming: Order, scores: Scores) -> Step:
        """Return the order with the picks on top."""
        return _PinOrder(self, incoming, scores.table)


class _PinOrder(Step):
    def __init__(self, step: Pin, incoming: Order, table: CandidateTable) -> None:
        super().__init__(incoming)
        self._picks = self._find(step.limit, table)
        self._is_picked = mask_of(self._picks, len(table))
        self._table = table

    def _find(self, limit: int, table: CandidateTable) -> Rows:
        picks = table.numbers.get("pick")
        if picks is None or not picks.present.any():
            return np.empty(0, dtype=np.intp)
        rows = self.incoming.holding(np.flatnonzero(picks.present))
        uids = table.uid[rows]
        return rows[np.lexsort((uids[:, 1], uids[:, 0], picks.values[rows]))][:limit]

    def _place_until(self, count: int) -> None:
        rows = self.incoming.first(count)
        self._placed = [*self._picks.tolist(), *rows[~self._is_picked[rows]].tolist()]

    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say which pick it is, or which picks stand above it."""
        if self._is_picked[row] and before > after:
            return self.far_cause(row)
        return Cause("overtaken", tuple(self._picks[:after].tolist()))  # of a pick, those picked for places above

    def far_cause(self, row: int) -> Cause:
        """Say which pick it is."""
        return Cause("pick", (), int(self._table.numbers["pick"].values[row]))

    def kept(self, final: Rows) -> bool:
        """Tell whether the picks stand on top of the final order."""
        places = min(len(self._picks), len(final))
        return np.array_equal(final[:places], self._picks[:places])
