"""Answers what web processes and commands ask over DATA/worker.sock (the other end: queue/ask.py)."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, astuple
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgpack  # type: ignore[import-untyped]  # it ships no types

from aggregator.errors import BusyError, FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.ids import EntryId, FeedId
from aggregator.model.ports import Span
from aggregator.queue.frames import HEADER, frame, length_of, short_path

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from aggregator.model.discovery import Discovery
    from aggregator.model.extras import Chapter
    from aggregator.model.ports import Image, RefreshReport
    from aggregator.model.spoken import Spoken
    from aggregator.outbound.audio import AudioStream

log = logging.getLogger(__name__)
LARGEST_QUESTION = 1024 * 1024
READ_SECONDS = 5.0
LONGEST_WAIT = 3600.0
MOST_TEXTS = 64
LONGEST_TEXT = 2_000
STALL_SECONDS = 60.0
"""A listener who takes nothing for so long has stopped; the player asks again from where it is."""

Done = TypeVar("Done")


class Answers(Protocol):
    """What the worker can be asked for."""

    async def refresh(self, feeds: Sequence[FeedId] | None) -> RefreshReport:
        """Fetch these feeds now (None: all), due or not."""
        ...

    async def image(self, url: str) -> Image:
        """Fetch a picture. Raises FetchError."""
        ...

    def audio(self, url: str, span: Span | None) -> AbstractAsyncContextManager[AudioStream]:
        """Open a sound file or a part of one. Raises FetchError."""
        ...

    async def transcript(self, feed_id: FeedId, url: str, told: str) -> Spoken:
        """Fetch and read a transcript; `told` is its declared type. Raises FetchError, BusyError."""
        ...

    async def chapters(self, feed_id: FeedId, url: str) -> tuple[Chapter, ...]:
        """Fetch and read a chapters file. Raises FetchError, BusyError."""
        ...

    async def discover(self, address: str) -> Discovery:
        """Look for feeds at an address."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """Return the vectors of some words. Raises BusyError."""
        ...

    async def nearest(self, text: str, count: int) -> list[tuple[int, float]]:
        """Return the entries nearest in meaning to some words. Raises BusyError."""
        ...

    async def like(self, entry_id: EntryId, count: int) -> list[tuple[int, float]]:
        """Return the entries nearest in meaning to an entry; none where it has no vector. Raises BusyError."""
        ...

    def wake(self) -> None:
        """Look for waiting jobs and due feeds now."""
        ...

    def state(self) -> str:
        """Say in a word how the worker is."""
        ...


class AnswerServer:
    """The socket. Of several workers on one data directory one has it; another takes it over when that one is gone."""

    def __init__(self, path: Path, answers: Answers, *, clock: str = "") -> None:
        """Answer on `path`; `clock` is the setting the instance's clock runs by, for commands to run by it too."""
        self._path = path
        self._clock = clock
        self._answers = answers
        self._lock: int | None = None
        self._server: asyncio.Server | None = None
        self._working: set[asyncio.Task[Any]] = set()

    async def open(self) -> bool:
        """Listen, if no other worker does; says whether we do. May be called again and again."""
        if self._server is not None:
            return True
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        # Whoever left this socket behind is dead: we hold its lock.
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            with short_path(self._path) as path:
                self._server = await asyncio.start_unix_server(self._serve, path)
        finally:
            os.umask(before)
        return True

    async def close(self) -> None:
        """Stop listening; questions that are still open get no answer."""
        for task in tuple(self._working):
            task.cancel()
        if self._server is not None:
            self._path.unlink(missing_ok=True)
            self._server.close()
            self._server = None
        await asyncio.gather(*self._working, return_exceptions=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine runs in a task, for the type checker
        self._working.add(task)
        try:
            question = await _question(reader)
            if question.get("ask") == "audio":
                await self._pass_on(question, writer)
            else:
                await _send(writer, await self._answer(question))
        except (OSError, EOFError, TimeoutError):
            pass  # whoever asked went away
        except ValueError as exc:
            with suppress(OSError):
                await _send(writer, {"bad": str(exc)[:200]})
        finally:
            self._working.discard(task)
            writer.close()

    async def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"ok": await self._reply(question)}
        except (FetchError, BusyError) as exc:
            return _told(exc)

    async def _reply(self, question: dict[str, Any]) -> Any:
        match question:
            case {"ask": "refresh", "feeds": None | list() as feeds, "wait": int() | float() as wait}:
                return await self._refresh(feeds, wait)
            case {"ask": "image" | "transcript" | "chapters", "url": str(), "wait": int() | float()}:
                return await self._file(question)
            case {"ask": "discover", "address": str() as address, "wait": int() | float() as wait}:
                return asdict(await _in_time(self._answers.discover(address), wait))
            case {"ask": "embed" | "nearest" | "like", "wait": int() | float() as wait}:
                return await _soon(self._meant(question), wait)
            case {"ask": "wake"}:
                self._answers.wake()
                return None
            case {"ask": "ping"}:
                return {"state": self._answers.state(), "pid": os.getpid(), "clock": self._clock}
        raise ValueError("nobody taught the worker this question")

    async def _file(self, question: dict[str, Any]) -> Any:
        url, wait = question["url"], question["wait"]
        match question:
            case {"ask": "image"}:
                image = await _in_time(self._answers.image(url), wait)
                return [image.type, image.data]
            case {"ask": "transcript", "feed": int() as feed, "told": str() as told}:
                return astuple(await _in_time(self._answers.transcript(FeedId(feed), url, told), wait))
            case {"ask": "chapters", "feed": int() as feed}:
                found = await _in_time(self._answers.chapters(FeedId(feed), url), wait)
                return [astuple(chapter) for chapter in found]
        raise ValueError("nobody taught the worker this question")

    def _meant(self, question: dict[str, Any]) -> Awaitable[Any]:
        match question:
            case {"ask": "embed", "texts": list() as texts}:
                return self._answers.embed(_words(texts))
            case {"ask": "nearest", "text": str() as text, "count": int() as count}:
                return self._answers.nearest(text[:LONGEST_TEXT], count)
            case {"ask": "like", "entry": int() as entry, "count": int() as count}:
                return self._answers.like(EntryId(entry), count)
        raise ValueError("nobody taught the worker this question")

    async def _refresh(self, feeds: list[Any] | None, wait: float) -> dict[str, int] | None:
        if feeds is not None and not all(isinstance(feed, int) for feed in feeds):
            raise ValueError("feeds are numbers")
        wanted = None if feeds is None else tuple(FeedId(feed) for feed in feeds)
        task = asyncio.ensure_future(self._answers.refresh(wanted))
        # It goes on when nobody waits any more: the feeds are leased and somebody wanted them.
        self._working.add(task)
        task.add_done_callback(self._finished)
        done, _ = await asyncio.wait((task,), timeout=min(max(wait, 0.0), LONGEST_WAIT))
        return asdict(task.result()) if done else None

    async def _pass_on(self, question: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        """Answer with the head of a sound file, then hand its parts on at the speed they are taken."""
        match question:
            case {"url": str() as url, "span": None | [int(), int() | None] as told, "wait": int() | float() as wait}:
                span = Span(*told) if told else None
            case _:
                raise ValueError("nobody taught the worker this question")
        # Once it has begun, whatever goes wrong at either end shows to who listens by the end that is missing.
        with suppress(FetchError):
            async with AsyncExitStack() as stack:
                try:
                    audio = await _in_time(stack.enter_async_context(self._answers.audio(url, span)), wait)
                except (FetchError, BusyError) as exc:
                    await _send(writer, _told(exc))
                    return
                await _send(writer, {"ok": asdict(audio.head)})
                async for part in audio.parts():
                    await _write(writer, part)
                await _write(writer, b"")

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._working.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a refresh that was asked for failed: %s", error)


def _told(error: FetchError | BusyError) -> dict[str, Any]:
    if isinstance(error, FetchError):
        return {"fault": [error.fault.code.value, error.fault.detail, error.fault.retry_after]}
    return {"busy": [error.what, error.retry_after]}


async def _send(writer: asyncio.StreamWriter, answer: dict[str, Any]) -> None:
    await _write(writer, msgpack.packb(answer))


async def _write(writer: asyncio.StreamWriter, message: bytes) -> None:
    writer.write(frame(message))
    async with asyncio.timeout(STALL_SECONDS):
        await writer.drain()


async def _in_time(work: Awaitable[Done], wait: float) -> Done:
    try:
        async with asyncio.timeout(min(max(wait, 0.0), LONGEST_WAIT)):
            return await work
    except TimeoutError as exc:
        raise FetchError(Fault(FaultCode.TIMEOUT, f"{wait:g} s")) from exc


async def _soon(work: Awaitable[Done], wait: float) -> Done:
    try:
        async with asyncio.timeout(min(max(wait, 0.0), LONGEST_WAIT)):
            return await work
    except TimeoutError as exc:
        raise BusyError("the model", 1) from exc


def _words(texts: list[Any]) -> list[str]:
    if len(texts) > MOST_TEXTS or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"at most {MOST_TEXTS} texts are read at a time")
    return [text[:LONGEST_TEXT] for text in texts]


async def _question(reader: asyncio.StreamReader) -> dict[str, Any]:
    async with asyncio.timeout(READ_SECONDS):
        length = length_of(await reader.readexactly(HEADER.size), LARGEST_QUESTION)
        message = await reader.readexactly(length)
    question = msgpack.unpackb(message)
    if not isinstance(question, dict):
        raise ValueError("a question is a map")  # noqa: TRY004  # one kind of error for all bad questions
    return question
