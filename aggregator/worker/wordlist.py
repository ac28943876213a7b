"""Makes the words index anew where a release or another Python would index entries otherwise, while all goes on."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.store import words

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)
PAUSE = 0.02
"""Seconds between two transactions, which are others' turn."""
TOLD_EVERY = 200
"""Transactions between two lines in the log."""


class WordList:
    """What one worker does for the words index."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopping = threading.Event()
        self._current = False

    async def run(self) -> None:
        """See that the whole index is of this version, in a thread of its own; nothing once that was seen."""
        if self._current:
            return
        try:
            self._current = await asyncio.to_thread(self._rebuild)
        except BroadsheetError as exc:
            log.warning("words index not made anew, tried again: %s", exc)

    def stop(self) -> None:
        """Stop after what is being written."""
        self._stopping.set()

    def _rebuild(self) -> bool:
        with self._desk.database.read() as conn:
            if words.is_current(conn):
                return True
        turns = 0
        while not self._stopping.wait(PAUSE):
            if turns % TOLD_EVERY == 0:
                with self._desk.database.read() as conn:
                    log.info("words index made anew, entries left=%d", words.count_left(conn))
            with self._desk.database.write() as conn:
                if words.rebuild_some(conn):
                    log.info("words index made anew")
                    return True
            turns += 1
        return False
