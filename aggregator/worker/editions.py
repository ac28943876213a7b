"""Makes editions at their times, and lets old ones go once an hour."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.services.editions import let_go, make_due
from aggregator.worker.fetch_loop import steady_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)
EVERY_SECONDS = 3_600.0


class Editions:
    """The editions one worker makes; it looks whenever the worker does, which is every other second."""

    def __init__(self, desk: Desk, *, steady: Callable[[], float] = steady_seconds) -> None:
        self._desk = desk
        self._steady = steady
        self._let_go_next = 0.0

    async def run(self) -> None:
        """Make what is due, in a thread of its own."""
        try:
            await asyncio.to_thread(make_due, self._desk)
            if self._steady() >= self._let_go_next:
                await asyncio.to_thread(let_go, self._desk)
                self._let_go_next = self._steady() + EVERY_SECONDS
        except BroadsheetError as exc:
            log.warning("editions not made, tried again: %s", exc)
