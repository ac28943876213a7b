"""Our hub at work: confirms what was asked of it, and tells who asked when a feed has news.

What it sends is the feed as our own web server hands it out: fetched from there, and from there alone, by a door of
its own that may reach no other private address.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

from aggregator.errors import BusyError, FetchError
from aggregator.model.feed import Validators
from aggregator.outbound.agent import contact_of
from aggregator.outbound.client import Outbound
from aggregator.outbound.limits import inflate
from aggregator.services import hub

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregator.model.feed import Fetched
    from aggregator.model.sharing import Subscriber
    from aggregator.services.desk import Desk
    from aggregator.worker.records import Records

T = TypeVar("T")
log = logging.getLogger(__name__)
EVERY_SECONDS: Final = 20.0
AT_ONCE: Final = 100
GONE: Final = "410"
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # what is listened on, not what is bound


class OurHub:
    """`run` is a task; `round` does what is due once."""

    def __init__(self, desk: Desk, outbound: Outbound, records: Records) -> None:
        self._desk = desk
        self._outbound = outbound
        self._records = records

    async def run(self) -> None:
        """Look a few times a minute, until cancelled."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            with suppress(BusyError):
                await self.round()

    async def round(self) -> None:
        """Confirm what was asked, then tell who is to be told. Raises BusyError."""
        for asked in await self._in_thread(lambda: hub.unconfirmed(self._desk, AT_ONCE)):
            await self._confirm(asked)
        untold = await self._in_thread(lambda: hub.untold(self._desk, AT_ONCE))
        if not untold:
            return
        bodies: dict[str, Fetched] = {}
        async with self._own_door() as door:
            for subscriber, news in untold:
                await self._tell(subscriber, news, door, bodies)

    async def _confirm(self, asked: Subscriber) -> None:
        challenge = secrets.token_urlsafe(24)
        address = asked.callback + ("&" if "?" in asked.callback else "?") + urlencode(hub.question(asked, challenge))
        try:
            answer = await self._outbound.get_feed(address, Validators())
            body = inflate(answer.body, most=len(challenge) + 100) if answer.encoding else answer.body
            agreed = secrets.compare_digest(body.strip(), challenge.encode())
        except (FetchError, BusyError) as exc:
            log.info("subscriber did not confirm: %s", type(exc).__name__)
            agreed = False
        await self._in_thread(lambda: hub.settle(self._desk, asked, agreed=agreed))

    async def _tell(self, subscriber: Subscriber, now: bytes, door: Outbound, bodies: dict[str, Fetched]) -> None:
        try:
            if subscriber.topic not in bodies:
                bodies[subscriber.topic] = await door.get_feed(self._own(subscriber.topic), Validators())
            await self._send(subscriber, bodies[subscriber.topic])
        except (FetchError, BusyError) as exc:
            log.info("subscriber not told: %s", type(exc).__name__)
            if isinstance(exc, FetchError) and exc.fault.detail == GONE:
                await self._in_thread(lambda: hub.forget(self._desk, subscriber))
                return
            await self._in_thread(lambda: hub.note(self._desk, subscriber, now, arrived=False))
        else:
            await self._in_thread(lambda: hub.note(self._desk, subscriber, now, arrived=True))

    async def _send(self, subscriber: Subscriber, found: Fetched) -> None:
        body = inflate(found.body) if found.encoding else found.body
        headers = {
            "Content-Type": found.content_type,
            "Link": f'<{self._desk.address}/hub>; rel="hub", <{subscriber.topic}>; rel="self"',
        }
        signed = hub.signature(self._desk, subscriber, body)
        if signed:
            headers["X-Hub-Signature"] = signed
        await self._outbound.post_body(subscriber.callback, body, headers)

    def _own(self, topic: str) -> str:
        return f"http://{self._own_host()}{topic.removeprefix(self._desk.address)}"

    def _own_host(self) -> str:
        settings = self._desk.settings
        return f"{_EVERYWHERE.get(settings.host, settings.host)}:{settings.port}"

    def _own_door(self) -> Outbound:
        settings = self._desk.settings
        return Outbound(
            contact=contact_of(public_url=settings.public_url, contact=settings.contact),
            allow_private_hosts=(self._own_host(),),
            clock=self._desk.clock,
        )

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await self._records.in_thread(work)
