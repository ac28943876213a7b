"""Orders that are worked out only as far as somebody reads them.

The base is by points; each arrange step is an order over the one before it. A page of 50 pulls a little more than 50
from the step below, which pulls a little more from its own: no step sorts what nobody will see.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Rows = NDArray[np.intp]
    Takes = tuple[tuple[int, int], ...]

_FIRST_PULL = 512
_ROOM = 1 << 62
_MOST_LISTED = 4096  # a dict of more rows would cost more than it saves
_MOST_NAMED = 10  # a move names no more entries than a person would read


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a step put an entry elsewhere.

    reason: one of limit, gave-way, overtook, overtaken, story, turn, like, share, pick, or a plug-in step's own word.
    rows: the entries that blocked it, that it overtook, or that it is like. amount: the reason's number
    (round, place of the pick, micro-points for likeness). key: the reason's name (a group's id), or "".
    """

    reason: str
    rows: tuple[int, ...] = ()
    amount: int = 0
    key: str = ""


class Order(ABC):
    """Rows in an order, each once."""

    _looked_at: Rows | None = None
    _places: Mapping[int, int]

    @property
    @abstractmethod
    def size(self) -> int:
        """Return how many rows there are in all."""

    @abstractmethod
    def first(self, count: int) -> Rows:
        """Return the first `count` rows, fewer where there are no more."""

    @abstractmethod
    def rows(self) -> Rows:
        """Return all rows, in no order."""

    @abstractmethod
    def holding(self, rows: Rows) -> Rows:
        """Return those of a few rows that are in this order."""

    @property
    @abstractmethod
    def so_far(self) -> Rows:
        """Return the rows whose places are known already, from the top."""

    def place(self, row: int, *, within: int | None = None) -> int | None:
        """Return the place of a row, counted from 0; None where it is not in this order.

        An order that must place its rows one by one looks no further than `within` places, where that is given.
        """
        end = self.size if within is None else min(within, self.size)
        seen = self.so_far
        while True:
            found = self._place_in(seen, row)
            if found is not None:
                return found
            if len(seen) >= end:
                return None
            seen = self.first(min(max(4 * len(seen), _FIRST_PULL), end))

    def _place_in(self, seen: Rows, row: int) -> int | None:
        """Return the place of a row among those known; a page asks for the places of the same few again and again."""
        if len(seen) > _MOST_LISTED:
            found = np.flatnonzero(seen == row)
            return int(found[0]) if found.size else None
        if seen is not self._looked_at:
            self._looked_at = seen
            self._places = {row: place for place, row in enumerate(seen.tolist())}
        return self._places.get(row)


class BaseOrder(Order):
    """By total, then newer first, then uid: sorted by pieces, from the top."""

    def __init__(
        self, rows: Rows, totals: NDArray[np.int64], times: NDArray[np.int64], uids: NDArray[np.uint64]
    ) -> None:
        self._rows = rows  # ascending
        self._uids = uids  # of all rows of the table
        self.keys = _keys(totals[rows], times[rows])
        self._sorted = rows[:0]

    @property
    def size(self) -> int:
        """Return how many rows there are in all."""
        return len(self._rows)

    def rows(self) -> Rows:
        """Return all rows, in no order."""
        return self._rows

    def holding(self, rows: Rows) -> Rows:
        """Return those of a few rows that are in this order."""
        return rows[[self._index(row) is not None for row in rows.tolist()]]

    def first(self, count: int) -> Rows:
        """Return the first `count` rows; sorts at least twice as many as it ever did."""
        if count > len(self._sorted) and len(self._sorted) < self.size:
            self._sort(max(count, 2 * len(self._sorted), _FIRST_PULL))
        return self._sorted[:count]

    @property
    def so_far(self) -> Rows:
        """Return the rows that are sorted already, from the top."""
        return self._sorted

    def place(self, row: int, *, within: int | None = None) -> int | None:  # noqa: ARG002  # counting is cheap
        """Return the place of a row: looked up where it is sorted already, else counted."""
        known = self._place_in(self._sorted, row)
        return self.count_before(row, None) if known is None else known

    def count_before(self, row: int, counted: NDArray[np.bool_] | None) -> int | None:
        """Count the rows that stand before a row, those of `counted` where it is given (a bit for each of `rows()`).

        None where the row is not in this order.
        """
        index = self._index(row)
        if index is None:
            return None
        key, mine = self.keys[index], self._uid(row)
        before = self.keys < key
        equal = np.flatnonzero(self.keys == key)
        before[equal] = [self._uid(other) < mine for other in self._rows[equal].tolist()]
        return int(np.count_nonzero(before if counted is None else before & counted))

    def _index(self, row: int) -> int | None:
        index = int(np.searchsorted(self._rows, row))
        return index if index < len(self._rows) and self._rows[index] == row else None

    def _uid(self, row: int) -> tuple[int, int]:
        high, low = self._uids[row].tolist()
        return high, low

    def _sort(self, count: int) -> None:
        if count * 4 >= self.size:
            chosen = np.arange(self.size)
        else:
            bound = np.partition(self.keys, count - 1)[count - 1]
            chosen = np.flatnonzero(self.keys <= bound)
        keys = self.keys[chosen]
        order = np.argsort(keys)
        chosen, keys = chosen[order], keys[order]
        same = keys[1:] == keys[:-1]
        if same.any():
            tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
            uids = self._uids[self._rows[chosen[tied]]]
            chosen[tied] = chosen[tied][np.lexsort((uids[:, 1], uids[:, 0], keys[tied]))]
        self._sorted = self._rows[chosen]


class Step(Order):
    """An order made by a step from the one before it: subclasses fill `_placed` as far as asked.

    incoming: what the step moves, without what it folds.
    """

    def __init__(self, incoming: Order) -> None:
        self.incoming = incoming
        self._placed: list[int] = []
        self._array: Rows = np.empty(0, dtype=np.intp)

    @property
    def size(self) -> int:
        """Return how many rows there are in all; a step reorders and never withholds."""
        return self.incoming.size

    def rows(self) -> Rows:
        """Return all rows, in no order."""
        return self.incoming.rows()

    def holding(self, rows: Rows) -> Rows:
        """Return those of a few rows that are in this order."""
        return self.incoming.holding(rows)

    @property
    def so_far(self) -> Rows:
        """Return the rows that are placed already, from the top."""
        return self._array

    def first(self, count: int) -> Rows:
        """Return the first `count` rows, placing as many as that needs."""
        wanted = min(count, self.size)
        if wanted > len(self._placed):
            self._place_until(wanted)
        if wanted > len(self._array):
            self._array = np.array(self._placed, dtype=np.intp)
        return self._array[:count]

    @abstractmethod
    def _place_until(self, count: int) -> None:
        """Extend `_placed` to at least `count` rows."""

    @abstractmethod
    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say why a row that stood at place `before` stands at `after`, both from 0."""

    def far_cause(self, row: int) -> Cause:  # noqa: ARG002  # for subclasses
        """Say why a row came from so far down that its place there was not looked for."""
        return Cause("overtook")

    def gave_way(self, place: int) -> bool:  # noqa: ARG002  # for subclasses
        """Tell whether the step could not keep its promise at a place, because nothing better was waiting."""
        return False

    @abstractmethod
    def kept(self, final: Rows) -> bool:
        """Tell whether the step's promise holds in the first places of the final order."""

    def folded(self) -> Rows:
        """Return the rows that the step folded under others."""
        return np.empty(0, dtype=np.intp)

    def lead(self, row: int) -> int | None:  # noqa: ARG002  # most steps fold nothing
        """Return the row under which the step folded one; None where it did not."""
        return None

    def overtaken(self, before: int, after: int) -> tuple[int, ...]:
        """Return the first rows that stood before place `before` and now stand after place `after`."""
        return _without(self.incoming.first(before), self.first(after))

    def overtakers(self, before: int, after: int) -> tuple[int, ...]:
        """Return the first rows that stood after place `before` and now stand before place `after`."""
        return _without(self.first(after), self.incoming.first(before))


def _without(rows: Rows, others: Rows) -> tuple[int, ...]:
    there = set(others.tolist())
    # Of so many rows, as many as a move names are not among the others, if there are as many.
    return tuple([row for row in rows[: len(there) + _MOST_NAMED].tolist() if row not in there][:_MOST_NAMED])


def mask_of(rows: Rows, size: int) -> NDArray[np.bool_]:
    """Return a bit per row of the table, set for these rows."""
    mask = np.zeros(size, dtype=np.bool_)
    mask[rows] = True
    return mask


class Replayed(Step):
    """An order made from the recorded takes of a step whose facts are gone, as ranking-semantics 6 replays them."""

    def __init__(self, incoming: Order, takes: Takes) -> None:
        super().__init__(incoming)
        self._jumps = dict(takes)
        self._taken: list[int] = []  # places of the incoming order, ascending

    def _place_until(self, count: int) -> None:
        while len(self._placed) < count:
            here = self._jumps.get(len(self._placed), 0)
            for place in self._taken:
                here += place <= here
            row = self.incoming.first(here + 1)[here]
            insort(self._taken, here)
            self._placed.append(int(row))

    def cause(self, row: int, before: int, after: int) -> Cause:  # noqa: ARG002  # nothing more is known
        """Say whether it overtook or was overtaken; the reason is gone with the facts."""
        return Cause("overtook" if before > after else "overtaken")

    def kept(self, final: Rows) -> bool:
        """Tell whether the final order still begins as this step left it."""
        return np.array_equal(self.first(len(final)), final)


def takes_of(step: Step, places: int) -> tuple[Takes, int]:
    """Return a step's pairs (p, j), j > 0, over its first places, and how many incoming places they reach.

    At place p the j-th of those still waiting was taken, both counted from 0.
    """
    placed = step.first(places).tolist()
    came_from: dict[int, int] = {}
    count = places
    while len(came_from) < len(placed):
        incoming = step.incoming.first(count).tolist()
        wanted = set(placed)
        came_from = {row: place for place, row in enumerate(incoming) if row in wanted}
        count *= 2
    gone: list[int] = []  # the incoming places already taken, ascending
    takes = []
    for place, row in enumerate(placed):
        jump = came_from[row] - bisect(gone, came_from[row])
        insort(gone, came_from[row])
        if jump:
            takes.append((place, jump))
    return tuple(takes), max([len(placed), *(place + jump + 1 for place, jump in takes)])


def _keys(totals: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number a row, smaller for what stands higher: total descending, then newer first."""
    if not len(totals):
        return totals
    behind: NDArray[np.int64] = totals.max() - totals
    older: NDArray[np.int64] = times.max() - times
    span = int(older.max()) + 1
    if (int(behind.max()) + 1) * span >= _ROOM:  # times far apart: their rank does as well as their distance
        behind = np.unique(behind, return_inverse=True)[1]
        older = np.unique(older, return_inverse=True)[1]
        span = int(older.max()) + 1
    behind *= span
    behind += older
    return behind
