"""Ties a process to the one that started it: it gets a signal when that one dies, however it dies."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int | None = None, number: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel for `number` when our parent dies. `parent` is its pid, where it is known.

    Bound to the thread that forked us, not only to its process. Does nothing where the kernel is not Linux:
    there the closed pipe or socket has to tell.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if parent is not None and os.getppid() != parent:  # it died before we could ask
        os.kill(os.getpid(), number)
