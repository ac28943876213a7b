"""Asks the running worker over DATA/worker.sock (model.ports.Ask): what a web process or command cannot do itself.

One connection a question; a question and its answer are one msgpack map each, framed by their length.
`{"ask": "refresh" | "image" | "audio" | "transcript" | "chapters" | "discover" | "embed" | "nearest" | "like" | "wake"
| "ping", ...}` is answered by `{"ok": ...}`,
`{"fault": [code, detail, retry_after]}`, `{"busy": [what, retry_after]}` or `{"bad": problem}`.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped]  # it ships no types

from aggregator.errors import BadInputError, BusyError, FetchError
from aggregator.model.candidate import Hit
from aggregator.model.discovery import DiscoveredFeed, Discovery, Tried
from aggregator.model.extras import Chapter
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.ids import EntryId
from aggregator.model.ports import Audio, AudioHead, Image, RefreshReport
from aggregator.model.spoken import Said, Spoken
from aggregator.queue.frames import frame, read_frame, short_path

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from aggregator.model.ids import FeedId
    from aggregator.model.ports import Span

MARGIN = 2.0
"""Seconds the worker gets for answering, on top of what it was asked to wait."""
QUICK = 2.0
STALL_SECONDS = 90.0
"""A sound file that stands still so long has broken off."""
LARGEST_ANSWER = 32 * 1024 * 1024


class WorkerSocket:
    """A client of the worker's Unix socket; holds nothing open, so one may serve all threads."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def refresh(self, feeds: Sequence[FeedId] | None, *, wait: float) -> RefreshReport | None:
        """Fetch these feeds now (None: all), due or not; None where it is not done after `wait` seconds.

        Raises BusyError where no worker answers.
        """
        question = {"ask": "refresh", "feeds": None if feeds is None else list(feeds), "wait": wait}
        report = self._ask(question, wait + MARGIN)
        return None if report is None else RefreshReport(**report)

    def image(self, url: str, *, wait: float) -> Image:
        """Fetch a picture through the outward door. Raises FetchError, BusyError."""
        kind, data = self._ask({"ask": "image", "url": url, "wait": wait}, wait + MARGIN)
        return Image(kind, data)

    def audio(self, url: str, span: Span | None, *, wait: float) -> Audio:
        """Open a sound file through the outward door. Raises FetchError, BusyError.

        After the answer the file follows in frames; an empty one is its end, and without that it broke off.
        """
        asked = [span.first, span.last] if span else None
        with ExitStack() as stack:
            connection = stack.enter_context(self._connected(wait + MARGIN))
            answer = _exchange(connection, {"ask": "audio", "url": url, "span": asked, "wait": wait})
            head = AudioHead(**_answer(answer))
            connection.settimeout(STALL_SECONDS)
            return Audio(head, _parts(connection, stack.pop_all()))
        raise AssertionError  # an ExitStack with nothing in it swallows no error

    def transcript(self, feed_id: FeedId, url: str, told: str, *, wait: float) -> Spoken:
        """Fetch and read a transcript that an entry of this feed names. Raises FetchError, BusyError."""
        question = {"ask": "transcript", "feed": feed_id, "url": url, "told": told, "wait": wait}
        lines, *rest = self._ask(question, wait + MARGIN)
        return Spoken(tuple(Said(*said) for said in lines), *rest)

    def chapters(self, feed_id: FeedId, url: str, *, wait: float) -> tuple[Chapter, ...]:
        """Fetch and read a chapters file that an entry of this feed names. Raises FetchError, BusyError."""
        found = self._ask({"ask": "chapters", "feed": feed_id, "url": url, "wait": wait}, wait + MARGIN)
        return tuple(Chapter(*chapter) for chapter in found)

    def discover(self, address: str, *, wait: float) -> Discovery:
        """Look for feeds at an address. Raises FetchError (TIMEOUT), and BusyError without a worker."""
        found = self._ask({"ask": "discover", "address": address, "wait": wait}, wait + MARGIN)
        return Discovery(
            asked=found["asked"],
            feeds=tuple(DiscoveredFeed(**feed) for feed in found["feeds"]),
            tried=tuple(Tried(tried["address"], _fault(tried["fault"])) for tried in found["tried"]),
        )

    def embed(self, texts: Sequence[str], *, wait: float) -> list[bytes]:
        """Return the vectors of some words, packed as in the store. Raises BusyError without worker or model."""
        vectors: list[bytes] = self._ask({"ask": "embed", "texts": list(texts), "wait": wait}, wait)
        return vectors

    def nearest(self, text: str, count: int, *, wait: float) -> tuple[Hit, ...]:
        """Return the entries nearest in meaning to some words. Raises BusyError without worker or model in time."""
        return _hits(self._ask({"ask": "nearest", "text": text, "count": count, "wait": wait}, wait))

    def like(self, entry_id: EntryId, count: int, *, wait: float) -> tuple[Hit, ...]:
        """Return the entries nearest in meaning to an entry. Raises BusyError without worker or model in time."""
        return _hits(self._ask({"ask": "like", "entry": entry_id, "count": count, "wait": wait}, wait))

    def wake(self) -> None:
        """Tell the worker to look for waiting jobs and due feeds now; quietly does nothing without one."""
        try:
            self._ask({"ask": "wake"}, QUICK)
        except BusyError:
            return

    def ping(self) -> Mapping[str, Any]:
        """Return how the worker is: {"state": "working" | "disk-full", "pid", "clock"}. Raises BusyError."""
        state: dict[str, Any] = self._ask({"ask": "ping"}, QUICK)
        return state

    def _ask(self, question: Mapping[str, object], seconds: float) -> Any:
        with self._connected(seconds) as connection:
            return _answer(_exchange(connection, question))

    @contextmanager
    def _connected(self, seconds: float) -> Iterator[socket.socket]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            try:
                with short_path(self._path) as path:
                    connection.connect(path)
            except OSError as exc:
                raise BusyError("the worker") from exc
            yield connection


def _exchange(connection: socket.socket, question: Mapping[str, object]) -> Any:
    try:
        connection.sendall(frame(msgpack.packb(question)))
        message = read_frame(connection.recv_into, LARGEST_ANSWER)
    except (OSError, EOFError, ValueError) as exc:
        raise BusyError("the worker") from exc
    if message is None:
        raise BusyError("the worker")
    return msgpack.unpackb(message)


def _parts(connection: socket.socket, opened: ExitStack) -> Generator[bytes, None, None]:
    with opened, suppress(OSError, EOFError, ValueError):  # the length that was told shows that it broke off
        while part := read_frame(connection.recv_into, LARGEST_ANSWER):
            yield part


def _fault(told: Mapping[str, Any] | None) -> Fault | None:
    return Fault(FaultCode(told["code"]), told["detail"], told["retry_after"]) if told else None


def _hits(told: Sequence[Sequence[Any]]) -> tuple[Hit, ...]:
    return tuple(Hit(EntryId(entry_id), score) for entry_id, score in told)


def _answer(answer: Mapping[str, Any]) -> Any:
    if "fault" in answer:
        code, detail, retry_after = answer["fault"]
        raise FetchError(Fault(FaultCode(code), detail, retry_after))
    if "busy" in answer:
        raise BusyError(*answer["busy"])
    if "bad" in answer:
        raise BadInputError("question to the worker", answer["bad"])
    return answer["ok"]
