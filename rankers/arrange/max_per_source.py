"""max-per-source: among any `window` neighbours at most `limit` of one owner. What waits is never dropped."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.arrange.order import Cause, Order, Step

if TYPE_CHECKING:
    from rankers.arrange.order import Rows
    from rankers.reading import Reader
    from rankers.score import Scores

_WIDEST = 500


@dataclass(frozen=True, slots=True)
class MaxPerSource:
    """At most `limit` of one owner among any `window` neighbours."""

    name: ClassVar[str] = "max-per-source"
    why: str
    limit: int
    window: int

    @classmethod
    def read(cls, line: Reader, why: str, _topics: tuple[str, ...]) -> MaxPerSource:
        """Read the step's own keys."""
        limit = line.whole("limit", 1, _WIDEST - 1)
        window = line.whole("window", 2, _WIDEST)
        if window <= limit:
            line.problem("window", f"expected a window larger than the limit of {limit}, found {window}")
        return cls(why, limit, window)

    def canonical(self) -> dict[str, object]:
        """Return the step's keys."""
        return {"limit": self.limit, "window": self.window}

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads."""
        return ("owner",)

    def arrange(self, incoming: Order, scores: Scores) -> Step:
        """Return the order in which no owner crowds."""
        owners = scores.table.labels.get("owner")
        codes = np.full(len(scores.table), -1) if owners is None else owners.codes.astype(np.intp)
        return _MaxPerSourceOrder(self, incoming, codes)


class _MaxPerSourceOrder(Step):
    """Rows are pulled in pieces and queued by owner; a heap holds the first waiting row of each free owner."""

    def __init__(self, step: MaxPerSource, incoming: Order, codes: Rows) -> None:
        super().__init__(incoming)
        self._step = step
        self._codes = codes
        self._pulled: list[int] = []
        self._waiting: defaultdict[int, deque[int]] = defaultdict(deque)
        self._free: list[tuple[int, int]] = []
        self._recent: deque[int] = deque()
        self._counts: Counter[int] = Counter()
        self._gave_way: set[int] = set()

    def _pull(self, more: int) -> bool:
        """Queue at least `more` further rows; False where there are none."""
        start = len(self._pulled)
        rows = self.incoming.first(start + max(more, start, 64))[start:]
        if not len(rows):
            return False
        codes = self._codes[rows].astype(np.int64)
        alone = codes < 0
        codes[alone] = -1 - rows[alone]  # without an owner: an owner of its own
        self._pulled.extend(rows.tolist())
        for place, owner in enumerate(codes.tolist(), start=start):
            queue = self._waiting[owner]
            queue.append(place)
            if len(queue) == 1 and self._counts[owner] < self._step.limit:
                heappush(self._free, (place, owner))
        return True

    def _place_until(self, count: int) -> None:
        while len(self._placed) < count:
            if not self._free and self._pull(count):
                continue
            if self._free:
                place, owner = heappop(self._free)
            else:
                blocked = [owner for owner in dict.fromkeys(self._recent) if self._waiting[owner]]
                place, owner = min((self._waiting[owner][0], owner) for owner in blocked)
                self._gave_way.add(len(self._placed))
            self._waiting[owner].popleft()
            self._placed.append(self._pulled[place])
            self._slide(owner)

    def _slide(self, owner: int) -> None:
        """Move the window on by one place; an owner that leaves it may be free again."""
        leaving = owner
        limit = self._step.limit
        self._recent.append(owner)
        self._counts[owner] += 1
        if len(self._recent) == self._step.window:
            leaving = self._recent.popleft()
            self._counts[leaving] -= 1
        if self._counts[owner] < limit and self._waiting[owner]:
            heappush(self._free, (self._waiting[owner][0], owner))
        if leaving != owner and self._counts[leaving] == limit - 1 and self._waiting[leaving]:
            heappush(self._free, (self._waiting[leaving][0], leaving))

    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say which entries of its owner stood in the way, or whom it overtook."""
        if before > after:
            return Cause("overtook", self.overtaken(before, after))
        owner = self._codes[row]
        for place in range(after - 1, before - 1, -1):
            near = self.first(place)[max(0, place - self._step.window + 1) :]
            blockers = near[self._codes[near] == owner]
            if owner >= 0 and len(blockers) >= self._step.limit:
                return Cause("limit", tuple(blockers.tolist()), self._step.limit)
        return Cause("limit", (), self._step.limit)

    def gave_way(self, place: int) -> bool:
        """Tell whether the entry at a place was taken for want of a better one."""
        return place in self._gave_way

    def kept(self, final: Rows) -> bool:
        """Tell whether the limit holds among the first places of the final order."""
        recent: deque[int] = deque(maxlen=self._step.window)
        for owner in self._codes[final].tolist():
            recent.append(owner)
            if owner >= 0 and recent.count(owner) > self._step.limit:
                return False
        return True
