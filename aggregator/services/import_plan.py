"""What becomes of each feed of a source list, before anything is written. Pure.

Planning the same list twice, or again after an interruption, gives the same answer for every feed not yet written:
a feed met earlier in the list decides before what is held does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.job import ItemState
from aggregator.outbound.guard import check_url
from aggregator.sources.identity import canonical_address
from aggregator.text.address import is_beneath, marked_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregator.model.feed import Feed
    from aggregator.model.ids import FeedId
    from aggregator.model.subscription import OpmlFeed


@dataclass(frozen=True, slots=True)
class Planned:
    """One feed of the list and what becomes of it.

    `address` is the one spelling that is fetched; `feed_id` the feed it is or is merged with, where that is held.
    `folders` are where a new one is filed, those of its doubles in the list included. `note` is the code of the
    fault for a refused one, the other address for a merged one.
    """

    position: int  # from 1, in document order
    feed: OpmlFeed
    address: str
    state: ItemState
    feed_id: FeedId | None
    folders: tuple[str, ...]
    note: str | None


class Held:
    """The feeds we hold, by address and by what makes two addresses the same feed."""

    def __init__(self, feeds: Iterable[Feed], subscribed: frozenset[FeedId]) -> None:
        self.subscribed = subscribed
        self._by_address: dict[str, Feed] = {}
        self._by_canonical: dict[str, Feed] = {}
        for feed in feeds:
            self._by_address[feed.address] = feed
            # The feed subscribed to first stands for its doubles.
            self._by_canonical.setdefault(canonical_address(feed.address), feed)

    def find(self, address: str, canonical: str) -> Feed | None:
        """Find the feed with this address, else one whose address means the same."""
        return self._by_address.get(address) or self._by_canonical.get(canonical)


def plan(
    feeds: Iterable[OpmlFeed],
    held: Held,
    private: frozenset[tuple[str, int]],
    kept_out: frozenset[str] = frozenset(),
) -> tuple[Planned, ...]:
    """Decide for every feed.

    `private` are hosts the admin allows besides the public internet, `kept_out` domains nothing is taken from.
    """
    planned: list[Planned] = []
    first_by_canonical: dict[str, int] = {}
    folders: dict[int, tuple[str, ...]] = {}
    for index, feed in enumerate(feeds):
        try:
            address = marked_like(check_url(feed.address, private).url, feed.address)
            if is_beneath(address, kept_out):
                raise FetchError(Fault(FaultCode.BLOCKED))  # noqa: TRY301  # refused like an address that cannot be
        except FetchError as exc:
            planned.append(_item(index, feed, feed.address, ItemState.REFUSED, note=str(exc.fault.code)))
            continue
        canonical = canonical_address(address)
        first = first_by_canonical.setdefault(canonical, index)
        folders[first] = tuple(dict.fromkeys((*folders.get(first, ()), *feed.folders)))
        if first != index:
            planned.append(_item(index, feed, address, ItemState.MERGED, note=planned[first].address))
        else:
            planned.append(_match(index, feed, address, held.find(address, canonical), held.subscribed))
    return _with_folders(planned, folders)


def _match(index: int, feed: OpmlFeed, address: str, found: Feed | None, subscribed: frozenset[FeedId]) -> Planned:
    if found is None:
        return _item(index, feed, address, ItemState.NEW)
    if found.id not in subscribed:
        return _item(index, feed, found.address, ItemState.NEW, feed_id=found.id)
    if found.address == address:
        return _item(index, feed, address, ItemState.ALREADY, feed_id=found.id)
    return _item(index, feed, address, ItemState.MERGED, feed_id=found.id, note=found.address)


def _item(
    index: int,
    feed: OpmlFeed,
    address: str,
    state: ItemState,
    *,
    feed_id: FeedId | None = None,
    note: str | None = None,
) -> Planned:
    return Planned(index + 1, feed, address, state, feed_id, (), note)


def _with_folders(planned: list[Planned], folders: Mapping[int, tuple[str, ...]]) -> tuple[Planned, ...]:
    return tuple(
        Planned(p.position, p.feed, p.address, p.state, p.feed_id, folders.get(index, ()), p.note)
        if p.state is ItemState.NEW
        else p
        for index, p in enumerate(planned)
    )
