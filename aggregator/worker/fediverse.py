"""Asks the fediverse: one document at a time, signed where its server asks for that, never where it is kept out."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.access import Access
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import Validators
from aggregator.services.instance_actor import find_signer
from aggregator.sources.fediverse.nodeinfo import links_address
from aggregator.sources.fediverse.outbox import Looked, LookJob, Packed
from aggregator.sources.fediverse.shapes import origin_of, same_host, without_fragment
from aggregator.sources.fediverse.signatures import Request, Scheme, sign
from aggregator.store import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aggregator.model.fediverse import Actor
    from aggregator.model.feed import Fetched
    from aggregator.outbound.activities import Sign
    from aggregator.outbound.client import Outbound
    from aggregator.services.desk import Desk
    from aggregator.sources.fediverse.signatures import Signer
    from aggregator.worker.parse_pool import ParsePool
    from aggregator.worker.records import Records

log = logging.getLogger(__name__)
MOST_HOSTS: Final = 5_000
ASK_AGAIN: Final = timedelta(days=7)
"""How long what a server said of its software is taken for true."""
_ASKED_TO_SIGN: Final = {str(int(status)) for status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)}
NOTHING: Final = Validators()
NO_ACCESS: Final = Access()


class Fediverse:
    """Documents and inboxes of others. What a host was seen to want is remembered while the worker runs."""

    def __init__(self, desk: Desk, outbound: Outbound, pool: ParsePool, records: Records) -> None:
        self._desk = desk
        self._outbound = outbound
        self._pool = pool
        self._records = records
        self._wants: OrderedDict[tuple[str, int], Scheme] = OrderedDict()
        self._software: OrderedDict[tuple[str, int], tuple[str | None, datetime]] = OrderedDict()
        self._signer: Signer | None = None

    async def get(self, address: str, validators: Validators = NOTHING, access: Access = NO_ACCESS) -> Fetched:
        """Ask for a document. Raises FetchError, with BLOCKED for a server that is kept out, and BusyError."""
        origin = await self._check(address)
        wanted = self._wants.get(origin)
        if wanted is None:
            try:
                return await self._outbound.get_activity(address, access=access, validators=validators)
            except FetchError as exc:
                if exc.fault.code is not FaultCode.STATUS or exc.fault.detail not in _ASKED_TO_SIGN:
                    raise
                if await self._find_signer() is None:
                    raise
        return await self._get_signed(address, origin, validators, access)

    async def describe(self, address: str) -> Fetched:
        """Ask for a JSON document that says who somebody is. Raises FetchError, BusyError."""
        await self._check(address)
        return await self._outbound.get_description(address)

    async def software(self, address: str) -> str | None:
        """Ask what software the server of an address runs, once in 7 days; None where it does not say.

        Raises BusyError.
        """
        origin = origin_of(address)
        if origin is None:
            return None
        now = self._desk.clock.now()
        held, asked = self._software.get(origin, (None, None))
        if asked is not None and now - asked < ASK_AGAIN:
            return held
        found = None
        try:
            links = await self._pool.look(LookJob(packed(await self.describe(links_address(address)))))
            if links.nodeinfo is not None:
                found = (await self._pool.look(LookJob(packed(await self.describe(links.nodeinfo))))).software
        except FetchError as exc:
            log.info("no nodeinfo host=%s: %s", origin[0], exc)
        self._software[origin] = (found, now)
        if len(self._software) > MOST_HOSTS:
            self._software.popitem(last=False)
        return found

    async def look(self, address: str, *, speaker: str | None = None) -> tuple[Looked, Packed]:
        """Ask for a document and say what it is. Raises FetchError, BusyError."""
        fetched = await self.get(address)
        document = packed(fetched)
        return await self._pool.look(LookJob(document, speaker)), document

    async def actor(self, address: str) -> tuple[Actor, Packed]:
        """Ask for an actor by its id or an address that leads to it. Raises FetchError, BusyError.

        What comes is believed only where its id is on the host that answered, else the id is asked (safety 46).
        """
        address = without_fragment(address) if "#" in address else address
        for _ in range(2):
            looked, document = await self.look(address)
            if looked.actor is None:
                break
            if same_host(looked.actor.id, document.address):
                return looked.actor, document
            address = looked.actor.id
        raise FetchError(Fault(FaultCode.NOT_A_FEED, "nobody of the fediverse"))

    async def send(self, inbox: str, body: bytes, *, key_id: str | None = None) -> None:
        """Hand an activity of ours to an inbox, signed in the older way first. Raises FetchError, BusyError.

        `key_id` names the key of a list's actor; None: the instance's own.
        """
        origin = await self._check(inbox)
        signer = await self._find_signer()
        if signer is None:
            raise FetchError(Fault(FaultCode.NO_ACCESS, "no key"))
        signer = signer if key_id is None else replace(signer, key_id=key_id)
        first = self._wants.get(origin, Scheme.CAVAGE)
        for scheme in (first, Scheme.RFC9421 if first is Scheme.CAVAGE else Scheme.CAVAGE):
            try:
                await self._outbound.post_activity(inbox, body, self._sign(signer, scheme))
            except FetchError as exc:
                if scheme is not first or exc.fault.detail not in _ASKED_TO_SIGN | {"400"}:
                    raise
            else:
                self._remember(origin, scheme)
                return

    async def _get_signed(
        self, address: str, origin: tuple[str, int], validators: Validators, access: Access
    ) -> Fetched:
        signer = await self._find_signer()
        if signer is None:
            raise FetchError(Fault(FaultCode.NO_ACCESS, "no key"))
        first = self._wants.get(origin, Scheme.CAVAGE)
        other = Scheme.RFC9421 if first is Scheme.CAVAGE else Scheme.CAVAGE
        try:
            fetched = await self._outbound.get_activity(
                address, sign=self._sign(signer, first), access=access, validators=validators
            )
        except FetchError as exc:
            if exc.fault.code is not FaultCode.STATUS or exc.fault.detail not in _ASKED_TO_SIGN:
                raise
            fetched = await self._outbound.get_activity(
                address, sign=self._sign(signer, other), access=access, validators=validators
            )
            first = other
        self._remember(origin, first)
        return fetched

    def _sign(self, signer: Signer, scheme: Scheme) -> Sign:
        def fields(method: str, url: str, body: bytes) -> Mapping[str, str]:
            return sign(Request(method, url, {}, body), signer, self._desk.clock.now(), scheme)

        return fields

    async def _check(self, address: str) -> tuple[str, int]:
        origin = origin_of(address)
        if origin is None:
            raise FetchError(Fault(FaultCode.BAD_ADDRESS))
        if await self._records.in_thread(lambda: self._is_blocked(origin[0])):
            raise FetchError(Fault(FaultCode.BLOCKED))
        return origin

    def _is_blocked(self, host: str) -> bool:
        with self._desk.database.read() as conn:
            return blocks.is_blocked(conn, host)

    async def _find_signer(self) -> Signer | None:
        if self._signer is None:
            self._signer = await self._records.in_thread(lambda: find_signer(self._desk))
        return self._signer

    def _remember(self, origin: tuple[str, int], scheme: Scheme) -> None:
        self._wants[origin] = scheme
        while len(self._wants) > MOST_HOSTS:
            self._wants.popitem(last=False)


def packed(fetched: Fetched) -> Packed:
    """Return an answer as it goes on to the parse processes."""
    return Packed(fetched.address, fetched.encoding, fetched.body)
