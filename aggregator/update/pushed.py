"""Stores entries that came by push, as a fetch would, but for the feed's schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.store import entries
from aggregator.text.marks import marks_of
from aggregator.update.decide import Held, decide
from aggregator.update.outcome import Stored
from aggregator.update.sameness import spellings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.entry import EntryData
    from aggregator.model.feed import Feed


def store_pushed(conn: Connection, feed: Feed, arriving: Sequence[EntryData], *, now: datetime) -> Stored:
    """Write what is new or changed of these entries of one feed, a few at most, in the caller's transaction."""
    if not arriving:
        return Stored()
    keys = {each for data in arriving for each in (data.key, *spellings(data.key))}
    alike = entries.find_alike(conn, feed.id, [marks_of(data) for data in arriving])
    there = Held(entries.find_held(conn, feed.id, list(keys)), alike)
    fresh = feed.health.last_ok is None
    intents = decide(arriving, there, first_address=feed.first_address, fresh=fresh, now=now)
    new, changed = entries.apply_intents(conn, feed.id, intents)
    return Stored(new, changed)
