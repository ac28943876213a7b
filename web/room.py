"""Who has room: the places of each source on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.services.reading import ListedEntry

MOST = 30


def room_on(items: Sequence[ListedEntry]) -> tuple[tuple[str, tuple[ListedEntry, ...]], ...]:
    """Return (name of the source, its entries) in the order of their first places, at most 30 sources."""
    places: dict[str, list[ListedEntry]] = {}
    for item in items:
        places.setdefault(item.source, []).append(item)
    return tuple((entries[0].feed_title, tuple(entries)) for entries in list(places.values())[:MOST])
