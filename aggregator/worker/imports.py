"""Runs waiting import jobs, in a thread of its own, and stops between two batches when the worker stops."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError
from aggregator.services.importing import run_waiting

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)


class Imports:
    """The jobs of one worker."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stopping = threading.Event()

    async def run(self) -> None:
        """Run what waits, to its end or until `stop`; an interrupted job goes on where it was."""
        try:
            await asyncio.to_thread(run_waiting, self._desk, progress=self._progress)
        except _StoppedError:
            log.info("import stopped, it goes on at the next start")
        except BroadsheetError as exc:
            log.warning("import not run, it is tried again: %s", exc)

    def stop(self) -> None:
        """Stop after the batch that is being written."""
        self._stopping.set()

    def _progress(self, done: int, total: int) -> None:  # noqa: ARG002  # the signature of progress
        if self._stopping.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The worker stops."""
