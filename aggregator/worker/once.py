"""What a worker would do, done once without one, for a command."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aggregator.worker import discovering
from aggregator.worker.bundles import Bundles
from aggregator.worker.staff import open_staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.model.discovery import Discovery
    from aggregator.model.ids import FeedId
    from aggregator.model.ports import RefreshReport
    from aggregator.services.desk import Desk


def refresh(desk: Desk, feeds: Sequence[FeedId] | None) -> RefreshReport:
    """Fetch these feeds now (None: all), due or not; those a running worker is at are passed over.

    Raises BusyError, StorageFullError.
    """

    async def run() -> RefreshReport:
        async with open_staff(desk) as staff:
            return await staff.loop.these(feeds)

    return asyncio.run(run())


def discover(desk: Desk, address: str) -> Discovery:
    """Look for feeds at an address, without a running worker."""

    async def run() -> Discovery:
        async with open_staff(desk) as staff:
            return await discovering.discover(staff, address, desk.clock.now())

    return asyncio.run(run())


def look_at_bundles(desk: Desk) -> None:
    """Look at the followed bundles that are due, without a running worker."""

    async def run() -> None:
        async with open_staff(desk) as staff:
            await Bundles(desk, staff.outbound).run()

    asyncio.run(run())
