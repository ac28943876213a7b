"""What the seen-markers tell of sources; markers themselves are written with entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from aggregator.model.candidate import SourcePace
from aggregator.store.columns import to_seconds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

WINDOW = 28 * 86_400  # s, ranking-semantics 2

# Per feed, so that the index over (feed_id, time, first_seen) answers alone: a step into the window and through it,
# and one step to the oldest.
_PACES = text(
    "SELECT source, sum(entries), min(oldest) FROM ("
    " SELECT source,"
    " (SELECT count(*) FROM seen WHERE feed_id = feed.id AND time > :start AND time <= :hour AND first_seen <= :now)"
    "  AS entries,"
    " (SELECT time FROM seen WHERE feed_id = feed.id AND first_seen <= :now ORDER BY time LIMIT 1) AS oldest"
    " FROM feed) AS feeds"
    " GROUP BY source HAVING min(oldest) <= :hour"
)


def paces(conn: Connection, *, hour: datetime, now: datetime) -> dict[str, SourcePace]:
    """Return by source what it published in the 28 days up to a full hour, of what was first seen by `now`.

    A source with nothing up to that hour is not named.
    """
    until = to_seconds(hour)
    rows = conn.execute(_PACES, {"start": until - WINDOW, "hour": until, "now": to_seconds(now)})
    return {source: SourcePace(int(entries), oldest) for source, entries, oldest in rows}
