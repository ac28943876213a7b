"""Leases feeds, fetches them, has them read, and hands in what became of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from aggregator.errors import BusyError, FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import Validators
from aggregator.model.mailbox import SCHEME
from aggregator.model.ports import RefreshReport
from aggregator.model.remark import Remark
from aggregator.outbound.slots import MOST_SLOW, SLOW_SECONDS
from aggregator.services.access import unseal
from aggregator.sources.job import ParseJob
from aggregator.store import blocks, lease_care, leases
from aggregator.text.address import is_actor, is_beneath
from aggregator.update.outcome import Arrived, Failed, PutOff, Unchanged
from aggregator.update.schedule import (
    LONGEST,
    MINIMUM,
    Wish,
    after_clock_jump,
    jitter,
    latest_plausible,
    validators_to_send,
)
from aggregator.worker.full_text import FullTexts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import Connection

    from aggregator.model.feed import DueFeed, Fetched
    from aggregator.model.ids import FeedId
    from aggregator.outbound.client import Outbound
    from aggregator.services.desk import Desk
    from aggregator.update.outcome import Outcome, Stored
    from aggregator.worker.outboxes import Outboxes
    from aggregator.worker.parse_pool import ParsePool
    from aggregator.worker.records import Records

LEASE = timedelta(seconds=35)
"""How long a feed is ours without a word from us: after a kill another worker has done it within a minute."""
RENEW_SECONDS = 10.0
BATCH = 256
MOST_WAITING = 1024
"""Feeds of busy hosts a round keeps while it leases others."""
MOST = 100_000
EVER = datetime.max.replace(tzinfo=UTC)
RESERVE = 4
"""Connections that due feeds leave to what somebody asked for and waits for."""
PATIENCE = 5.0
"""Seconds a round keeps a feed whose host is busy; one that has to wait longer gets another due time."""
NAP = 0.2
MINUTE = 60.0
SLACK = 60.0
"""Seconds by which a clock that is being set right may make a feed's rest look shorter."""


def steady_seconds() -> float:
    """Read a clock that nobody sets and that goes on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class _Round:
    """One round: where its feeds come from, those waiting, and what it did so far. `fair`: no feed before its time."""

    def __init__(self, lease: Callable[[Connection], tuple[DueFeed, ...]], *, fair: bool) -> None:
        self.lease = lease
        self.fair = fair
        self.dry = False
        self.queue: deque[DueFeed] = deque()
        self.picking = asyncio.Lock()
        self.handed_in: list[asyncio.Future[Stored]] = []
        self.kinds: Counter[type] = Counter()
        self.new = self.changed = 0
        self.slow = 0
        self.run_another: Callable[[], object] = lambda: None

    def report(self) -> RefreshReport:
        """Sum up."""
        fetched, unchanged, failed = (self.kinds[kind] for kind in (Arrived, Unchanged, Failed))
        return RefreshReport(fetched, unchanged, failed, self.new, self.changed)


class _Relief:
    """Sends another runner while one waits for a slow site; the slow one goes when it is done."""

    def __init__(self, this: _Round) -> None:
        self._this = this
        self._sent = False
        self._timer = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._send)

    def _send(self) -> None:
        if self._this.slow < MOST_SLOW:
            self._this.slow += 1
            self._sent = True
            self._this.run_another()

    def end(self) -> bool:
        """Say whether another one was sent."""
        self._timer.cancel()
        self._this.slow -= self._sent
        return self._sent


class FetchLoop:
    """Fetches what is due, and what somebody asks for; both may run at the same time and never meet on one feed."""

    def __init__(
        self,
        desk: Desk,
        outbound: Outbound,
        pool: ParsePool,
        records: Records,
        outboxes: Outboxes,
        *,
        worker: str,
        steady: Callable[[], float] = steady_seconds,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._desk = desk
        self._outbound = outbound
        self._pool = pool
        self._records = records
        self._outboxes = outboxes
        self._texts = FullTexts(outbound, pool, steady)
        self._worker = worker
        self._steady = steady
        self._nap = nap
        self._asked_at: dict[FeedId, float] = {}
        self._flying: dict[FeedId, asyncio.Future[None]] = {}
        self._kept_out: frozenset[str] = frozenset()

    async def due(self) -> RefreshReport:
        """Fetch all feeds that are due. Raises BusyError, StorageFullError."""
        self._forget()
        runners = max(self._desk.settings.fetch_connections - RESERVE, 1)
        return await self._round(self._lease_due, runners, fair=True)

    async def these(self, wanted: Sequence[FeedId] | None) -> RefreshReport:
        """Fetch these feeds now (None: all), due or not; waits for those that are being fetched already.

        Raises BusyError, StorageFullError.
        """
        flying = [done for feed, done in self._flying.items() if wanted is None or feed in wanted]
        leased = await self._records.write(lambda conn: self._lease_these(conn, wanted))
        batches = iter((leased,))
        report = await self._round(lambda _: next(batches, ()), self._desk.settings.fetch_connections, fair=False)
        if flying:
            await asyncio.wait(flying)
        return report

    async def keep(self) -> None:
        """Keep the leases of what is under way, until cancelled."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self._flying:
                with suppress(BusyError):  # a lease lasts for three tries
                    await self._records.write(self._renew)

    async def heal(self) -> None:
        """Put right what was written before the clock was turned back: due times and leases that are too far away."""
        now = self._desk.clock.now()

        def misdated(conn: Connection) -> tuple[tuple[FeedId, bool], ...]:
            lease_care.end_leases_after(conn, now + LEASE + timedelta(seconds=SLACK))
            return lease_care.find_due_after(conn, latest_plausible(now))

        for feed, tried in await self._records.write(misdated):
            due = after_clock_jump(feed, now) if tried else now
            await self._records.write(partial(leases.set_due, feed_id=feed, due=due))

    async def let_go(self) -> None:
        """Give back what was leased and not fetched, so that nobody has to wait for the leases to end."""
        with suppress(BusyError):
            await self._records.write(lambda conn: leases.release_leases(conn, self._worker))

    def _renew(self, conn: Connection) -> None:
        leases.renew_leases(conn, self._worker, self._desk.clock.now() + LEASE)

    def _lease_due(self, conn: Connection) -> tuple[DueFeed, ...]:
        now = self._desk.clock.now()
        return leases.lease_due(conn, now=now, until=now + LEASE, worker=self._worker, limit=BATCH)

    def _lease_these(self, conn: Connection, wanted: Sequence[FeedId] | None) -> tuple[DueFeed, ...]:
        now = self._desk.clock.now()
        return leases.lease_these(
            conn, wanted, tried_before=EVER, now=now, until=now + LEASE, worker=self._worker, limit=MOST
        )

    async def _round(
        self, lease: Callable[[Connection], tuple[DueFeed, ...]], runners: int, *, fair: bool
    ) -> RefreshReport:
        """Lease, fetch and hand in until there is nothing left to lease, with so many feeds at the same time."""
        this = _Round(lease, fair=fair)
        self._kept_out = await self._records.in_thread(self._read_kept_out)
        try:
            await self._run_all(this, runners)
            for done in this.handed_in:
                stored = await done
                this.new += stored.new
                this.changed += stored.changed
        finally:
            for feed in this.queue:
                self._land(feed)
            await self._records.settle()
        return this.report()

    def _read_kept_out(self) -> frozenset[str]:
        with self._desk.database.read() as conn:
            return blocks.get_domains(conn)

    async def _run_all(self, this: _Round, runners: int) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                this.run_another = lambda: group.create_task(self._run(this))
                for _ in range(runners):
                    this.run_another()
        except ExceptionGroup as errors:
            if errors.split(BusyError)[1] is None:  # the database or the disk: all say the same
                raise errors.exceptions[0] from None
            raise

    async def _run(self, this: _Round) -> None:
        while True:
            async with this.picking:
                feed = await self._pick(this)
            if feed is None:
                return
            relief = _Relief(this)
            try:
                try:
                    outcome = await self._fetch(feed)
                finally:
                    relieved = relief.end()
                await self._hand_in(this, outcome)
            except BaseException:
                self._land(feed)
                raise
            if relieved:
                return

    async def _hand_in(self, this: _Round, outcome: Outcome) -> None:
        done = await self._records.put(outcome)
        done.add_done_callback(partial(self._written, outcome.feed))
        this.handed_in.append(done)
        this.kinds[type(outcome)] += 1

    async def _pick(self, this: _Round) -> DueFeed | None:
        """Take the next feed that may be asked now; those of a host that is busy wait behind, or for another round."""
        while True:
            if not this.queue and not this.dry:
                await self._refill(this)
            if not this.queue:
                return None
            for _ in range(len(this.queue)):
                feed = this.queue.popleft()
                wait = self._outbound.ready_in(feed.address)
                if not wait:
                    return feed
                if wait <= PATIENCE:
                    this.queue.append(feed)
                else:
                    await self._put_off(this, feed, wait)
            if this.queue and not this.dry and len(this.queue) < MOST_WAITING:
                await self._refill(this)  # feeds of other hosts do not wait for these
            elif this.queue:
                await self._nap(NAP)

    async def _refill(self, this: _Round) -> None:
        feeds = await self._records.write(this.lease)
        this.dry = not feeds
        loop = asyncio.get_running_loop()
        for feed in feeds:
            self._flying[feed.id] = loop.create_future()
            if feed.address.startswith(SCHEME):  # its letters come by worker/letters.py
                await self._put_off(this, feed, LONGEST.total_seconds())
                continue
            rest = self._rest(feed) if this.fair else 0.0
            if rest:
                await self._put_off(this, feed, rest)
            else:
                this.queue.append(feed)

    async def _put_off(self, this: _Round, feed: DueFeed, seconds: float) -> None:
        # Feeds that wait for the same thing shall not all come back in the same second.
        due = self._desk.clock.now() + timedelta(seconds=seconds + MINUTE * jitter(feed.id))
        await self._hand_in(this, PutOff(feed, due))

    def _refuse_kept_out(self, address: str) -> None:
        if is_beneath(address, self._kept_out):
            raise FetchError(Fault(FaultCode.BLOCKED))

    async def _fetch(self, feed: DueFeed) -> Outcome:
        now = self._desk.clock.now()
        self._asked_at[feed.id] = self._steady()
        try:
            self._refuse_kept_out(feed.address)
            access = unseal(self._desk, feed.id, feed.sealed)
            if is_actor(feed.address):
                return await self._outboxes.fetch(feed, access, now)
            fetched = await self._outbound.get_feed(
                feed.address, validators_to_send(feed.validators, feed.schedule, now), access
            )
            self._refuse_kept_out(fetched.address)
            wish = Wish(fetched.max_age, fetched.retry_after)
            if fetched.status == HTTPStatus.NOT_MODIFIED:
                return Unchanged(feed, fetched.validators, wish, fetched.moved_to)
            document = await self._pool.read(_job(feed, fetched, now))
            came = None
            if feed.full_text is not None:
                document, came = await self._texts.fill(document, now, access.proxy)
        except FetchError as exc:
            return Failed(feed, exc.fault)
        except BusyError as exc:
            return PutOff(feed, now + timedelta(seconds=exc.retry_after))
        # What broke off is asked for in full again: a 304 would keep the rest of it away (safety 71).
        validators = Validators() if Remark.CUT_OFF in document.feed.remarks else fetched.validators
        return Arrived(feed, document, validators, wish, fetched.moved_to, came)

    def _written(self, feed: DueFeed, done: asyncio.Future[Stored]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._asked_at.pop(feed.id, None)  # nothing of it was kept, so it has to be asked again
        self._land(feed)

    def _land(self, feed: DueFeed) -> None:
        done = self._flying.pop(feed.id, None)
        if done is not None and not done.done():
            done.set_result(None)

    def _rest(self, feed: DueFeed) -> float:
        """Return how many seconds a feed is still to be left alone, whatever the clock on the wall says it is."""
        asked_at = self._asked_at.get(feed.id)
        if asked_at is None:
            return 0.0
        rest = MINIMUM.total_seconds() - (self._steady() - asked_at)
        return rest if rest > SLACK else 0.0

    def _forget(self) -> None:
        """Forget when feeds were asked that may be asked again."""
        before = self._steady() - MINIMUM.total_seconds()
        self._asked_at = {feed: at for feed, at in self._asked_at.items() if at > before}


def _job(feed: DueFeed, fetched: Fetched, now: datetime) -> ParseJob:
    return ParseJob(
        body=fetched.body,
        encoding=fetched.encoding,
        content_type=fetched.content_type,
        address=fetched.address,
        site=feed.site,
        feed_language=feed.language,
        known=feed.known,
        now=now,
    )
