"""Names, passwords, tokens and proxies of feeds: sealed before they are kept, never shown again (safety 9, 13, 56).

They are bound to their feed (sealing.py): what is sealed for one does not open for another.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, FetchError
from aggregator.model.access import Access, ShownAccess
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.guard import private_hosts
from aggregator.outbound.socks import read_proxy
from aggregator.services import sealing
from aggregator.services.rights import Right, require
from aggregator.store import access as sealed_access
from aggregator.store import leases, subscriptions
from aggregator.text.masking import mask

if TYPE_CHECKING:
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

PURPOSE: Final = "feed-access"
LONGEST: Final = 1000


def seal(desk: Desk, feed_id: FeedId, access: Access) -> bytes:
    """Make bytes of an access that only this instance can open, and only for this feed."""
    return sealing.seal(desk, PURPOSE, json.dumps(asdict(access)).encode(), _bound_to(feed_id))


def unseal(desk: Desk, feed_id: FeedId, sealed: bytes | None) -> Access:
    """Open what `seal` made; None is no access. Raises FetchError (NO_ACCESS) after a change of the secret."""
    if sealed is None:
        return Access()
    opened = sealing.unseal(desk, PURPOSE, sealed, _bound_to(feed_id))
    if opened is None:
        raise FetchError(Fault(FaultCode.NO_ACCESS))
    return Access(**json.loads(opened))


def shown_access(desk: Desk, actor: Actor, feed_id: FeedId) -> ShownAccess:
    """Say how a source is reached, without its secrets. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.read() as conn:
        subscriptions.get_subscribed_feed(conn, actor.group, feed_id)
        sealed = sealed_access.find_sealed(conn, feed_id)
    try:
        held = unseal(desk, feed_id, sealed)
    except FetchError:
        return ShownAccess("", password=True, token=True, proxy="", readable=False)
    return ShownAccess(held.user, bool(held.password), bool(held.token), mask(held.proxy))


def set_access(desk: Desk, actor: Actor, feed_id: FeedId, access: Access) -> None:
    """Reach a source in this way from now on, and try it at once; an empty access forgets what was kept.

    Raises BadInputError, NotFoundError.
    """
    require(actor, Right.CHANGE_SOURCES)
    _check(desk, access)
    with desk.database.write() as conn:
        held = subscriptions.get_subscribed_feed(conn, actor.group, feed_id)
        sealed_access.set_sealed(conn, feed_id, seal(desk, feed_id, access) if access != Access() else None)
        if not held.feed.paused:
            leases.set_due(conn, feed_id, desk.clock.now())
    desk.ask.wake()


def _check(desk: Desk, access: Access) -> None:
    for name, text in asdict(access).items():
        if len(text) > LONGEST or not text.isprintable():
            raise BadInputError(name, f"at most {LONGEST} printable characters fit")
    if access.token and (access.user or access.password):
        raise BadInputError("token", "a token or a name with a password, not both")
    if not access.token.isascii():
        raise BadInputError("token", "a token has no such letters")
    if ":" in access.user or (access.password and not access.user):
        raise BadInputError("user", "a name without a colon stands before a password")
    if not access.proxy:
        return
    proxy, settings = read_proxy(access.proxy), desk.settings
    allowed = set(private_hosts(settings.allow_private_hosts))
    if (proxy.host, proxy.port) not in allowed and access.proxy != settings.proxy:
        raise BadInputError("proxy", "the admin has to name its host:port in the setting allow_private_hosts first")


def _bound_to(feed_id: FeedId) -> bytes:
    return b"feed %d" % feed_id
