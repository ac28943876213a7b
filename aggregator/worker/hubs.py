"""Asks hubs to tell us of news, and again before what they agreed to ends; only where others can reach us."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from aggregator.errors import BusyError, FetchError
from aggregator.services.websub import request_of
from aggregator.store import pushes

if TYPE_CHECKING:
    from aggregator.model.push import Push
    from aggregator.outbound.client import Outbound
    from aggregator.services.desk import Desk
    from aggregator.worker.records import Records

log = logging.getLogger(__name__)
EVERY_SECONDS = 60.0
AT_ONCE = 20
FIRST_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=7)


class Hubs:
    """`run` is a task; `ask` asks those that are due."""

    def __init__(self, desk: Desk, outbound: Outbound, records: Records) -> None:
        self._desk = desk
        self._outbound = outbound
        self._records = records

    async def run(self) -> None:
        """Ask once a minute, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            with suppress(BusyError):
                await self.ask()

    async def ask(self) -> None:
        """Ask the hubs whose time has come. Raises BusyError."""
        if not self._desk.settings.public_url:
            return
        now = self._desk.clock.now()
        for push in await self._records.in_thread(self._due):
            again = now + min(FIRST_WAIT * 2 ** min(push.failures, 10), LONGEST_WAIT)
            await self._records.write(partial(pushes.set_asked, feed_id=push.feed_id, now=now, again=again))
            try:
                await self._outbound.post_form(push.hub, request_of(self._desk, push))
            except (FetchError, BusyError) as exc:
                log.info("hub not asked feed=%d: %s", push.feed_id, type(exc).__name__)

    def _due(self) -> tuple[Push, ...]:
        with self._desk.database.read() as conn:
            return pushes.get_to_ask(conn, self._desk.clock.now(), limit=AT_ONCE)
