"""shares: groups of entries that are promised their part of the first places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.arrange.order import Cause, Order, Step
from rankers.condition_reading import read_condition
from rankers.curves import ONE

if TYPE_CHECKING:
    from rankers.arrange.order import Rows
    from rankers.candidates import CandidateTable
    from rankers.conditions import Condition
    from rankers.reading import Reader
    from rankers.score import Scores

_DEPTH, _DEEPEST = 30, 500
_SHARE = 200_000
_MOST_GROUPS = 8
_LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class Group:
    """Entries for which `when` holds are promised `at_least` millionths of the places."""

    id: str
    when: Condition
    at_least: int
    why: str

    def canonical(self) -> dict[str, object]:
        """Return the group's keys that are not their defaults."""
        keys: dict[str, object] = {"id": self.id, "when": self.when.canonical(), "why": self.why}
        if self.at_least != _SHARE:
            keys["at_least"] = self.at_least
        return keys


@dataclass(frozen=True, slots=True)
class Shares:
    """For each prefix i <= depth, a group has at least floor(at_least * i) places, or all its members there are."""

    name: ClassVar[str] = "shares"
    why: str
    groups: tuple[Group, ...]
    depth: int = _DEPTH

    @classmethod
    def read(cls, line: Reader, why: str, topics: tuple[str, ...]) -> Shares:
        """Read the step's own keys."""
        depth = line.whole("depth", 1, _DEEPEST, default=_DEPTH)
        tables = line.tables("groups")
        if not 1 <= len(tables) <= _MOST_GROUPS:
            line.problem("groups" if tables else None, f'expected "groups", a list of 1 to {_MOST_GROUPS}')
        groups = []
        for table in tables:
            name = table.text("id", longest=40)
            when = read_condition(table, "when", topics)
            share = table.scaled("at_least", ONE, "a share is counted in millionths", default=_SHARE)
            if not 0 < share <= ONE:
                table.problem("at_least", "expected a share above 0 and up to 1")
            reason = table.text("why", longest=_LONGEST_WHY)
            table.done()
            if name and when and reason:
                groups.append(Group(name, when, share, reason))
        if sum(group.at_least for group in groups) > ONE:
            line.problem("groups", "the shares of all groups add up to more than 1")
        if len({group.id for group in groups}) < len(groups):
            line.problem("groups", "two groups have the same id")
        return cls(why, tuple(groups), depth)

    def canonical(self) -> dict[str, object]:
        """Return the step's keys that are not their defaults."""
        keys: dict[str, object] = {"groups": [group.canonical() for group in self.groups]}
        if self.depth != _DEPTH:
            keys["depth"] = self.depth
        return keys

    def facts(self) -> tuple[str, ...]:
        """Return the facts it reads."""
        return tuple(fact for group in self.groups for fact in group.when.facts())

    def arrange(self, incoming: Order, scores: Scores) -> Step:
        """Return the order in which every group has its share."""
        return _SharesOrder(self, incoming, scores.table)


class _SharesOrder(Step):
    def __init__(self, step: Shares, incoming: Order, table: CandidateTable) -> None:
        super().__init__(incoming)
        self._step = step
        self._groups = range(len(step.groups))
        kinds = np.zeros(len(table), dtype=np.int64)  # a bit for each group an entry is in
        for number, group in enumerate(step.groups):
            kinds |= group.when.match(table).astype(np.int64) << number
        self._kinds = kinds
        members: list[int] = np.bincount(kinds[incoming.rows()], minlength=1 << len(step.groups)).tolist()
        self._members: list[int] = [sum(n for kind, n in enumerate(members) if kind >> g & 1) for g in self._groups]
        self._left = members
        self._depth = min(step.depth, incoming.size)
        self._have = [0] * len(step.groups)
        self._pulled: list[int] = []
        self._queues: dict[int, list[int]] = {}  # kind -> places of the waiting rows, the first one last
        self._gave_way: set[int] = set()

    def need(self, group: int, place: int) -> int:
        """Return how many of the first `place` entries are promised to a group."""
        return min(self._step.groups[group].at_least * place // ONE, self._members[group])

    def _place_until(self, count: int) -> None:
        while len(self._placed) < min(count, self._depth):
            self._place_one()
        if count > len(self._placed):
            placed = set(self._placed[: self._depth])
            rows = self.incoming.first(count).tolist()
            self._placed[self._depth :] = [row for row in rows if row not in placed]

    def _place_one(self) -> None:
        allowed = [kind for kind, left in enumerate(self._left) if left and self._passes(kind)]
        if not allowed:
            self._gave_way.add(len(self._placed))
            allowed = [kind for kind, left in enumerate(self._left) if left]
        while not any(self._queues.get(kind) for kind in allowed):
            self._pull()
        place, kind = min((self._queues[kind][-1], kind) for kind in allowed if self._queues.get(kind))
        self._queues[kind].pop()
        self._left[kind] -= 1
        for group in self._groups:
            self._have[group] += kind >> group & 1
        self._placed.append(self._pulled[place])

    def _passes(self, kind: int) -> bool:
        """Tell whether every later promise can still be kept after an entry of this kind is taken now."""
        have = [self._have[group] + (kind >> group & 1) for group in self._groups]
        now = len(self._placed) + 1
        return all(
            sum(max(0, self.need(group, place) - have[group]) for group in self._groups) <= place - now
            for place in range(now, self._depth + 1)
        )

    def _pull(self) -> None:
        start = len(self._pulled)
        rows = self.incoming.first(max(2 * start, 128))[start:]
        for place, (row, kind) in enumerate(zip(rows.tolist(), self._kinds[rows].tolist(), strict=True), start=start):
            self._pulled.append(row)
            self._queues.setdefault(kind, []).insert(0, place)

    def cause(self, row: int, before: int, after: int) -> Cause:
        """Say for which group's share it was brought forward, or for which it had to wait."""
        if before > after:
            groups = [g.id for n, g in enumerate(self._step.groups) if self._kinds[row] >> n & 1]
            return Cause("share", self.overtaken(before, after), key=groups[0] if groups else "")
        return Cause("overtaken", self.overtakers(before, after))

    def gave_way(self, place: int) -> bool:
        """Tell whether the entry at a place was taken for want of a better one."""
        return place in self._gave_way

    def kept(self, final: Rows) -> bool:
        """Tell whether each prefix of the final order gives every group its share."""
        kinds = self._kinds[final[: self._depth]]
        for group in self._groups:
            have = np.cumsum(kinds >> group & 1).tolist()
            if any(count < self.need(group, place) for place, count in enumerate(have, start=1)):
                return False
        return True
