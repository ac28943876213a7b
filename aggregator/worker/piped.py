"""A process of ours that answers questions over pipes: started when one is needed, killed when it goes wrong."""

from __future__ import annotations

import fcntl
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from aggregator.queue.frames import frame, read_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_RESULT = 64 * 1024 * 1024
PIPE_BYTES = 1024 * 1024


class PipedProcess:
    """One process of ours behind two pipes; one question at a time."""

    def __init__(self, module: str, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, "-m", module, str(os.getpid()), *arguments]
        # It reads strangers' bytes: it does not get to know our settings, which may hold secrets.
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
        self._process = subprocess.Popen(  # noqa: S603  # our own module under our own interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**theirs, **(environ or {})},
            start_new_session=True,
        )
        assert self._process.stdin is not None  # noqa: S101  # both are pipes, for the type checker
        assert self._process.stdout is not None  # noqa: S101  # both are pipes, for the type checker
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        for handle in (self._to, self._from):
            os.set_blocking(handle, False)
            with suppress(OSError):  # only makes it quicker; an account may have no more pipe memory
                fcntl.fcntl(handle, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it is there."""
        return self._process.poll() is None

    def ask(self, message: bytes, seconds: float) -> bytes:
        """Hand in a job and wait for the answer. Raises TimeoutError, EOFError or OSError: kill it then."""
        deadline = time.monotonic() + seconds
        view = memoryview(frame(message))
        while view:
            self._wait(self._to, select.POLLOUT, deadline)
            view = view[os.write(self._to, view) :]

        return self._answer(deadline)

    def listen(self, seconds: float) -> bytes:
        """Wait for what it says unasked. Raises as `ask` does."""
        return self._answer(time.monotonic() + seconds)

    def _answer(self, deadline: float) -> bytes:
        def read_into(buffer: memoryview) -> int:
            self._wait(self._from, select.POLLIN, deadline)
            return os.readv(self._from, [buffer])

        answer = read_frame(read_into, LARGEST_RESULT)
        if answer is None:
            raise EOFError("the process ended")
        return answer

    def end(self) -> str:
        """Make sure that it is gone and say how it ended, in a word or two."""
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(timeout=1)
            return f"signal {-code}" if code < 0 else f"exit {code}"
        return "no answer"

    def kill(self) -> None:
        """End it now; twice is the same as once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not written yet is not wanted any more
                    pipe.close()

    @staticmethod
    def _wait(handle: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(handle, event)
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError("the process does not answer")
