"""Brings newsletters: looks into the folder every ten minutes, has letters read, and stores them by sender."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError, BusyError, FetchError
from aggregator.model.feed import Validators
from aggregator.outbound.guard import private_hosts
from aggregator.outbound.mailbox import read_letters
from aggregator.services import newsletters
from aggregator.sources.mail import MailJob
from aggregator.store import leases
from aggregator.update.outcome import Arrived
from aggregator.update.schedule import Wish
from aggregator.worker.fetch_loop import LEASE, steady_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from aggregator.model.fault import Fault
    from aggregator.model.feed import DueFeed
    from aggregator.model.ids import FeedId
    from aggregator.model.mailbox import Letters, Mailbox, Progress
    from aggregator.outbound.mailbox import Trust
    from aggregator.services.desk import Desk
    from aggregator.sources.mail import Letter
    from aggregator.worker.parse_pool import ParsePool
    from aggregator.worker.records import Records

log = logging.getLogger(__name__)
EVERY_SECONDS = 600.0
EVER = datetime.max.replace(tzinfo=UTC)


class LetterBox:
    """What one worker reads of the instance's mailbox. `context` is whose certificates are trusted."""

    def __init__(
        self,
        desk: Desk,
        pool: ParsePool,
        records: Records,
        *,
        steady: Callable[[], float] = steady_seconds,
        context: Trust | None = None,
    ) -> None:
        self._desk = desk
        self._pool = pool
        self._records = records
        self._steady = steady
        self._context = context
        self._name = f"letters-{secrets.token_hex(4)}"
        self._looked: tuple[Mailbox, float] | None = None

    async def run(self) -> None:
        """Look, where ten minutes have passed or another folder was named; what goes wrong is noted for its page."""
        try:
            found = await self._records.in_thread(partial(newsletters.find_mailbox, self._desk))
            if found is None:
                self._looked = None
                return
            box, progress = found
            if self._looked and self._looked[0] == box and self._steady() < self._looked[1] + EVERY_SECONDS:
                return
            self._looked = (box, self._steady())
            while (brought := await self.look(box, progress)).more:
                progress = brought.progress
        except FetchError as exc:
            await self._note(None, exc.fault)
        except BroadsheetError as exc:
            log.warning("newsletters not read, tried again: %s", exc)
        except Exception:
            log.exception("newsletters not read, tried again")

    async def look(self, box: Mailbox, progress: Progress) -> Letters:
        """Bring what is new and store it; says what came. Raises FetchError, BusyError."""
        private = private_hosts(self._desk.settings.allow_private_hosts)
        brought = await asyncio.to_thread(read_letters, box, progress, private, context=self._context)
        by_sender: dict[str, list[Letter]] = {}
        for _, body in brought.letters:
            letter = await self._read(body)
            if letter is not None:
                by_sender.setdefault(letter.sender, []).append(letter)
        for sender, letters in by_sender.items():
            await self._keep(sender, letters)
        await self._records.settle()
        await self._note(brought.progress, None)
        self._log(brought)
        return brought

    async def _read(self, body: bytes) -> Letter | None:
        try:
            return await self._pool.read_letter(MailJob(body, self._desk.clock.now()))
        except FetchError as exc:  # one that nobody can read; the others are read
            log.info("letter not read: %s", exc.fault.code)
            return None

    async def _keep(self, sender: str, letters: Sequence[Letter]) -> None:
        """Store the letters of one sender. Raises BusyError where its feed is busy: the look is repeated."""
        now = self._desk.clock.now()
        document = replace(
            letters[-1].document,
            entries=tuple(entry for letter in letters for entry in letter.document.entries),
            carried=tuple(raw for letter in letters for raw in letter.document.carried),
        )
        name = document.feed.title or sender
        feed_id = await self._records.write(partial(_feed, sender=sender, name=name, now=now))
        if feed_id is None:
            return
        leased = await self._records.write(partial(self._lease, feed_id=feed_id, now=now))
        if not leased:
            raise BusyError("the sender's feed")
        stored = await self._records.put(Arrived(leased[0], document, Validators(), Wish(), None))
        await stored

    def _lease(self, conn: Connection, *, feed_id: FeedId, now: datetime) -> tuple[DueFeed, ...]:
        until = now + max(LEASE, timedelta(minutes=1))
        return leases.lease_these(conn, [feed_id], tried_before=EVER, now=now, until=until, worker=self._name, limit=1)

    async def _note(self, progress: Progress | None, fault: Fault | None) -> None:
        await self._records.write(lambda conn: newsletters.note_look(self._desk, conn, progress, fault))

    def _log(self, brought: Letters) -> None:
        if brought.letters or brought.too_large:
            log.info("newsletters letters=%d too_large=%d", len(brought.letters), brought.too_large)


def _feed(conn: Connection, *, sender: str, name: str, now: datetime) -> FeedId | None:
    return newsletters.feed_of_sender(conn, sender, name, now)
