"""Sources and how they are doing, and searching what they brought. Secrets of their addresses are never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregator.model.ids import FeedId
from aggregator.services import searching, subscribing
from aggregator.services.neighbour import shown_address
from aggregator.services.shapes import feed_shape, found_shape
from web.api.v1 import schemas
from web.api.v1.inputs import FURTHEST, SOURCE, text, whole
from web.api.v1.operations import Page, operation
from web.door import actor, desk

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.model.subscription import SubscribedFeed


@operation("/sources", answer=schemas.many(schemas.SOURCE))
def sources() -> Any:
    """Give all sources, in the order of their folders and titles."""
    return [_shape(each) for each in subscribing.sources(desk(), actor())]


@operation("/sources/{source}", SOURCE, answer=schemas.SOURCE)
def source(source: int) -> Any:
    """Give one source."""
    return _shape(subscribing.source(desk(), actor(), FeedId(source)))


@operation(
    "/search",
    text("words", 'Words to look for; "quoted" for a phrase, * for a beginning.', longest=500, required=True),
    whole("after", "From a `Link` to the next page.", most=FURTHEST), answer=schemas.many(schemas.FOUND), paged=True,
)  # fmt: skip
def search(words: str, after: int | None = None) -> Page:
    """Find entries that hold all of the words, the last arrived first; none for what holds no word."""
    found = searching.search(desk(), actor(), words, after=None if after is None else str(after))
    onward = {"words": words, "after": found.next_after} if found.next_after else None
    return Page([found_shape(each) for each in found.items], onward)


def shown_addresses(asking: Actor) -> dict[FeedId, str]:
    """Give the addresses of all sources, without their secrets."""
    return {each.feed.id: shown_address(each.feed.address) for each in subscribing.sources(desk(), asking)}


def _shape(found: SubscribedFeed) -> dict[str, Any]:
    return feed_shape(found) | {"url": shown_address(found.feed.address)}
