"""Tells those who follow our lists of news: a few servers at a time, more and more seldom where nobody answers."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, FetchError
from aggregator.model.fault import FaultCode
from aggregator.services import list_news, list_posts
from aggregator.services.list_actors import key_id
from aggregator.store import followers
from aggregator.worker.fetch_loop import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.model.posting import Sending
    from aggregator.services.desk import Desk
    from aggregator.worker.fediverse import Fediverse
    from aggregator.worker.records import Records

log = logging.getLogger(__name__)
LOOK_SECONDS: Final = 20.0
FORGET_SECONDS: Final = 3_600.0
AT_ONCE: Final = 200
HOSTS_AT_ONCE: Final = 6
OF_A_HOST: Final = 20
FIRST_WAIT: Final = timedelta(minutes=2)
MOST_TRIES: Final = 8
"""The waits double and double again: 2 minutes, 8, 32, 2 hours, 9 hours, a day and a half, …; then nothing more."""
LONGEST_WAIT: Final = timedelta(days=2)
_REFUSED: Final = {"400", "401", "403", "404", "405", "413", "415", "422"}


class Posting:
    """`run` looks for news a few times a minute and sends what is due."""

    def __init__(
        self, desk: Desk, fediverse: Fediverse, records: Records, *, steady: Callable[[], float] = steady_seconds
    ) -> None:
        self._desk = desk
        self._fediverse = fediverse
        self._records = records
        self._steady = steady
        self._look_next = 0.0
        self._forget_next = 0.0

    async def run(self) -> None:
        """Look and send. Raises BusyError."""
        if not self._desk.settings.public_url:
            return
        if self._steady() >= self._look_next:
            await self._records.in_thread(lambda: list_news.look(self._desk))
            self._look_next = self._steady() + LOOK_SECONDS
        if self._steady() >= self._forget_next:
            await self._records.in_thread(lambda: list_news.forget_old(self._desk))
            self._forget_next = self._steady() + FORGET_SECONDS
        await self.send()

    async def send(self) -> None:
        """Send what is due, to several servers side by side and to each in order. Raises BusyError."""
        due = await self._records.in_thread(self._due)
        of_hosts = [list(each) for _, each in groupby(sorted(due, key=_by_host), key=lambda one: one.host)]
        slots = asyncio.Semaphore(HOSTS_AT_ONCE)

        async def to_host(sendings: list[Sending]) -> None:
            async with slots:
                for place, one in enumerate(sendings[:OF_A_HOST]):
                    if not await self._send(one):
                        await self._put_off(one, sendings[place:])
                        return

        await asyncio.gather(*map(to_host, of_hosts))

    async def _send(self, one: Sending) -> bool:
        """Send one; False where it is to be tried again."""
        body = await self._records.in_thread(lambda: self._body(one))
        try:
            if body is not None:
                await self._fediverse.send(one.inbox, body, key_id=key_id(one.actor))
        except (FetchError, BusyError) as exc:
            detail = exc.fault.detail if isinstance(exc, FetchError) else ""
            log.info("follower not told host=%s: %s", one.host, exc)
            if detail == "410":
                await self._records.write(partial(followers.delete_inbox, inbox=one.inbox))
                return True
            kept_out = isinstance(exc, FetchError) and exc.fault.code is FaultCode.BLOCKED
            if not kept_out and detail not in _REFUSED and one.tries < MOST_TRIES:
                return False
        await self._records.write(partial(followers.delete_sending, sending_id=one.id))
        return True

    async def _put_off(self, failed: Sending, waiting: list[Sending]) -> None:
        """Try a server again later, all that waits for it along, so that it stays in order."""
        due = self._desk.clock.now() + min(FIRST_WAIT * 4**failed.tries, LONGEST_WAIT)
        ids = [one.id for one in waiting]
        await self._records.write(partial(followers.put_off, ids=ids, due=due, tries=failed.tries + 1))

    def _due(self) -> tuple[Sending, ...]:
        with self._desk.database.read() as conn:
            return followers.get_due(conn, self._desk.clock.now(), limit=AT_ONCE)

    def _body(self, one: Sending) -> bytes | None:
        if one.body is not None:
            return one.body.encode()
        with self._desk.database.read() as conn:
            told = list_posts.to_send(self._desk, conn, one.post) if one.post is not None else None
        return None if told is None else json.dumps(told).encode()


def _by_host(one: Sending) -> tuple[str, int]:
    return one.host, one.id
