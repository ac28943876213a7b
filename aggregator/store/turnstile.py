"""The turnstile: one writer of a SQLite database at a time, in turn, over all processes and threads.

SQLite alone lets whoever asks often overtake whoever waits: without this a member's mark waits seconds during a
fetch. A writer takes the queue lock, then the turn, and gives the queue up once it has the turn. A busy writer that
comes again finds the queue held by whoever waits, so it cannot overtake.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aggregator.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHORTEST_NAP = 0.0005  # s
LONGEST_NAP = 0.004  # s: what a writer may lose after its turn has come


class Turnstile:
    """Locks on two files beside each other; a killed process lets go of both."""

    def __init__(self, path: Path, *, patience: float) -> None:
        """Use the files `path` and `path`.queue; wait at most `patience` seconds."""
        self._turn = os.fspath(path)
        self._queue = os.fspath(path) + ".queue"
        self._patience = patience

    @contextmanager
    def pass_through(self) -> Iterator[None]:
        """Hold the turn while the body runs. Raises BusyError where it is not had in time."""
        deadline = time.monotonic() + self._patience
        turn = _open(self._turn)
        try:
            queue = _open(self._queue)
            try:
                _lock(queue, deadline)
                _lock(turn, deadline)
            finally:
                os.close(queue)
            yield
        finally:
            os.close(turn)  # closing the only descriptor of an open file unlocks it


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(descriptor: int, deadline: float) -> None:
    nap = SHORTEST_NAP
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise BusyError("the database") from None
            time.sleep(nap)
            nap = min(nap * 2, LONGEST_NAP)
        else:
            return
