"""Looks at what came to the inbox: who sent it is proved, then it is acted on, or refused for a reason kept.

Nothing of a delivery is stored before its signature is proved, and nothing at all of one that is refused.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, FetchError
from aggregator.model.fault import FaultCode
from aggregator.sources.fediverse.inbox import ActivityJob
from aggregator.sources.fediverse.outbox import Packed
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import same_host
from aggregator.sources.fediverse.signatures import FUTURE, PAST, Request, claim_of, mark_of, prove
from aggregator.store import deliveries, followed

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.services.desk import Desk
    from aggregator.sources.fediverse.inbox import Activity
    from aggregator.sources.fediverse.signatures import Claim
    from aggregator.store.deliveries import Delivery
    from aggregator.worker.acting import Acting
    from aggregator.worker.fediverse import Fediverse
    from aggregator.worker.parse_pool import ParsePool
    from aggregator.worker.records import Records

log = logging.getLogger(__name__)
AT_ONCE: Final = 50
MOST_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(minutes=2)
KEY_RESTS: Final = timedelta(minutes=10)
"""A key that was just fetched is not fetched again because a signature does not fit it."""
_GONE: Final = ("404", "410")
_UNREACHED: Final = {FaultCode.DNS, FaultCode.CONNECT, FaultCode.TIMEOUT, FaultCode.TLS}


class Inbox:
    """`run` looks at all that is due."""

    def __init__(self, desk: Desk, fediverse: Fediverse, pool: ParsePool, records: Records, acting: Acting) -> None:
        self._desk = desk
        self._fediverse = fediverse
        self._pool = pool
        self._records = records
        self._acting = acting

    async def run(self) -> None:
        """Look at all deliveries that are due, in the order they came. Raises BusyError."""
        while due := await self._records.in_thread(self._due):
            for delivery in due:
                await self._take(delivery)
        await self._acting.settle()

    async def _take(self, delivery: Delivery) -> None:
        kind = ""
        try:
            activity = await self._pool.read_activity(ActivityJob(Packed(delivery.url, "", delivery.body)))
            kind = activity.type
            await self._proved(delivery, activity)
            await self._acting.act(activity, Packed(activity.id or activity.actor, "", delivery.body))
        except Refused as refused:
            await self._refuse(delivery, kind, refused.reason)
        except FetchError as exc:
            if exc.fault.code in _UNREACHED and await self._again(delivery):
                return
            await self._refuse(delivery, kind, f"it could not be looked up ({exc.fault})")
        except BusyError:
            if await self._again(delivery):
                return
            await self._refuse(delivery, kind, "its server was too busy to be asked")
        await self._records.write(partial(deliveries.delete_delivery, delivery_id=delivery.id))

    async def _proved(self, delivery: Delivery, activity: Activity) -> None:
        """Prove that an activity is its actor's (safety 46, 47). Raises Refused, FetchError, BusyError."""
        claim = claim_of(Request("POST", delivery.url, delivery.headers, delivery.body), delivery.received)
        if not same_host(claim.key_id, activity.actor):
            raise Refused("it is signed with a key of another host than its actor's")
        if activity.id is not None and not same_host(activity.id, activity.actor):
            raise Refused("its id is on another host than its actor")
        owner = await self._prove(claim)
        if owner != activity.actor:
            raise Refused("it is signed with the key of somebody else")
        until = claim.at + PAST + FUTURE
        fresh = await self._records.write(partial(deliveries.use_signature, mark=mark_of(claim), until=until))
        if not fresh:
            raise Refused("its signature was used before")

    async def _prove(self, claim: Claim) -> str:
        """Check the signature with the key we hold, else with the one its actor has now, asked once."""
        held = await self._records.in_thread(lambda: self._key(claim.key_id))
        if held is not None:
            owner, pem, fetched = held
            try:
                prove(claim, pem)
            except Refused:
                if self._desk.clock.now() - fetched < KEY_RESTS:
                    raise
            else:
                return owner
        try:
            actor, _ = await self._fediverse.actor(claim.key_id)
        except FetchError as exc:
            if exc.fault.detail in _GONE or exc.fault.code is FaultCode.GONE:
                raise Refused("its actor is gone") from exc
            raise
        pem = dict(actor.keys).get(claim.key_id, "")
        if not pem:
            raise Refused("its actor does not have that key")
        prove(claim, pem)
        now = self._desk.clock.now()
        await self._records.write(partial(followed.set_keys, actor=actor.id, keys=actor.keys, now=now))
        return actor.id

    async def _again(self, delivery: Delivery) -> bool:
        if delivery.tries >= MOST_TRIES:
            return False
        due = self._desk.clock.now() + FIRST_WAIT * 2**delivery.tries
        await self._records.write(partial(deliveries.put_off, delivery_id=delivery.id, due=due))
        return True

    async def _refuse(self, delivery: Delivery, kind: str, reason: str) -> None:
        if kind == "Delete" and reason == "its actor is gone":
            return  # servers tell everybody of people who left; of those we never read there is nothing to do
        log.info("delivery refused host=%s: %s", delivery.host, reason)
        now = self._desk.clock.now()
        add = partial(deliveries.add_refusal, host=delivery.host, kind=kind or "request", reason=reason, now=now)
        with suppress(BusyError):
            await self._records.write(add)

    def _due(self) -> tuple[Delivery, ...]:
        with self._desk.database.read() as conn:
            return deliveries.get_due(conn, self._desk.clock.now(), limit=AT_ONCE)

    def _key(self, key_id: str) -> tuple[str, str, datetime] | None:
        with self._desk.database.read() as conn:
            return followed.find_key(conn, key_id)
