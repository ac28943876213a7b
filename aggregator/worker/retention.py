"""Lets old entries go: once an hour, a few at a time, so that nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.services import membership
from aggregator.store import deliveries, followed, retention, stories
from aggregator.worker.fetch_loop import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)
EVERY_SECONDS = 3_600.0
OLDEST = timedelta(days=180)
NEWEST = 500
"""Entries of a feed that stay however old they are."""
KEYS_REST = timedelta(days=180)
"""A key that was not fetched for so long goes; it is fetched again when somebody signs with it."""
STORIES_REST = timedelta(days=28)
"""No story takes an entry from later than that after it began."""
STORIES = 1_000
"""Empty stories forgotten in one transaction."""
BATCH = 32
"""Entries deleted in one transaction: each costs the words index about half a millisecond."""
PAUSE = 0.05
"""Seconds between two transactions, which are others' turn."""


class Retention:
    """What one worker lets go."""

    def __init__(self, desk: Desk, *, steady: Callable[[], float] = steady_seconds) -> None:
        self._desk = desk
        self._steady = steady
        self._stopping = threading.Event()
        self._next = 0.0

    async def run(self) -> None:
        """Let go what may go, in a thread of its own; nothing where that was done within the hour."""
        if self._steady() < self._next:
            return
        try:
            gone = await asyncio.to_thread(self._let_go)
        except BroadsheetError as exc:
            log.warning("old entries not let go, tried again: %s", exc)
        else:
            self._next = self._steady() + EVERY_SECONDS
            if gone:
                log.info("entries let go=%d", gone)

    def stop(self) -> None:
        """Stop after the batch that is being written."""
        self._stopping.set()

    def _let_go(self) -> int:
        membership.forget_removed(self._desk)
        self._forget_proofs()
        before = self._desk.clock.now() - OLDEST
        gone = 0
        with self._desk.database.read() as conn:
            feeds = retention.find_feeds_to_thin(conn, before=before, newest=NEWEST)
        for feed_id in feeds:
            with self._desk.database.read() as conn:
                ids = retention.find_expired(conn, feed_id, before=before, newest=NEWEST)
            for start in range(0, len(ids), BATCH):
                if self._stopping.wait(PAUSE):
                    return gone
                with self._desk.database.write() as conn:
                    gone += retention.expire(conn, ids[start : start + BATCH])
        self._forget_stories()
        return gone

    def _forget_stories(self) -> None:
        """Forget stories that no entry tells any more, once no other can join them."""
        before = self._desk.clock.now() - STORIES_REST
        gone = STORIES
        while gone == STORIES and not self._stopping.wait(PAUSE):
            with self._desk.database.write() as conn:
                gone = stories.forget_empty(conn, before=before, limit=STORIES)

    def _forget_proofs(self) -> None:
        """Forget used signatures that would be too old by now, and keys nobody has signed with for long."""
        now = self._desk.clock.now()
        with self._desk.database.write() as conn:
            deliveries.forget_used(conn, before=now)
            followed.thin_keys(conn, before=now - KEYS_REST)
