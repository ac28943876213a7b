"""Fetches a source of the fediverse: its actor once a day, the newest pages of its outbox, posts it shows of others.

Bounded in pages, posts and time (safety 49). Posts that are in none of the pages they should be in are looked up, and
removed where they are gone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.limits import inflate
from aggregator.sources.fediverse.outbox import LookJob, OutboxJob, Packed
from aggregator.store import entries, followed
from aggregator.store.followed import Followed
from aggregator.text.address import unmarked
from aggregator.update.outcome import Arrived, Failed, Unchanged
from aggregator.update.schedule import Wish, validators_to_send
from aggregator.worker.fediverse import NOTHING, packed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.access import Access
    from aggregator.model.entry import EntryForUpdate
    from aggregator.model.feed import DueFeed, Fetched, Validators
    from aggregator.model.ids import EntryId, FeedId
    from aggregator.services.desk import Desk
    from aggregator.update.outcome import Outcome
    from aggregator.worker.fediverse import Fediverse
    from aggregator.worker.parse_pool import ParsePool
    from aggregator.worker.records import Records

ASK_ACTOR: Final = timedelta(days=1)
FIRST_PAGES: Final = 2
MOST_PAGES: Final = 20
MOST_SHOWN: Final = 20
"""Posts of others fetched in one go; those left over come with the next."""
MOST_LOOKED_UP: Final = 10
SECONDS: Final = 30.0
_GONE: Final = ("404", "410")


@dataclass(frozen=True, slots=True)
class _Ask:
    sent: Validators
    access: Access


@dataclass(slots=True)
class _Pages:
    """What was read of an outbox: pages as they came, the posts they name, those to be fetched elsewhere."""

    pages: list[Packed] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    missing: dict[str, None] = field(default_factory=dict)
    first: Fetched | None = None


class Outboxes:
    """Fetches sources of the fediverse for the fetch loop."""

    def __init__(self, desk: Desk, fediverse: Fediverse, pool: ParsePool, records: Records) -> None:
        self._desk = desk
        self._fediverse = fediverse
        self._pool = pool
        self._records = records

    async def fetch(self, feed: DueFeed, access: Access, now: datetime) -> Outcome:
        """Fetch one source. Raises FetchError, BusyError, as a feed's own fetch does."""
        try:
            actor = await self._actor(feed, now)
        except FetchError as exc:
            if exc.fault.code is FaultCode.GONE:
                await self._records.write(lambda conn: forget_all(conn, feed.id))
                await self._records.in_thread(self._desk.database.checkpoint)
            raise
        if actor.outbox is None:
            raise FetchError(Fault(FaultCode.NOT_A_FEED, "no outbox"))
        ask = _Ask(validators_to_send(feed.validators, feed.schedule, now), access)
        read = await self._pages(feed, actor, ask)
        if read.first is None:
            return Failed(feed, Fault(FaultCode.EMPTY))
        wish = Wish(read.first.max_age, read.first.retry_after)
        if not read.pages and read.first.status == 304:  # noqa: PLR2004  # Not Modified
            return Unchanged(feed, read.first.validators, wish, None)
        held = await self._records.in_thread(lambda: self._held(feed.id, read.ids))
        job = OutboxJob(
            actor=Packed(actor.actor, "", actor.document),
            pages=tuple(read.pages),
            fetched=await self._shown([each for each in read.missing if each not in held][:MOST_SHOWN]),
            known=feed.known,
            now=now,
            feed_language=feed.language,
        )
        document = (await self._pool.read_outbox(job)).document
        # Boosted posts we hold are not fetched again, and are carried all the same.
        carried = [held[each].raw_hash for each in read.missing if each in held]
        document = replace(document, carried=(*document.carried, *carried))
        await self._look_up_missing(feed.id, read, held)
        return Arrived(feed, document, read.first.validators, wish, None)

    async def _actor(self, feed: DueFeed, now: datetime) -> Followed:
        held = await self._records.in_thread(lambda: self._find(feed.id))
        if held is not None and timedelta(0) <= now - held.asked < ASK_ACTOR and not feed.streak:
            return held
        actor, document = await self._fediverse.actor(unmarked(feed.address))
        name = actor.name or actor.handle or actor.id
        body = inflate(document.body) if document.encoding else document.body
        new = Followed(feed.id, actor.id, name, actor.inbox, actor.outbox, now, document=body)

        def keep(conn: Connection) -> None:
            followed.set_followed(conn, new)
            followed.set_keys(conn, actor.id, actor.keys, now=now)

        await self._records.write(keep)
        return new

    async def _pages(self, feed: DueFeed, actor: Followed, ask: _Ask) -> _Pages:
        read = _Pages()
        address, visited = actor.outbox, set[str]()
        most = FIRST_PAGES if feed.fresh else MOST_PAGES
        try:
            async with asyncio.timeout(SECONDS):
                while address and address not in visited and len(visited) <= most:
                    visited.add(address)
                    address = await self._page(feed, actor, address, ask, read)
        except TimeoutError as exc:
            if not read.pages:
                raise FetchError(Fault(FaultCode.TIMEOUT)) from exc
        except (BusyError, FetchError):
            if not read.pages:
                raise
        return read

    async def _page(self, feed: DueFeed, actor: Followed, address: str, ask: _Ask, read: _Pages) -> str | None:
        """Read one page; gives the address of the next, None where what follows is known."""
        # Validators belong to the collection itself; pages come and go.
        fetched = await self._fediverse.get(address, ask.sent if address == actor.outbox else NOTHING, ask.access)
        read.first = read.first or fetched
        if fetched.status == 304:  # noqa: PLR2004  # Not Modified
            return None
        document = packed(fetched)
        looked = await self._pool.look(LookJob(document, actor.actor))
        if looked.actor or looked.post:
            raise FetchError(Fault(FaultCode.NOT_A_FEED, "no outbox"))
        if not looked.ids:
            return looked.first or looked.next
        read.pages.append(document)
        read.ids += looked.ids
        read.missing.update(dict.fromkeys(looked.missing))
        known = await self._records.in_thread(lambda: self._held(feed.id, looked.ids))
        return None if known and not feed.fresh else looked.next

    async def _shown(self, ids: list[str]) -> tuple[Packed, ...]:
        """Fetch posts from their own hosts; one that cannot be had is left out."""
        found = []
        for address in ids:
            try:
                found.append(packed(await self._fediverse.get(address)))
            except (FetchError, BusyError):
                continue
        return tuple(found)

    async def _look_up_missing(self, feed_id: FeedId, read: _Pages, held: dict[str, EntryForUpdate]) -> None:
        """Look up posts that should be in the pages that were read and are not; remove those that are gone."""
        times = [each.time for each in held.values()]
        if not times:
            return
        since, named = min(times), set(read.ids)
        lost = await self._records.in_thread(lambda: self._lost(feed_id, since, named))
        gone = [entry_id for entry_id, address in lost[:MOST_LOOKED_UP] if await self._is_gone(address)]
        if gone:
            await self._records.write(lambda conn: entries.delete_entries(conn, gone))
            await self._records.in_thread(self._desk.database.checkpoint)

    async def _is_gone(self, address: str) -> bool:
        try:
            looked, _ = await self._fediverse.look(address)
        except FetchError as exc:
            return exc.fault.code is FaultCode.GONE or exc.fault.detail in _GONE
        except BusyError:
            return False
        return looked.gone

    def _find(self, feed_id: FeedId) -> Followed | None:
        with self._desk.database.read() as conn:
            return followed.find_followed(conn, feed_id)

    def _held(self, feed_id: FeedId, ids: list[str] | tuple[str, ...]) -> dict[str, EntryForUpdate]:
        with self._desk.database.read() as conn:
            return {key: each for key, each in entries.find_held(conn, feed_id, list(ids)).items() if each.entry_id}

    def _lost(self, feed_id: FeedId, since: datetime, named: set[str]) -> list[tuple[EntryId, str]]:
        with self._desk.database.read() as conn:
            newest = entries.iter_entries(conn, feed_id=feed_id, limit=200)
        return [(each.id, each.guid) for each in newest if each.guid and each.time > since and each.guid not in named]


def forget_all(conn: Connection, feed_id: FeedId) -> None:
    """Remove all that is held of an actor that is gone."""
    while held := entries.iter_entries(conn, feed_id=feed_id, limit=200):
        entries.delete_entries(conn, [each.id for each in held])
    followed.delete_followed(conn, feed_id)
