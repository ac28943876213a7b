"""Being told of news by hubs (WebSub, safety 51). A push is only a reason to look: nothing in it is read.

The proof of a hub is not a session: it knows an address nobody can guess, and signs what it sends there with a secret
we gave it. Both are derived from the instance's secret for each feed.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError
from aggregator.store import feeds, leases, pushes

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import FeedId
    from aggregator.model.push import Push
    from aggregator.services.desk import Desk

LEASE: Final = timedelta(days=10)
"""What we ask for; the hub decides."""
SHORTEST: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=90)
ANSWER_WITHIN: Final = timedelta(days=1)
"""A hub that was asked longer ago has nothing to confirm."""
AFTER_REFUSAL: Final = timedelta(days=7)
REST: Final = timedelta(minutes=1)
"""A feed is not looked at more often than this, however often its hub calls."""
_RENEW_AT: Final = 0.8


def callback(desk: Desk, feed_id: FeedId) -> str:
    """Return the address a feed's hub calls."""
    return f"{desk.address}/websub/{feed_id}/{_word(desk, 'websub-path', feed_id)}"


def request_of(desk: Desk, push: Push) -> dict[str, str]:
    """Return the form that asks a hub to tell us."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": push.topic,
        "hub.callback": callback(desk, push.feed_id),
        "hub.secret": _word(desk, "websub-secret", push.feed_id),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }


def confirm(desk: Desk, feed_id: FeedId, word: str, *, mode: str, topic: str, lease_seconds: int | None) -> bool:
    """Say whether we asked for this; where the hub agrees, keep until when, where it refuses, ask again in a week."""
    now = desk.clock.now()
    with desk.database.write() as conn:
        push = _expected(desk, pushes.find_push(conn, feed_id), feed_id, word)
        if push is None or push.topic != topic:
            return False
        if mode == "denied":
            pushes.set_agreed(conn, feed_id, until=None, again=now + AFTER_REFUSAL)
            return True
        if mode != "subscribe" or push.asked is None or not timedelta(0) <= now - push.asked <= ANSWER_WITHIN:
            return False
        lease = LEASE if lease_seconds is None else timedelta(seconds=lease_seconds)
        lease = min(max(lease, SHORTEST), LONGEST)
        pushes.set_agreed(conn, feed_id, until=now + lease, again=now + lease * _RENEW_AT)
    return True


def receive(desk: Desk, feed_id: FeedId, word: str, body: bytes, signature: str) -> bool:
    """Look at a feed because its hub calls; says whether there is such an address.

    A push without a right signature is passed over in silence, as WebSub asks for.
    """
    with desk.database.read() as conn:
        if _expected(desk, pushes.find_push(conn, feed_id), feed_id, word) is None:
            return False
        feed = feeds.get_feed(conn, feed_id)
    secret = _word(desk, "websub-secret", feed_id).encode()
    signed = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if hmac.compare_digest(signed.encode(), signature.lower().encode("utf-8", "replace")) and not feed.paused:
        _look(desk, feed_id, feed.health.last_tried)
    return True


def _look(desk: Desk, feed_id: FeedId, last_tried: datetime | None) -> None:
    now = desk.clock.now()
    if last_tried is None or not timedelta(0) <= now - last_tried < REST:
        try:
            desk.ask.refresh([feed_id], wait=0.0)
        except BusyError:
            pass
        else:
            return
    with desk.database.write() as conn:
        if feeds.get_feed(conn, feed_id).schedule.due > now + REST:
            leases.set_due(conn, feed_id, now + REST)


def _expected(desk: Desk, push: Push | None, feed_id: FeedId, word: str) -> Push | None:
    expected = _word(desk, "websub-path", feed_id).encode()
    return push if hmac.compare_digest(expected, word.encode("utf-8", "replace")) else None


def _word(desk: Desk, purpose: str, feed_id: FeedId) -> str:
    return hmac.new(desk.key(purpose), b"%d" % feed_id, hashlib.sha256).hexdigest()
