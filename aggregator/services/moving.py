"""Feeds whose publisher says they moved for good: an editor follows at once, or says that they stay (safety 70)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import ConflictError, FetchError
from aggregator.model.feed import Moving
from aggregator.outbound.guard import check_url, private_hosts
from aggregator.services.rights import Right, require
from aggregator.store import access, feeds, leases, moves, subscriptions
from aggregator.text.address import host_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.feed import Feed
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk


def follow_move(desk: Desk, actor: Actor, feed_id: FeedId) -> str:
    """Fetch a feed from where its publisher says it is now; gives the address it had, for `undo_follow`.

    A password is for the place it was given for: on another host it is forgotten. Raises NotFoundError, ConflictError
    where the publisher says nothing of the kind, or a feed is there already.
    """
    require(actor, Right.CHANGE_SOURCES)
    now = desk.clock.now()
    with desk.database.write() as conn:
        held = _held(conn, actor, feed_id)
        if held.moved_to is None:
            raise ConflictError("feed", "its publisher does not say that it moved")
        try:
            check_url(held.moved_to, private_hosts(desk.settings.allow_private_hosts))
        except FetchError as exc:
            raise ConflictError("feed", "it may not be fetched from there") from exc
        if not moves.move_feed(conn, feed_id, held.moved_to, now=now):
            raise ConflictError("feed", "another source is fetched from there already")
        if host_of(held.moved_to) != host_of(held.address):
            access.set_sealed(conn, feed_id, None)
        leases.set_due(conn, feed_id, now)
    desk.ask.wake()
    return held.address


def undo_follow(desk: Desk, actor: Actor, feed_id: FeedId, back_to: str) -> None:
    """Fetch a feed from its last address again, which must be `back_to`. Raises NotFoundError, ConflictError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        held = _held(conn, actor, feed_id)
        last = next((move for move in moves.get_moves(conn, held.added) if move.feed_id == feed_id), None)
        if last is None or (last.from_address, last.to_address) != (back_to, held.address):
            raise ConflictError("feed", "it has moved again since")
        feeds.set_address(conn, feed_id, back_to)
        feeds.set_moving(conn, feed_id, Moving(held.address, desk.clock.now(), 0))


def refuse_move(desk: Desk, actor: Actor, feed_id: FeedId) -> None:
    """Let a feed stay where it is, whatever its publisher says of this one new address. Raises as `follow_move`."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        held = _held(conn, actor, feed_id)
        if held.moved_to is None:
            raise ConflictError("feed", "its publisher does not say that it moved")
        # A count of 0 never grows (update/moving.py).
        feeds.set_moving(conn, feed_id, Moving(held.moved_to, desk.clock.now(), 0))


def undo_refusal(desk: Desk, actor: Actor, feed_id: FeedId) -> None:
    """Count again what its publisher says, from now on. Raises NotFoundError."""
    require(actor, Right.CHANGE_SOURCES)
    with desk.database.write() as conn:
        _held(conn, actor, feed_id)
        feeds.set_moving(conn, feed_id, None)


def _held(conn: Connection, actor: Actor, feed_id: FeedId) -> Feed:
    return subscriptions.get_subscribed_feed(conn, actor.group, feed_id).feed
