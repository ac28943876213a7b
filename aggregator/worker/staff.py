"""Brings together what fetching takes: the outward door, the parse pool, the records, and the loop over them."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.outbound.agent import contact_of
from aggregator.outbound.client import Outbound
from aggregator.worker.accounting import Accounting
from aggregator.worker.acting import Acting
from aggregator.worker.fediverse import Fediverse
from aggregator.worker.fetch_loop import FetchLoop, steady_seconds
from aggregator.worker.follows import Follows
from aggregator.worker.hubs import Hubs
from aggregator.worker.inbox import Inbox
from aggregator.worker.our_hub import OurHub
from aggregator.worker.outboxes import Outboxes
from aggregator.worker.parse_pool import ParsePool
from aggregator.worker.posting import Posting
from aggregator.worker.records import Records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aggregator.outbound.client import Deadlines
    from aggregator.outbound.resolver import Resolve
    from aggregator.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Staff:
    """What is open while feeds are fetched."""

    outbound: Outbound
    pool: ParsePool
    records: Records
    loop: FetchLoop
    fediverse: Fediverse
    inbox: Inbox
    follows: Follows
    posting: Posting


@asynccontextmanager
async def open_staff(
    desk: Desk,
    *,
    deadlines: Deadlines | None = None,
    steady: Callable[[], float] = steady_seconds,
    nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    resolve: Resolve | None = None,
) -> AsyncIterator[Staff]:
    """Open the door and the pool; at the end write what came in, give back what was leased, and close both.

    `steady`, `nap` and `resolve` stand for time and names where a day is lived in a minute.
    """
    settings = desk.settings
    # The name of a worker tells it from all others, those of a killed process with the same number included.
    worker = f"{os.getpid()}-{secrets.token_hex(4)}"
    outbound = Outbound(
        contact=contact_of(public_url=settings.public_url, contact=settings.contact),
        allow_private_hosts=settings.allow_private_hosts,
        connections=settings.fetch_connections,
        clock=desk.clock,
        deadlines=deadlines,
        resolve=resolve,
        steady=steady,
        proxy=settings.proxy,
    )
    pool = ParsePool(processes=settings.parse_processes, memory_mib=settings.parse_memory_mib)
    records = Records(desk)
    fediverse = Fediverse(desk, outbound, pool, records)
    inbox = Inbox(desk, fediverse, pool, records, Acting(desk, fediverse, pool, records))
    follows = Follows(desk, fediverse, records)
    posting = Posting(desk, fediverse, records)
    outboxes = Outboxes(desk, fediverse, pool, records)
    loop = FetchLoop(desk, outbound, pool, records, outboxes, worker=worker, steady=steady, nap=nap)
    hubs = Hubs(desk, outbound, records)
    our_hub = OurHub(desk, outbound, records)
    accounting = Accounting(outbound.tally, records, desk.clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(outbound)
        stack.callback(records.close)
        stack.push_async_callback(accounting.keep)
        stack.push_async_callback(loop.let_go)
        await stack.enter_async_context(pool)
        for work in (records.run(), loop.keep(), accounting.run(), hubs.run(), our_hub.run()):
            stack.push_async_callback(_end, asyncio.create_task(work))
        yield Staff(outbound, pool, records, loop, fediverse, inbox, follows, posting)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
