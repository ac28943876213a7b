"""Rankings kept for those who ask next: the same list, rule, tick and data version are ranked once."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.model.ids import ListId

V = TypeVar("V")

KEPT_FOR = 30 * 60
"""Seconds a snapshot stays reachable by its `at` (ranking-semantics 1)."""
MOST_ROWS = 400_000
"""Candidates kept in all, at about 100 bytes each. What is dropped early is ranked again from the columns."""


@dataclass(frozen=True, slots=True)
class RankingKey:
    """What decides a ranking: `at` in seconds, `data_version` of the columns, `facts_version` of the database."""

    list_id: ListId
    rule_hash: str
    at: int
    data_version: int
    facts_version: int


@dataclass(slots=True)
class _Slot(Generic[V]):
    """A value that is there or being made. `rows` is what it weighs, 0 until it is there."""

    future: Future[V]
    asked: float
    rows: int = 0


class Kept(Generic[V]):
    """Values by RankingKey for the threads of one process: at most MOST_ROWS rows, none older than KEPT_FOR.

    Whoever asks for a value that another thread is making waits for it, so that nothing is made twice.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._slots: OrderedDict[RankingKey, _Slot[V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: RankingKey, make: Callable[[], V], weigh: Callable[[V], int], *, now: float) -> V:
        """Return what is kept under `key`, or make it. What `make` raises goes to all who waited for it."""
        with self._lock:
            slot = self._slots.get(key)
            mine = slot is None
            if slot is None:
                slot = self._slots[key] = _Slot(Future(), now)
            slot.asked = max(slot.asked, now)
            self._slots.move_to_end(key)
        if mine:
            self._fill(key, slot, make, weigh)
            self._drop(now)
        return slot.future.result()

    def find_pinned(self, list_id: ListId, rule_hash: str, at: int, data_version: int | None) -> RankingKey | None:
        """Return the key of a kept snapshot, the last made where `data_version` is not known."""
        with self._lock:
            for key in reversed(self._slots):
                if (key.list_id, key.rule_hash, key.at) == (list_id, rule_hash, at) and (
                    data_version is None or key.data_version == data_version
                ):
                    return key
        return None

    def __len__(self) -> int:
        return len(self._slots)

    def _fill(self, key: RankingKey, slot: _Slot[V], make: Callable[[], V], weigh: Callable[[V], int]) -> None:
        try:
            value = make()
        except BaseException as exc:
            with self._lock:
                self._slots.pop(key, None)
            slot.future.set_exception(exc)
            raise
        slot.rows = weigh(value)
        slot.future.set_result(value)

    def _drop(self, now: float) -> None:
        """Drop what nobody asked for in KEPT_FOR, then what was asked for longest ago, but never the last."""
        with self._lock:
            for key in [key for key, slot in self._slots.items() if now - slot.asked > KEPT_FOR]:
                del self._slots[key]
            rows = sum(slot.rows for slot in self._slots.values())
            while rows > self._most_rows and len(self._slots) > 1:
                rows -= self._slots.popitem(last=False)[1].rows
