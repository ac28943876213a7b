"""Why a list shows nothing: its five reasons are five different pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.candidates.table import in_scope
from aggregator.services.pages import EmptyKind, EmptyReason
from aggregator.store import feeds, subscriptions, values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.feed import Feed
    from aggregator.services.pages import LeftOutLine
    from aggregator.services.ranked import Ranked


def why_empty(conn: Connection, ranking: Ranked, by: Sequence[LeftOutLine]) -> EmptyReason:
    """Say why nothing is shown, with the next fetch where that may change it."""
    if by:
        return EmptyReason(EmptyKind.LEFT_OUT, line=max(by, key=lambda line: line.count))
    drawn_from = _feeds_of(conn, ranking)
    if not drawn_from:
        return EmptyReason(EmptyKind.NO_FEEDS)
    if ranking.data_version < values.data_version(conn):
        return EmptyReason(EmptyKind.BUILDING)
    due = _next_due(drawn_from)
    if all(feed.health.streak for feed in drawn_from):
        return EmptyReason(EmptyKind.OFFLINE, next=due)
    if not any(feed.health.last_ok for feed in drawn_from):
        return EmptyReason(EmptyKind.NOT_FETCHED, next=due)
    return EmptyReason(EmptyKind.NOTHING_NEW, next=due)


def _feeds_of(conn: Connection, ranking: Ranked) -> tuple[Feed, ...]:
    folders = {each.feed_id: each.folders for each in subscriptions.get_subscriptions(conn, ranking.list.draws_on)}
    known = feeds.get_feeds(conn, folders)
    return tuple(feed for feed in known.values() if in_scope(ranking.list.scope, feed.id, folders[feed.id]))


def _next_due(drawn_from: Sequence[Feed]) -> datetime | None:
    return min((feed.schedule.due for feed in drawn_from if not feed.paused), default=None)
