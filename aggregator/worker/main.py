"""The worker: fetches what is due, runs imports, answers what web processes ask. One process, one event loop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError, StorageFullError
from aggregator.queue.inprocess import Ticker
from aggregator.wiring import open_desk
from aggregator.worker.alerts import Alerts
from aggregator.worker.answer import AnswerServer
from aggregator.worker.beside import Beside
from aggregator.worker.bundles import Bundles
from aggregator.worker.discovering import discover
from aggregator.worker.editions import Editions
from aggregator.worker.fetch_loop import steady_seconds
from aggregator.worker.heap import settle
from aggregator.worker.imports import Imports
from aggregator.worker.ledgers import Ledgers
from aggregator.worker.letters import LetterBox
from aggregator.worker.meaning import Meaning
from aggregator.worker.replays import Replays
from aggregator.worker.retention import Retention
from aggregator.worker.staff import open_staff
from aggregator.worker.wordlist import WordList

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from contextlib import AbstractAsyncContextManager

    from aggregator.model.discovery import Discovery
    from aggregator.model.extras import Chapter
    from aggregator.model.ids import EntryId, FeedId
    from aggregator.model.ports import Image, RefreshReport, Span
    from aggregator.model.spoken import Spoken
    from aggregator.outbound.audio import AudioStream
    from aggregator.services.desk import Desk
    from aggregator.settings import Settings
    from aggregator.worker.staff import Staff

log = logging.getLogger(__name__)
TICK_SECONDS = 2.0
HEAL_SECONDS = 60.0
FULL_SECONDS = 5.0
"""How often a full disk is tried again."""
LAST_SECONDS = 9.0
"""Whoever asks us to stop waits no longer than this, whatever hangs."""


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; returns within ten seconds of it, with nothing half written."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker %(levelname)s %(message)s", stream=sys.stderr)
    for chatty in ("apscheduler", "faiss"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    settle()
    with open_desk(settings) as desk:
        desk.columns.hold()
        asyncio.run(_work(desk))


async def _work(desk: Desk) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin_to_stop() -> None:
        stop.set()
        loop.call_later(LAST_SECONDS, os._exit, 1)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, begin_to_stop)
    async with open_staff(desk) as staff:
        worker = Worker(desk, staff)
        await worker.run(stop)


class Worker:
    """What the worker does besides fetching itself: when, and for whom (worker.answer.Answers)."""

    def __init__(self, desk: Desk, staff: Staff) -> None:
        self._desk = desk
        self._staff = staff
        self._beside = Beside(desk, staff.outbound, staff.pool, steady_seconds)
        self._imports = Imports(desk)
        self._editions = Editions(desk)
        self._ledgers = Ledgers(desk)
        self._alerts = Alerts(desk, staff.outbound)
        self._bundles = Bundles(desk, staff.outbound)
        self._letters = LetterBox(desk, staff.pool, staff.records)
        self._replays = Replays(desk)
        self._retention = Retention(desk)
        self._meaning = Meaning(desk, steady=steady_seconds)
        self._words = WordList(desk)
        self._server = AnswerServer(desk.settings.data / "worker.sock", self, clock=desk.settings.clock)
        self._look = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._healed: float | None = None
        self._full_until = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""
        ticker = Ticker(self._tick, seconds=TICK_SECONDS)
        ticker.start()
        looking = asyncio.create_task(self._looking())
        try:
            await stop.wait()
        finally:
            ticker.stop()
            self._imports.stop()
            self._replays.stop()
            self._retention.stop()
            self._meaning.stop()
            self._words.stop()
            importing = self._busy.pop("imports", None)
            tasks = [looking, *self._busy.values()]
            for task in tasks:
                task.cancel()
            await self._server.close()
            await asyncio.gather(*tasks, *([importing] if importing else []), return_exceptions=True)
            await asyncio.to_thread(self._meaning.close)

    async def refresh(self, feeds: Sequence[FeedId] | None) -> RefreshReport:
        """Fetch these feeds now (None: all), due or not."""
        return await self._staff.loop.these(feeds)

    async def image(self, url: str) -> Image:
        """Fetch a picture. Raises FetchError."""
        return await self._staff.outbound.get_image(url)

    def audio(self, url: str, span: Span | None) -> AbstractAsyncContextManager[AudioStream]:
        """Open a sound file or a part of one. Raises FetchError."""
        return self._staff.outbound.open_audio(url, span)

    async def transcript(self, feed_id: FeedId, url: str, told: str) -> Spoken:
        """Fetch and read a transcript. Raises FetchError, BusyError."""
        return await self._beside.transcript(feed_id, url, told)

    async def chapters(self, feed_id: FeedId, url: str) -> tuple[Chapter, ...]:
        """Fetch and read a chapters file. Raises FetchError, BusyError."""
        return await self._beside.chapters(feed_id, url)

    async def discover(self, address: str) -> Discovery:
        """Look for feeds at an address."""
        return await discover(self._staff, address, self._desk.clock.now())

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """Return the vectors of some words. Raises BusyError."""
        return await self._meaning.embed(texts)

    async def nearest(self, text: str, count: int) -> list[tuple[int, float]]:
        """Return the entries nearest in meaning to some words. Raises BusyError."""
        return await self._meaning.nearest(text, count)

    async def like(self, entry_id: EntryId, count: int) -> list[tuple[int, float]]:
        """Return the entries nearest in meaning to an entry; none where it has no vector. Raises BusyError."""
        return await self._meaning.like(entry_id, count)

    def wake(self) -> None:
        """Look for waiting jobs and due feeds now."""
        self._look.set()

    def state(self) -> str:
        """Say in a word how the worker is."""
        return "disk-full" if self._staff.records.full else "working"

    async def _tick(self) -> None:
        self._look.set()

    async def _looking(self) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            await self._server.open()
            self._begin("imports", self._imports.run)
            self._begin("editions", self._editions.run)
            self._begin("alerts", self._alerts.run)
            self._begin("bundles", self._bundles.run)
            self._begin("ledgers", self._ledgers.run)
            self._begin("letters", self._letters.run)
            self._begin("replays", self._replays.run)
            self._begin("retention", self._retention.run)
            self._begin("meaning", self._meaning.run)
            self._begin("words", self._words.run)
            self._begin("inbox", self._fediverse)
            self._begin("posting", self._posting)
            if steady_seconds() >= self._full_until:
                self._begin("feeds", self._feeds)

    def _begin(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start a piece of work, unless it is still at it."""
        if name not in self._busy or self._busy[name].done():
            self._busy[name] = asyncio.create_task(work())

    async def _fediverse(self) -> None:
        """Look at what came to the inbox, and see to it that those are asked who are to tell us."""
        try:
            await self._staff.inbox.run()
            await self._staff.follows.run()
        except BroadsheetError as exc:
            log.warning("inbox not looked at, tried again: %s", exc)
        except Exception:
            log.exception("inbox not looked at, tried again")

    async def _posting(self) -> None:
        """Tell those who follow our lists of news."""
        try:
            await self._staff.posting.run()
        except BroadsheetError as exc:
            log.warning("followers not told, tried again: %s", exc)
        except Exception:
            log.exception("followers not told, tried again")

    async def _feeds(self) -> None:
        try:
            if self._healed is None or steady_seconds() >= self._healed + HEAL_SECONDS:
                await self._staff.loop.heal()
                self._healed = steady_seconds()
            report = await self._staff.loop.due()
        except StorageFullError:
            self._full_until = steady_seconds() + FULL_SECONDS
        except BroadsheetError as exc:
            log.warning("feeds not fetched, tried again: %s", exc)
        except Exception:
            log.exception("feeds not fetched, tried again")
        else:
            if report.fetched or report.not_modified or report.failed:
                log.info(
                    "feeds fetched=%d not_modified=%d failed=%d entries new=%d changed=%d",
                    report.fetched, report.not_modified, report.failed, report.entries_new, report.entries_changed,
                )  # fmt: skip
