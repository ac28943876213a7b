"""Fetches the files that stand beside a recording, when somebody wants to read them: transcripts and chapters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from aggregator.model.access import Access
from aggregator.model.feed import Validators
from aggregator.services.access import unseal
from aggregator.sources.chapters import ChaptersJob
from aggregator.sources.transcript import TranscriptJob
from aggregator.store.access import find_sealed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aggregator.model.extras import Chapter
    from aggregator.model.feed import Fetched
    from aggregator.model.ids import FeedId
    from aggregator.model.spoken import Spoken
    from aggregator.outbound.client import Outbound
    from aggregator.services.desk import Desk
    from aggregator.worker.parse_pool import ParsePool

KEPT: Final = 32
"""Files whose readers' pages ask for them again: kept in memory alone, and gone with the worker."""
KEPT_SECONDS: Final = 3600.0

Read = TypeVar("Read")


class Beside:
    """Transcripts and chapters files, each asked for once an hour however many read it."""

    def __init__(self, desk: Desk, outbound: Outbound, pool: ParsePool, steady: Callable[[], float]) -> None:
        self._desk = desk
        self._outbound = outbound
        self._pool = pool
        self._steady = steady
        self._spoken: dict[str, tuple[float, Spoken]] = {}
        self._chapters: dict[str, tuple[float, tuple[Chapter, ...]]] = {}

    async def transcript(self, feed_id: FeedId, url: str, told: str) -> Spoken:
        """Fetch and read a transcript; `told` is its declared type, or empty. Raises FetchError, BusyError."""

        async def read() -> Spoken:
            got = await self._fetched(feed_id, url)
            job = TranscriptJob(got.body, got.encoding, got.content_type, got.address, told)
            return await self._pool.read_transcript(job)

        return await self._once(self._spoken, url, read)

    async def chapters(self, feed_id: FeedId, url: str) -> tuple[Chapter, ...]:
        """Fetch and read a chapters file. Raises FetchError, BusyError."""

        async def read() -> tuple[Chapter, ...]:
            got = await self._fetched(feed_id, url)
            return (await self._pool.read_chapters(ChaptersJob(got.body, got.encoding, got.address))).chapters

        return await self._once(self._chapters, url, read)

    async def _fetched(self, feed_id: FeedId, url: str) -> Fetched:
        """Ask for a file through the proxy of its feed, which is there to hide who asks; its password is not sent."""
        with self._desk.database.read() as conn:
            sealed = find_sealed(conn, feed_id)
        proxy = unseal(self._desk, feed_id, sealed).proxy
        return await self._outbound.get_feed(url, Validators(), Access(proxy=proxy))

    async def _once(self, held: dict[str, tuple[float, Read]], url: str, read: Callable[[], Awaitable[Read]]) -> Read:
        known = held.get(url)
        if known is not None and self._steady() - known[0] < KEPT_SECONDS:
            return known[1]
        found = await read()
        held.pop(url, None)
        held[url] = (self._steady(), found)
        while len(held) > KEPT:
            del held[next(iter(held))]
        return found
