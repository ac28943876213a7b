"""Writes what the fetch loop brings home: many outcomes together, in a thread of its own, in the order they came."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from aggregator.errors import BroadsheetError, BusyError, StorageFullError
from aggregator.update.outcome import Arrived, Stored
from aggregator.update.pipeline import store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from aggregator.model.ids import FeedId
    from aggregator.services.desk import Desk
    from aggregator.update.outcome import Outcome

log = logging.getLogger(__name__)
T = TypeVar("T")
_Batch: TypeAlias = "list[tuple[Outcome, asyncio.Future[Stored]]]"
LINGER = 0.05
"""Seconds that outcomes without a document wait for company."""
MOST = 512
MOST_DOCUMENTS = 16
PATIENCE = 60.0
NAP = 0.5
SYNC_EVERY = 1.0
"""Seconds between two writings of the candidate columns while documents keep coming."""


class Records:
    """The one writer of the fetch loop; `run` is its task, `full` says that the disk is full."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._waiting: _Batch = []
        self._documents = asyncio.Semaphore(MOST_DOCUMENTS)
        self._arrived = asyncio.Event()
        self._stale = False
        self._synced = -SYNC_EVERY
        self.full = False

    async def put(self, outcome: Outcome) -> asyncio.Future[Stored]:
        """Hand in an outcome; the future is done once it is written. Waits while too many documents wait."""
        if isinstance(outcome, Arrived):
            await self._documents.acquire()
        done: asyncio.Future[Stored] = asyncio.get_running_loop().create_future()
        self._waiting.append((outcome, done))
        self._arrived.set()
        return done

    async def run(self) -> None:
        """Write what is handed in until cancelled; what was handed in before that is still written."""
        try:
            while True:
                await self._arrived.wait()
                if not self._pressing():
                    await asyncio.sleep(LINGER)
                await self._flush()
        finally:
            while self._waiting and not self.full:
                await self._flush()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do one short piece of work in a transaction. Raises BusyError, StorageFullError."""

        def transaction() -> T:
            with self._desk.database.write() as conn:
                return work(conn)

        try:
            result = await self.in_thread(transaction)
        except StorageFullError:
            self._disk_full()
            raise
        self.full = False
        return result

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Run `work` in the thread that all of the loop's dealings with the database happen in."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def settle(self) -> None:
        """Bring the candidate columns up to what was written, by others too; called when a round is over.

        Two short queries where nothing was. A reader that found them broken waits for this.
        """
        await self.in_thread(self._sync_now)

    def close(self) -> None:
        """Wait for what is being written; nothing is written afterwards."""
        self._thread.shutdown(wait=True)

    def _pressing(self) -> bool:
        return len(self._waiting) >= MOST or any(isinstance(outcome, Arrived) for outcome, _ in self._waiting)

    async def _flush(self) -> None:
        batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        if not self._waiting:
            self._arrived.clear()
        try:
            stored = await self._store([outcome for outcome, _ in batch])
        except BusyError as exc:
            self._refuse(batch, exc)
        else:
            for outcome, done in batch:
                if not done.done():
                    done.set_result(stored[outcome.feed.id])
        finally:
            for outcome, _ in batch:
                if isinstance(outcome, Arrived):
                    self._documents.release()

    def _refuse(self, batch: _Batch, error: BusyError) -> None:
        if isinstance(error, StorageFullError):
            self._disk_full()
        log.warning("outcomes not stored count=%d: %s", len(batch), error)
        for _, done in batch:
            if not done.done():
                done.set_exception(error)

    async def _store(self, outcomes: list[Outcome]) -> Mapping[FeedId, Stored]:
        """Write them, and wait for the database where somebody else has it for long."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return await self.in_thread(lambda: self._store_now(outcomes))
            except StorageFullError:
                raise
            except BusyError:
                if time.monotonic() >= deadline:
                    raise
                await asyncio.sleep(NAP)

    def _store_now(self, outcomes: list[Outcome]) -> Mapping[FeedId, Stored]:
        stored = store(self._desk.database, outcomes, now=self._desk.clock.now())
        self.full = False
        self._stale = self._stale or any(done.new or done.changed for done in stored.values())
        if self._stale and time.monotonic() >= self._synced + SYNC_EVERY:
            self._sync_now()
        return stored

    def _sync_now(self) -> None:
        """Bring the candidate columns up to date; they are a cache, so a failure costs nothing but freshness."""
        try:
            with self._desk.database.read() as conn:
                self._desk.columns.sync(conn)
        except (BroadsheetError, OSError) as exc:
            log.warning("columns not written: %s", exc)
        else:
            self._stale = False
        self._synced = time.monotonic()

    def _disk_full(self) -> None:
        if not self.full:
            log.error("the disk is full: nothing is fetched until there is space")
        self.full = True
