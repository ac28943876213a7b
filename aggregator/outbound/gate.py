"""Politeness at work: waits for a free connection to a host, refuses what a domain's budget does not allow."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.outbound.guard import Target
    from aggregator.outbound.politeness import Politeness

A_MOMENT: Final = 1.0
"""Seconds told to somebody who asks when a host with all its connections taken will be ready."""


class Gate:
    """One for a client. `now` is a steady clock in seconds."""

    def __init__(self, politeness: Politeness, now: Callable[[], float]) -> None:
        self._politeness = politeness
        self._now = now
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def ready_in(self, target: Target) -> float:
        """Return after how many seconds a request may start; 0 for at once."""
        wait = self._politeness.hold(target, self._now())
        if wait or self._politeness.has_room(target):
            return wait
        return A_MOMENT

    async def enter(self, target: Target, *, counted: bool = True) -> None:
        """Wait for a free connection to the host and take it. Raises BusyError while the domain is to be left alone."""
        while True:
            now = self._now()
            wait = self._politeness.hold(target, now, counted=counted)
            if wait > 0:
                self._wake(target.host)  # who waits behind is to be told the same
                raise BusyError(target.host, math.ceil(wait))
            if self._politeness.has_room(target):
                self._politeness.begin(target, now, counted=counted)
                return
            await self._turn(target.host)

    def leave(self, target: Target, *, status: int | None, retry_after: int | None) -> None:
        """Give the connection back, with what the answer asked for."""
        self._politeness.end(target, self._now(), status=status, retry_after=retry_after)
        self._wake(target.host)

    async def _turn(self, host: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        line = self._waiting.setdefault(host, deque())
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._wake(host)  # the turn was given to somebody who has gone
            raise

    def _wake(self, host: str) -> None:
        line = self._waiting.get(host)
        while line:
            turn = line.popleft()
            if not turn.done():
                turn.set_result(None)
                break
        if not line:
            self._waiting.pop(host, None)
