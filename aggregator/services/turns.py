"""Turns: dear work that somebody asks for again and again, one at a time for each, a few at a time for all."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from aggregator.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

MOST_AT_ONCE = 2
"""Of one process: the other threads go on serving pages."""


class Turns:
    """Who is at it now, in the threads of one process."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._at_it: set[Hashable] = set()
        self._lock = Lock()

    @contextmanager
    def take(self, who: Hashable) -> Iterator[None]:
        """Work while nobody else's turn is hurt. Raises BusyError where `who` is at it already, or too many are."""
        with self._lock:
            if who in self._at_it or len(self._at_it) >= self._most:
                raise BusyError("trying rules", retry_after=1)
            self._at_it.add(who)
        try:
            yield
        finally:
            with self._lock:
                self._at_it.discard(who)
