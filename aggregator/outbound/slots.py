"""How many requests are open at the same time; one that is slow does not keep others waiting for long."""

from __future__ import annotations

import asyncio

SLOW_SECONDS = 3.0
"""After so long a request gives its slot to another one, and goes on."""
MOST_SLOW = 128
"""So many may go on without a slot."""


class Slots:
    """Used as `async with slots:` around a request."""

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self._timers: dict[asyncio.Task[object] | None, asyncio.TimerHandle] = {}
        self._without: set[asyncio.Task[object] | None] = set()

    async def __aenter__(self) -> None:
        await self._free.acquire()
        task = asyncio.current_task()
        self._timers[task] = asyncio.get_running_loop().call_later(SLOW_SECONDS, self._give_up, task)

    async def __aexit__(self, *_: object) -> None:
        task = asyncio.current_task()
        self._timers.pop(task).cancel()
        if task in self._without:
            self._without.remove(task)
        else:
            self._free.release()

    def _give_up(self, task: asyncio.Task[object] | None) -> None:
        if len(self._without) < MOST_SLOW:
            self._without.add(task)
            self._free.release()
