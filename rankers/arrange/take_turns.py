"""take-turns: every source, owner, folder or language gets `each` places before any gets more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.arrange.groups import group_codes
from rankers.arrange.order import Cause, Order, Step

if TYPE_CHECKING:
    from rankers.arrange.order import Rows
    from rankers.reading import Reader
    from rankers.score import Scores

BY = ("source", "owner", "folder", "language")
_MOST_EACH = 100


@dataclass(frozen=True, slots=True)
class TakeTurns:
    """The k-th entry of its group stands in round (k - 1) div `each`; rounds follow each other."""

    name: ClassVar[str] = "take-turns"
    why: str
    by: str
    each: int = 1

    @classmethod
    def read(cls, line: Reader, why: str, _topics: tuple[str, ...]) -> TakeTurns:
        """Read the step's own keys."""
        return cls(why, line.choice("by", BY), line.whole("each", 1, _MOST_EACH, default=1))

    def canonical(self) -> dict[str, object]:
        """Return the step's keys that are not their defaults."""
        return {"by": self.by} if self.each == 1 else {"by": self.by, "each": self.each}

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads."""
        return (self.by,)

    def arrange(self, incoming: Order, scores: Scores) -> Step:
        """Return the order by rounds."""
        return _TakeTurnsOrder(self, incoming, group_codes(scores.table, self.by))


class _TakeTurnsOrder(Step):
    def __init__(self, step: TakeTurns, incoming: Order, codes: Rows) -> None:
        super().__init__(incoming)
        self._step = step
        self._codes = codes + 1  # all entries without the key form one group, number 0

    def _place_until(self, count: int) -> None:
        """Read as much of the incoming order as the wanted places need: later rows come into later rounds.

        Among the rows read, a place is final when no unread row can come before it: all of the rounds before the
        first one that unread rows can still reach, and that round so far, since unread rows come after in it.
        """
        unread_at_start = np.bincount(self._codes[self.incoming.rows()])
        reach = max(2 * count, 256)
        while True:
            rows = self.incoming.first(reach)
            codes = self._codes[rows]
            rounds = _nth_of_its_kind(codes) // self._step.each
            read = np.bincount(codes, minlength=len(unread_at_start))
            open_groups = read < unread_at_start
            final = len(rows)
            if open_groups.any():
                first_open = int(read[open_groups].min()) // self._step.each
                final = int(np.count_nonzero(rounds <= first_open))
            if final >= count or len(rows) >= self.size:
                self._placed = rows[np.argsort(rounds, kind="stable")][:final].tolist()
                return
            reach *= 4

    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say in which round it stands and, where it had to wait, after which entries of its group."""
        earlier = self.incoming.first(before)
        same = earlier[self._codes[earlier] == self._codes[row]]
        if before > after:
            return Cause("overtook", self.overtaken(before, after), len(same) // self._step.each + 1)
        return Cause("turn", tuple(same[-self._step.each :].tolist()), len(same) // self._step.each + 1)

    def kept(self, final: Rows) -> bool:
        """Tell whether the rounds still follow each other in the final order."""
        rounds = _nth_of_its_kind(self._codes[final]) // self._step.each
        return bool(np.all(np.diff(rounds) >= 0))


def _nth_of_its_kind(codes: Rows) -> Rows:
    """Return for each item how many equal ones stand before it."""
    order = np.argsort(codes, kind="stable")
    grouped = codes[order]
    starts = np.flatnonzero(np.append(True, grouped[1:] != grouped[:-1])[: len(grouped)])
    sizes = np.diff(np.append(starts, len(grouped)))
    numbers = np.empty(len(codes), dtype=np.intp)
    numbers[order] = np.arange(len(codes)) - np.repeat(starts, sizes)
    return numbers
