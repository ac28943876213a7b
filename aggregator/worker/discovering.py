"""Looks for feeds at an address somebody pasted: by asking it, reading what it names, and trying likely places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, FetchError
from aggregator.model.discovery import DiscoveredFeed, Discovery, Tried
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import Validators
from aggregator.sources.discovery import FoundFeeds, PageJob
from aggregator.sources.fediverse.nodeinfo import depends_on_software, places_of
from aggregator.sources.fediverse.outbox import LookJob
from aggregator.sources.fediverse.webfinger import account_of, webfinger_address
from aggregator.sources.places import MOST_GUESSES, service_guesses, well_known
from aggregator.text.address import ACTOR_MARK, is_actor, unmarked
from aggregator.worker.fediverse import packed

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.worker.staff import Staff

_NOBODY_THERE: Final = {
    FaultCode.BAD_ADDRESS,
    FaultCode.REFUSED_ADDRESS,
    FaultCode.DNS,
    FaultCode.CONNECT,
    FaultCode.TLS,
    FaultCode.TIMEOUT,
}
"""Faults of the whole site: nothing else is asked of it then."""


async def discover(staff: Staff, address: str, now: datetime) -> Discovery:
    """Find the feeds of a page, a profile or a site; `address` itself where it is one.

    A service that answers under its own name is asked for its known feeds at once. Elsewhere an address that looks
    like a service's has its server asked what it runs, and who it is of the fediverse; else the address is asked, and
    what it links counts, then the places of that service, then the usual places.
    """
    search = _Search(staff, now, address)
    guesses = service_guesses(address)
    if guesses.own_host and (found := await search.those_of(guesses.addresses)):
        return search.result(found)
    if not guesses.own_host and (guesses.addresses or account_of(address)):
        await search.ask_software()
    if not guesses.own_host and (actor := await search.actor()):
        return search.result((actor,))
    named = await search.ask(address)
    if named is not None and named.itself is not None:
        # The address as it was pasted: where it leads on for good, the feed moves by itself.
        return search.result((replace(named.itself, address=address),))
    if named is not None and named.linked:
        return search.result(named.linked)
    if not guesses.own_host and not search.hopeless:
        if depends_on_software(address):
            await search.ask_software()
        found = await search.those_of(places_of(search.software, address, guesses.addresses))
        if not found and not search.hopeless:
            found = await search.first_of(well_known(search.arrived))
        return search.result(found)
    return search.result(())


@dataclass(slots=True)
class _Search:
    staff: Staff
    now: datetime
    asked: str
    arrived: str = ""
    hopeless: bool = False
    software: str | None = None
    tried: list[Tried] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.arrived = self.asked

    def result(self, feeds: tuple[DiscoveredFeed, ...]) -> Discovery:
        return Discovery(self.asked, feeds, tuple(self.tried))

    async def ask(self, address: str) -> FoundFeeds | None:
        """Ask one address and note what came. Raises BusyError where the site is to be left alone for now."""
        try:
            fetched = await self.staff.outbound.get_feed(address, Validators())
            job = PageJob(fetched.body, fetched.encoding, fetched.content_type, fetched.address, self.now)
            named = await self.staff.pool.find_feeds(job)
        except FetchError as exc:
            self.tried.append(Tried(address, exc.fault))
            self.hopeless = exc.fault.code in _NOBODY_THERE
            return None
        if address == self.asked:
            self.arrived = fetched.address
        if named.itself is None:
            self.tried.append(Tried(address))
        return named

    async def ask_software(self) -> None:
        """Ask what software is there; what that keeps where is known (nodeinfo.py)."""
        try:
            self.software = await self.staff.fediverse.software(self.asked)
        except BusyError:
            return  # then the shape of the address has to do

    async def actor(self) -> DiscoveredFeed | None:
        """Look for an actor of the fediverse, where the address looks like one's, or like one's document."""
        account = account_of(self.asked)
        if account is None and not is_actor(self.asked):
            return None
        found = unmarked(self.asked)
        try:
            if not is_actor(self.asked) and account is not None:
                named = await self._named(webfinger_address(account, found))
                if named is None:
                    return None
                found = named
            actor, document = await self.staff.fediverse.actor(found)
        except (FetchError, BusyError) as exc:
            if isinstance(exc, FetchError):
                self.tried.append(Tried(found, exc.fault))
                self.hopeless = exc.fault.code in _NOBODY_THERE
            return None
        if actor.outbox is None:
            return None
        if actor.no_bots:
            self.tried.append(Tried(document.address, Fault(FaultCode.UNWELCOME)))
            return None
        return DiscoveredFeed(actor.id + ACTOR_MARK, actor.name or actor.handle)

    async def _named(self, address: str) -> str | None:
        """Ask WebFinger; None where it does not answer, or names nobody."""
        try:
            fetched = await self.staff.fediverse.describe(address)
            looked = await self.staff.pool.look(LookJob(packed(fetched)))
        except FetchError as exc:
            self.tried.append(Tried(address, exc.fault))
            if exc.fault.code in _NOBODY_THERE:
                raise
            return None
        return looked.named

    async def those_of(self, addresses: tuple[str, ...]) -> tuple[DiscoveredFeed, ...]:
        """Return all of these that are feeds."""
        found = []
        for address in addresses[:MOST_GUESSES]:
            feed = await self._feed_at(address)
            if feed is not None:
                found.append(feed)
            if self.hopeless:
                break
        return tuple(found)

    async def first_of(self, addresses: tuple[str, ...]) -> tuple[DiscoveredFeed, ...]:
        """Return the first of these that is a feed: the others are mostly the same one again."""
        for address in addresses:
            feed = await self._feed_at(address)
            if feed is not None:
                return (feed,)
            if self.hopeless:
                break
        return ()

    async def _feed_at(self, address: str) -> DiscoveredFeed | None:
        try:
            named = await self.ask(address)
        except BusyError:
            if not self.tried:
                raise
            self.hopeless = True  # enough was asked of this site for now
            return None
        return None if named is None or named.itself is None else replace(named.itself, address=address)
