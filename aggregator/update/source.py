"""Proposes a feed's source again when its document tells where its site is (pure; ranking-semantics 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.sources.identity import source_key

if TYPE_CHECKING:
    from aggregator.model.feed import Feed, FeedData


def proposed_again(held: Feed, told: FeedData) -> tuple[str, str] | None:
    """Return the source and owner keys of a feed now that its document told its site; None where they stay.

    A source list often names no site, so the first proposal is the feed's own address. A key somebody chose is
    never touched: it is known by not being what we would have proposed.
    """
    if not told.site or told.site == held.site:
        return None
    before = source_key(held.address, held.site, title=held.title)
    if held.source != before:
        return None
    source = source_key(held.address, told.site, title=told.title or held.title)
    if source == before:
        return None
    return source, source if held.owner == before else held.owner
