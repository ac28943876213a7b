"""The process that reads documents: strangers' bytes meet parsers here, under limits, and nowhere else.

`python -m aggregator.worker.parse_process PARENT MEMORY_MIB CPU_SECONDS` reads framed messages (sources/wire.py)
from standard input, writes one answer each to standard output, and ends when the input ends.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.errors import FetchError
from aggregator.lifeline import die_with_parent
from aggregator.model.fault import Fault, FaultCode
from aggregator.queue.frames import frame, read_frame
from aggregator.sources.chapters import ChaptersJob, read_chapters
from aggregator.sources.discovery import PageJob, find_feeds
from aggregator.sources.document import read_document
from aggregator.sources.fediverse.inbox import ActivityJob, read_activity
from aggregator.sources.fediverse.outbox import LookJob, OutboxJob, look, read_outbox
from aggregator.sources.fulltext import TextJob, find_text
from aggregator.sources.job import ParseJob
from aggregator.sources.mail import MailJob, read_letter
from aggregator.sources.transcript import TranscriptJob, read_transcript
from aggregator.sources.wire import from_message, to_message
from aggregator.worker.heap import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.sources.wire import Message

log = logging.getLogger(__name__)
MIB = 1024 * 1024
STDIN, STDOUT, STDERR = 0, 1, 2
MOST_LEFT = 2_000
"""Young objects a document may leave behind; one that is well-formed leaves none."""


def main(arguments: list[str]) -> None:
    """Answer jobs until the input ends or the memory is used up."""
    parent, memory_mib, cpu_seconds = map(int, arguments)
    die_with_parent(parent)
    # A library that prints must not write into our answers.
    answers = os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(memory_mib)
    settle()
    while (message := read_frame(lambda buffer: os.readv(STDIN, [buffer]))) is not None:
        _limit_cpu(cpu_seconds)
        answer = _answer(message)
        _write(answers, frame(to_message(answer)))
        if gc.get_count()[0] > MOST_LEFT:
            gc.collect(0)  # feedparser's cycles, which would wait for hundreds of documents of its kind
        if isinstance(answer, Fault) and answer.code is FaultCode.PARSER_LIMIT:
            return  # what the heap looks like now is nobody's wish: a new process takes the next job


def _answer(message: bytes) -> Message:
    try:
        return _done(from_message(message))
    except FetchError as exc:
        return exc.fault
    except (MemoryError, RecursionError) as exc:
        return Fault(FaultCode.PARSER_LIMIT, "memory" if isinstance(exc, MemoryError) else "depth")
    except Exception as exc:  # the feed is marked as broken and the next ones are read
        log.exception("a document could not be read")
        return Fault(FaultCode.BROKEN, type(exc).__name__)


_WORK: dict[type, Callable[[Any], Message]] = {
    ParseJob: read_document,
    PageJob: find_feeds,
    TextJob: find_text,
    TranscriptJob: read_transcript,
    ChaptersJob: read_chapters,
    MailJob: read_letter,
    LookJob: look,
    OutboxJob: read_outbox,
    ActivityJob: read_activity,
}


def _done(job: Message) -> Message:
    work = _WORK.get(type(job))
    if work is None:
        raise TypeError(f"{type(job).__name__} is no job")
    return work(job)


def _limit_memory(mib: int) -> None:
    """Let documents take so much on top of what the libraries took when they were loaded."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + mib * MIB
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _limit_cpu(seconds: int) -> None:
    """Let the next job take so many seconds at most; the kernel kills us when they are used up."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def _write(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


if __name__ == "__main__":
    main(sys.argv[1:])
