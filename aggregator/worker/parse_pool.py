"""A few processes that read documents, started when one is needed, killed and replaced when it goes wrong."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self, TypeVar

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.spoken import Spoken
from aggregator.sources.chapters import FoundChapters
from aggregator.sources.discovery import FoundFeeds
from aggregator.sources.fediverse.inbox import Activity
from aggregator.sources.fediverse.outbox import Looked, OutboxRead
from aggregator.sources.fulltext import FullText
from aggregator.sources.job import ParsedDocument
from aggregator.sources.mail import Letter
from aggregator.sources.wire import from_message, to_message
from aggregator.worker.piped import PipedProcess

if TYPE_CHECKING:
    from types import TracebackType

    from aggregator.sources.chapters import ChaptersJob
    from aggregator.sources.discovery import PageJob
    from aggregator.sources.fediverse.inbox import ActivityJob
    from aggregator.sources.fediverse.outbox import LookJob, OutboxJob
    from aggregator.sources.fulltext import TextJob
    from aggregator.sources.job import ParseJob
    from aggregator.sources.mail import MailJob
    from aggregator.sources.transcript import TranscriptJob
    from aggregator.sources.wire import Message

    Job = ParseJob | PageJob | TextJob | TranscriptJob | ChaptersJob | MailJob | LookJob | OutboxJob | ActivityJob

CPU_SECONDS = 5
WALL_SECONDS = 20.0
"""For a process that hangs without working; one that works too much is stopped by CPU_SECONDS."""
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
        self._idle: list[PipedProcess] = []
        self._all: set[PipedProcess] = set()
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

    async def read_transcript(self, job: TranscriptJob) -> Spoken:
        """Read a transcript. Raises FetchError as `read` does."""
        return await self._done(job, Spoken)

    async def read_chapters(self, job: ChaptersJob) -> FoundChapters:
        """Read a chapters file. Raises FetchError as `read` does."""
        return await self._done(job, FoundChapters)

    async def read_letter(self, job: MailJob) -> Letter:
        """Read a letter. Raises FetchError as `read` does."""
        return await self._done(job, Letter)

    async def look(self, job: LookJob) -> Looked:
        """Say what a document of the fediverse is. Raises FetchError as `read` does."""
        return await self._done(job, Looked)

    async def read_outbox(self, job: OutboxJob) -> OutboxRead:
        """Read what was fetched of an actor. Raises FetchError as `read` does."""
        return await self._done(job, OutboxRead)

    async def read_activity(self, job: ActivityJob) -> Activity:
        """Read what came to the inbox. Raises FetchError as `read` does."""
        return await self._done(job, Activity)

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

    def _take(self) -> PipedProcess | None:
        with self._lock:
            if self._closed:
                return None
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.kill()  # somebody ended it while it had nothing to do
                self._all.discard(process)
            process = PipedProcess(MODULE, str(self._memory_mib), str(self._cpu_seconds))
            self._all.add(process)
            return process

    def _drop(self, process: PipedProcess) -> None:
        process.kill()
        with self._lock:
            self._all.discard(process)
