"""A bounded memory shared by the threads of one process: what was used least recently goes first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")


class Recent(Generic[V]):
    """Values by key, at most `size` of what `weigh` says they weigh: bytes, as near as can be told cheaply."""

    def __init__(self, size: int, weigh: Callable[[V], int]) -> None:
        self._size = size
        self._weigh = weigh
        self._held = 0
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> V | None:
        """Return the value kept under `key`."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def keep(self, key: Hashable, value: V) -> None:
        """Keep a value under `key`, and let go of those used least recently; one that is too large is not kept."""
        weight = self._weigh(value)
        with self._lock:
            self._drop(key)
            self._values[key] = (value, weight)
            self._held += weight
            while self._held > self._size:
                self._drop(next(iter(self._values)))

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value kept under `key`, or make it and keep it.

        Two threads may make the same value at once; both are right, and nobody waits for the other.
        """
        value = self.find(key)
        if value is None:
            value = make()
            self.keep(key, value)
        return value

    def __len__(self) -> int:
        return len(self._values)

    def _drop(self, key: Hashable) -> None:
        _, weight = self._values.pop(key, (None, 0))
        self._held -= weight
