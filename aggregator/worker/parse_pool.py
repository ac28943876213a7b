"""A few processes that read documents, started when one is needed, killed and replaced when it goes wrong."""

from __future__ import annotations

import asyncio
import fcntl
import os
import select
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TypeVar

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.queue.frames import frame, read_frame
from aggregator.sources.discovery import FoundFeeds
from aggregator.sources.fulltext import FullText
from aggregator.sources.job import ParsedDocument
from aggregator.sources.mail import Letter
from aggregator.sources.wire import from_message, to_message

if TYPE_CHECKING:
    from types import TracebackType

    from aggregator.sources.discovery import PageJob
    from aggregator.sources.fulltext import TextJob
    from aggregator.sources.job import ParseJob
    from aggregator.sources.mail import MailJob
    from aggregator.sources.wire import Message

    Job = ParseJob | PageJob | TextJob | MailJob

CPU_SECONDS = 5
WALL_SECONDS = 20.0
"""For a process that hangs without working; one that works too much is stopped by CPU_SECONDS."""
LARGEST_RESULT = 64 * 1024 * 1024
PIPE_BYTES = 1024 * 1024
MODULE = "aggregator.worker.parse_process"

Result = TypeVar("Result")


class ParsePool:
    """Reads documents in processes of its own; `async with` ends them all.

    Each process is spoken to by one thread, which waits for it, unpacks what it says, and kills it in time.
    """

    def __init__(
        self,
        *,
        processes: int,
        memory_mib: int,
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self._memory_mib = memory_mib
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="parse")
        self._lock = threading.Lock()
        self._idle: list[ParseProcess] = []
        self._all: set[ParseProcess] = set()
        self._closed = False

    async def read(self, job: ParseJob) -> ParsedDocument:
        """Read a document. Raises FetchError, with the fault PARSER_LIMIT where it took too much."""
        return await self._done(job, ParsedDocument)

    async def find_feeds(self, job: PageJob) -> FoundFeeds:
        """Look a document through for feeds. Raises FetchError as `read` does."""
        return await self._done(job, FoundFeeds)

    async def find_text(self, job: TextJob) -> FullText:
        """Take the text out of a page. Raises FetchError as `read` does."""
        return await self._done(job, FullText)

    async def read_letter(self, job: MailJob) -> Letter:
        """Read a letter. Raises FetchError as `read` does."""
        return await self._done(job, Letter)

    def pids(self) -> tuple[int, ...]:
        """Return the processes that are there now."""
        with self._lock:
            return tuple(process.pid for process in self._all)

    def close(self) -> None:
        """End all processes at once, whatever they are doing."""
        with self._lock:
            self._closed = True
            doomed = tuple(self._all)
        for process in doomed:
            process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _done(self, job: Job, kind: type[Result]) -> Result:
        result = await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, job)
        if isinstance(result, Fault):
            raise FetchError(result)
        if not isinstance(result, kind):
            raise FetchError(Fault(FaultCode.PARSER_LIMIT, "no answer"))
        return result

    def _ask(self, job: Job) -> Message:
        process = self._take()
        if process is None:
            return Fault(FaultCode.PARSER_LIMIT, "stopped")
        try:
            answer = process.ask(to_message(job), self._wall_seconds)
            result: Message = from_message(answer)
        except (OSError, EOFError, ValueError) as exc:
            result = Fault(FaultCode.PARSER_LIMIT, "time" if isinstance(exc, TimeoutError) else process.end())
        if isinstance(result, Fault) and result.code is FaultCode.PARSER_LIMIT:
            self._drop(process)
        else:
            with self._lock:
                self._idle.append(process)
        return result

    def _take(self) -> ParseProcess | None:
        with self._lock:
            if self._closed:
                return None
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.kill()  # somebody ended it while it had nothing to do
                self._all.discard(process)
            process = ParseProcess(self._memory_mib, self._cpu_seconds)
            self._all.add(process)
            return process

    def _drop(self, process: ParseProcess) -> None:
        process.kill()
        with self._lock:
            self._all.discard(process)


class ParseProcess:
    """One process; one job at a time."""

    def __init__(self, memory_mib: int, cpu_seconds: int) -> None:
        command = [sys.executable, "-m", MODULE, str(os.getpid()), str(memory_mib), str(cpu_seconds)]
        # It reads strangers' bytes: it does not get to know our settings, which may hold secrets.
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
        self._process = subprocess.Popen(  # noqa: S603  # our own module under our own interpreter
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, start_new_session=True
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

        def read_into(buffer: memoryview) -> int:
            self._wait(self._from, select.POLLIN, deadline)
            return os.readv(self._from, [buffer])

        answer = read_frame(read_into, LARGEST_RESULT)
        if answer is None:
            raise EOFError("the parse process ended")
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
            raise TimeoutError("the parse process does not answer")
