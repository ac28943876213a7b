"""Works out the replays that somebody asked for, in a thread of its own, and stops between two days."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.services.replays import run_waiting_replays

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)


class Replays:
    """The replays of one worker."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopping = threading.Event()

    async def run(self) -> None:
        """Work out what waits, until nothing does or `stop`; an interrupted one is begun again."""
        try:
            await asyncio.to_thread(run_waiting_replays, self._desk, stopping=self._stopping.is_set)
        except BroadsheetError as exc:
            log.warning("replay not worked out, it is tried again: %s", exc)

    def stop(self) -> None:
        """Stop after the day that is being ranked."""
        self._stopping.set()
