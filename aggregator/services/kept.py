"""What is dear to make and asked for again: made once, kept for half an hour and up to a weight."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sized

K = TypeVar("K", bound="Hashable")
V = TypeVar("V", bound="Sized")

KEPT_FOR = 30 * 60
"""Seconds a snapshot stays reachable by its `at` (ranking-semantics 1)."""
MOST_ROWS = 200_000
"""Candidates kept in all, at about 130 bytes each. What is dropped early is ranked again from the columns."""


@dataclass(slots=True)
class _Slot(Generic[V]):
    """A value that is there or being made. `rows` is what it weighs, 0 until it is there."""

    future: Future[V]
    asked: float
    rows: int = 0


class Kept(Generic[K, V]):
    """Values by key for the threads of one process, at most `most_rows` rows in all as `len` counts them.

    Whoever asks for a value that another thread is making waits for it, so that nothing is made twice.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._slots: OrderedDict[K, _Slot[V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V], *, now: float) -> V:
        """Return what is kept under `key`, or make it. What `make` raises goes to all who waited for it."""
        with self._lock:
            slot = self._slots.get(key)
            mine = slot is None
            if slot is None:
                slot = self._slots[key] = _Slot(Future(), now)
            slot.asked = max(slot.asked, now)
            self._slots.move_to_end(key)
        if mine:
            self._fill(key, slot, make)
            self._drop(now)
        return slot.future.result()

    def find(self, fits: Callable[[K], bool]) -> K | None:
        """Return the key asked for last of those that fit."""
        with self._lock:
            return next((key for key in reversed(self._slots) if fits(key)), None)

    def __len__(self) -> int:
        return len(self._slots)

    def _fill(self, key: K, slot: _Slot[V], make: Callable[[], V]) -> None:
        try:
            value = make()
        except BaseException as exc:
            with self._lock:
                self._slots.pop(key, None)
            slot.future.set_exception(exc)
            raise
        slot.rows = len(value)
        slot.future.set_result(value)

    def _drop(self, now: float) -> None:
        """Drop what nobody asked for in KEPT_FOR, then what was asked for longest ago, but never the last."""
        with self._lock:
            for key in [key for key, slot in self._slots.items() if now - slot.asked > KEPT_FOR]:
                del self._slots[key]
            rows = sum(slot.rows for slot in self._slots.values())
            while rows > self._most_rows and len(self._slots) > 1:
                rows -= self._slots.popitem(last=False)[1].rows
