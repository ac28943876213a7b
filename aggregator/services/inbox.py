"""What comes to the inbox: kept raw within bounds and answered at once; the worker looks at it (worker/inbox.py).

Nothing is believed here. Only whether push is on or lists can be followed, how much of a host waits, and reactions,
which are dropped unread.
"""

from __future__ import annotations

import json
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError
from aggregator.outbound.activities import is_activity_type
from aggregator.services.federating import is_on
from aggregator.services.list_actors import may_be_followed
from aggregator.sources.fediverse.activities import REACTIONS
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import origin_of
from aggregator.sources.fediverse.signatures import Request, claim_of
from aggregator.store import blocks, deliveries

__all__ = ["MOST_BYTES", "Received", "Request", "receive"]

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

MOST_BYTES: Final = 256 * 1024
_KEPT: Final = (
    "signature",
    "signature-input",
    "digest",
    "content-digest",
    "date",
    "host",
    "content-type",
    "content-length",
)
_LONGEST_FIELD: Final = 8_000


class Received(Enum):
    """What became of a request to the inbox, as an HTTP status."""

    OFF = 404
    TAKEN = 202
    NO_ACTIVITY = 415
    TOO_LARGE = 413
    REFUSED = 401
    FULL = 503


def receive(desk: Desk, request: Request, *, size: int) -> Received:
    """Keep a request for the worker; what shows at a glance to be nothing is refused with a reason kept.

    `size`: bytes of its body as announced; where that is too many, the body need not be there.
    """
    with desk.database.read() as conn:
        if not is_on(conn) and not may_be_followed(conn):
            return Received.OFF
    if not is_activity_type(request.headers.get("content-type", "")):
        _note(desk, "it is of no type that activities have")
        return Received.NO_ACTIVITY
    if max(size, len(request.body)) > MOST_BYTES:
        _note(desk, f"it is larger than {MOST_BYTES // 1024} KiB")
        return Received.TOO_LARGE
    if _is_reaction(request.body):
        return Received.TAKEN
    try:
        host = _claimed_host(desk, request)
    except Refused as refused:
        _note(desk, refused.reason)
        return Received.REFUSED
    return _keep(desk, request, host)


def _claimed_host(desk: Desk, request: Request) -> str:
    origin = origin_of(claim_of(request, desk.clock.now()).key_id)
    if origin is None:
        raise Refused("its key has no address")
    return origin[0]


def _keep(desk: Desk, request: Request, host: str) -> Received:
    headers = {name: request.headers[name][:_LONGEST_FIELD] for name in _KEPT if name in request.headers}
    with desk.database.write() as conn:
        # One that is kept out is not to learn of it.
        kept = blocks.is_blocked(conn, host) or deliveries.add_delivery(
            conn, host=host, url=request.url, headers=headers, body=request.body, now=desk.clock.now()
        )
    if not kept:
        return Received.FULL
    desk.ask.wake()
    return Received.TAKEN


def _is_reaction(body: bytes) -> bool:
    try:
        activity = json.loads(body)
    except (ValueError, RecursionError):
        return False  # the worker says what is wrong with it
    kind = activity.get("type") if isinstance(activity, dict) else None
    return isinstance(kind, str) and kind in REACTIONS


def _note(desk: Desk, reason: str) -> None:
    with suppress(BusyError), desk.database.write() as conn:
        deliveries.add_refusal(conn, host="", kind="request", reason=reason, now=desk.clock.now())
