"""Keeps the account of what we asked of others: once a minute, and at the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BusyError
from aggregator.store.traffic import add_traffic

if TYPE_CHECKING:
    from aggregator.model.ports import Clock
    from aggregator.outbound.tally import Tally
    from aggregator.worker.records import Records

EVERY_SECONDS = 60.0
KEPT = timedelta(days=60)


class Accounting:
    """`run` is a task; `keep` writes what was counted until now."""

    def __init__(self, tally: Tally, records: Records, clock: Clock) -> None:
        self._tally = tally
        self._records = records
        self._clock = clock

    async def run(self) -> None:
        """Keep the counts once a minute, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.keep()

    async def keep(self) -> None:
        """Keep the counts; where the database cannot be written they wait for the next time."""
        taken = self._tally.take()
        if not taken:
            return
        since = self._clock.now().date() - KEPT
        try:
            await self._records.write(lambda conn: add_traffic(conn, taken, keep_since=since))
        except BusyError:
            self._tally.give_back(taken)
