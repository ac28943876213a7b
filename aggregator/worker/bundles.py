"""Looks at the bundles that are followed, when they are due, through the outward door like at feeds."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from aggregator.errors import BroadsheetError, BusyError, FetchError
from aggregator.outbound.limits import inflate
from aggregator.services import bundle_following
from aggregator.sources.opml import LARGEST

if TYPE_CHECKING:
    from aggregator.model.bundle import FollowedBundle
    from aggregator.outbound.client import Outbound
    from aggregator.services.desk import Desk

log = logging.getLogger(__name__)
AT_ONCE: Final = 20
_NOT_MODIFIED: Final = 304


class Bundles:
    """What one worker looks at."""

    def __init__(self, desk: Desk, outbound: Outbound) -> None:
        self._desk = desk
        self._outbound = outbound

    async def run(self) -> None:
        """Look at what is due; what goes wrong is noted for its page."""
        try:
            due = await asyncio.to_thread(bundle_following.due_bundles, self._desk, AT_ONCE)
            for followed in due:
                await self._look(followed)
        except BroadsheetError as exc:
            log.warning("bundles not looked at, tried again: %s", exc)

    async def _look(self, followed: FollowedBundle) -> None:
        try:
            fetched = await self._outbound.get_feed(followed.address, followed.validators)
            data = None
            if fetched.status != _NOT_MODIFIED:
                data = inflate(fetched.body, most=LARGEST) if fetched.encoding else fetched.body
        except BusyError:
            return  # the domain has been asked enough for now; it stays due
        except FetchError as exc:
            await asyncio.to_thread(bundle_following.note_fault, self._desk, followed, exc.fault)
            return
        # Reading up to 5 MiB takes its time: not in the thread that all writing waits for.
        refused = await asyncio.to_thread(bundle_following.receive, self._desk, followed, data, fetched.validators)
        if refused:
            log.warning("bundle refused id=%d: %s", followed.id, refused)
