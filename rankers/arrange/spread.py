"""spread: an entry gives way for being like one placed just above it; likeness costs points, here only."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.arrange.groups import group_codes
from rankers.arrange.order import Cause, Order, Step
from rankers.curves import ONE, rounded_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rankers.arrange.order import Rows
    from rankers.candidates import CandidateTable
    from rankers.reading import Reader
    from rankers.score import Scores

BY = ("meaning", "source", "folder", "language")
_DEPTH, _WINDOW = 200, 10
_MOST_POINTS, _DEEPEST, _WIDEST = 1000, 500, 100


@dataclass(frozen=True, slots=True)
class Spread:
    """Likeness to the nearest of the last `window` placed costs an entry up to `points`, when the next is chosen.

    Works on the first `depth` entries; the rest of the order follows unchanged.
    """

    name: ClassVar[str] = "spread"
    why: str
    by: str
    points: int
    depth: int = _DEPTH
    window: int = _WINDOW

    @classmethod
    def read(cls, line: Reader, why: str, _topics: tuple[str, ...]) -> Spread:
        """Read the step's own keys."""
        return cls(
            why,
            line.choice("by", BY),
            line.whole("points", 1, _MOST_POINTS),
            line.whole("depth", 2, _DEEPEST, default=_DEPTH),
            line.whole("window", 1, _WIDEST, default=_WINDOW),
        )

    def canonical(self) -> dict[str, object]:
        """Return the step's keys that are not their defaults."""
        keys: dict[str, object] = {"by": self.by, "points": self.points}
        if self.depth != _DEPTH:
            keys["depth"] = self.depth
        if self.window != _WINDOW:
            keys["window"] = self.window
        return keys

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads."""
        return (self.by,)

    def arrange(self, incoming: Order, scores: Scores) -> Step:
        """Return the order in which likes stand apart."""
        likeness = _Meaning(scores.table) if self.by == "meaning" else _SameKey(group_codes(scores.table, self.by))
        return _SpreadOrder(self, incoming, likeness, scores.totals)


class _SameKey:
    """Likeness is all or nothing: the same source, folder or language."""

    def __init__(self, codes: Rows) -> None:
        self._codes = codes

    def to(self, placed: int, rows: Rows) -> NDArray[np.int64]:
        """Return the likeness of rows to a placed one in millionths; a missing key equals nothing."""
        code = self._codes[placed]
        same = (self._codes[rows] == code) & (code >= 0)
        likeness: NDArray[np.int64] = same.astype(np.int64) * ONE
        return likeness


class _Meaning:
    """Likeness is the cosine of the stored int8 vectors, in integers."""

    def __init__(self, table: CandidateTable) -> None:
        self._vectors = table.vectors

    def to(self, placed: int, rows: Rows) -> NDArray[np.int64]:
        """Return clamp(rd(10^6 * a·b, isqrt(a·a) * isqrt(b·b)), 0, 10^6) for each row; 0 without a vector."""
        result = np.zeros(len(rows), dtype=np.int64)
        vectors = self._vectors
        if vectors is None or not vectors.present[placed]:
            return result
        mine = vectors.values[placed].astype(np.int64)
        others = vectors.values[rows].astype(np.int64)
        products = (others @ mine).tolist()
        squares = np.einsum("ij,ij->i", others, others).tolist()
        own = isqrt(int(mine @ mine))
        for number, (product, square, present) in enumerate(
            zip(products, squares, vectors.present[rows].tolist(), strict=True)
        ):
            lengths = own * isqrt(square)
            if present and lengths and product > 0:
                result[number] = min(rounded_ratio(ONE * product, lengths), ONE)
        return result


class _SpreadOrder(Step):
    def __init__(self, step: Spread, incoming: Order, likeness: _SameKey | _Meaning, totals: NDArray[np.int64]) -> None:
        super().__init__(incoming)
        self._step = step
        self._likeness = likeness
        self._totals = totals
        self._depth = min(step.depth, incoming.size)
        self._deep: Rows = np.empty(0, dtype=np.intp)
        self._likenesses: list[NDArray[np.int64]] = []  # of the last placed to all deep rows
        self._waits: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)

    def _place_until(self, count: int) -> None:
        if not len(self._deep):
            self._deep = self.incoming.first(self._depth)
            self._waits = np.ones(self._depth, dtype=np.bool_)
        while len(self._placed) < min(count, self._depth):
            self._place_one()
        if count > self._depth:
            self._placed[self._depth :] = self.incoming.first(count)[self._depth :].tolist()

    def _place_one(self) -> None:
        worth = self._totals[self._deep]
        if self._likenesses:
            worth = worth - self._step.points * np.max(self._likenesses, axis=0)
        worth = np.where(self._waits, worth, np.iinfo(np.int64).min)
        chosen = int(np.argmax(worth))  # the first of equals: the earlier in the incoming order
        self._waits[chosen] = False
        row = int(self._deep[chosen])
        self._placed.append(row)
        self._likenesses.append(self._likeness.to(row, self._deep))
        del self._likenesses[: -self._step.window]

    def nearest(self, row: int, place: int) -> tuple[int | None, int]:
        """Return the row most like this one among the `window` placed before a place, and the likeness."""
        near = self.first(place)[max(0, place - self._step.window) :]
        one = np.array([row], dtype=np.intp)
        likenesses = [int(self._likeness.to(int(other), one)[0]) for other in near]
        if not likenesses or max(likenesses) == 0:
            return None, 0
        most = likenesses.index(max(likenesses))
        return int(near[most]), likenesses[most]

    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say like which entry it is, and how many micro-points that cost it; or whom it overtook."""
        if before > after:
            return Cause("overtook", self.overtaken(before, after))
        other, likeness = self.nearest(row, before)
        if other is None:
            return Cause("overtaken", ())
        return Cause("like", (other,), self._step.points * likeness)

    def kept(self, final: Rows) -> bool:
        """Tell whether the final order still begins as this step left it."""
        return np.array_equal(self.first(len(final)), final)
