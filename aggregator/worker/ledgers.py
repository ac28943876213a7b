"""Writes down once a day, after midnight UTC, who had room in each list."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.services.exposure import write_ledgers

if TYPE_CHECKING:
    from datetime import date

    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)


class Ledgers:
    """The ledgers of one worker; a worker that was down at midnight writes that midnight's when it starts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._written: date | None = None

    async def run(self) -> None:
        """Write what is missing of this day, in a thread of its own; nothing where that was done."""
        today = self._desk.clock.now().date()
        if self._written == today:
            return
        try:
            await asyncio.to_thread(write_ledgers, self._desk)
        except BroadsheetError as exc:
            log.warning("ledgers not written, tried again: %s", exc)
        else:
            self._written = today
