"""Keeps child processes running: starts them, starts them again when they die, stops them all, and says so.

Each child leads a process group of its own, so that what it leaves behind can be ended with it, and is told by the
kernel when we die.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aggregator.lifeline import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STOP_SECONDS = 9.5
"""From the first request to stop until whoever still runs is killed."""
SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY = 60.0
"""Seconds a child has to live for its next death to count as a first one."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


@dataclass(slots=True)
class Child:
    """One process to keep; `name` is what people call it."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    bereaved: signal.Signals = signal.SIGTERM  # what it gets when we die
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0
    next_start: float = 0.0
    pause: float = field(default=SHORTEST_PAUSE)

    def start(self) -> None:
        """Start it now."""
        parent = os.getpid()
        self.born = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own modules under our own interpreter
            self.command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            # Safe here: this process has one thread.
            preexec_fn=lambda: die_with_parent(parent, self.bereaved),  # noqa: PLW1509  # see the line above
        )

    def reap(self, now: float) -> int | None:
        """Note its death, once, and when it is to be started again; gives its exit code."""
        code = self.process.poll() if self.process else None
        if code is None or self.process is None:
            return None
        self.signal(signal.SIGKILL)  # what it may have left behind
        self.process = None
        if now - self.born >= STEADY:
            self.pause = SHORTEST_PAUSE
        self.next_start = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to it and what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Keeps its children until it is told to stop."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self._children = children
        self._say = say
        self._stopping = False
        self._wake_from, self._wake_to = os.pipe()
        for handle in (self._wake_from, self._wake_to):
            os.set_blocking(handle, False)

    def watch(self) -> None:
        """Listen for signals from now on; a request to stop that comes before `run` is kept for it."""
        signal.set_wakeup_fd(self._wake_to, warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, self._note)

    def run(self) -> None:
        """Keep all children until SIGTERM or SIGINT; starts those that do not run."""
        while not self._stopping:
            self._wait(self._tend())

    def _note(self, number: int, _: object) -> None:
        if number != signal.SIGCHLD:
            self._stopping = True

    def _tend(self) -> float:
        """See after every child; gives the seconds until one is to be started again."""
        now = time.monotonic()
        for child in self._children:
            code = child.reap(now)
            if code is not None and not self._stopping:
                self._say(f"the {child.name} {ended(code)}; it is started again in {child.next_start - now:g} s")
            if child.process is None and now >= child.next_start and not self._stopping:
                child.start()
        pauses = [child.next_start - now for child in self._children if child.process is None]
        return max(0.0, min(pauses, default=LONGEST_PAUSE))

    def _wait(self, seconds: float) -> None:
        ready, _, _ = select.select([self._wake_from], [], [], seconds)
        if ready:
            os.read(self._wake_from, 4096)

    def stop(self) -> None:
        """Stop all children, within ten seconds."""
        self._stopping = True
        for child in self._children:
            if child.process is not None:
                child.process.terminate()  # it ends its own; SIGTERM to the whole group would confuse both
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
                if child.process.poll() is None:
                    self._say(f"the {child.name} did not stop in time and was killed")
                child.signal(signal.SIGKILL)
                child.process.wait()


def ended(code: int) -> str:
    """Say how a process ended."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
