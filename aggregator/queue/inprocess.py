"""The embedded queue: one tick on the worker's own event loop. Due times and leases live in the feeds table."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]  # it ships no types

from aggregator.model.clocks import SystemClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Ticker:
    """Calls `tick` at once and then every few seconds; once only after a pause of the machine.

    `tick` should only say that it is time to look: a tick that comes while one is running is passed over.
    """

    def __init__(self, tick: Callable[[], Awaitable[None]], *, seconds: float) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        # The scheduler runs by the machine's time, not by the instance's clock: this is when to look, not
        # what time it is.
        self._scheduler.add_job(
            tick,
            "interval",
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=SystemClock().now(),
        )

    def start(self) -> None:
        """Begin to tick. Called with the event loop running."""
        self._scheduler.start()

    def stop(self) -> None:
        """Do not tick again; a tick that is running goes on."""
        self._scheduler.shutdown(wait=False)
