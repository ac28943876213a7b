"""What looking for feeds at an address found: the feeds, and all that was tried on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.fault import Fault


@dataclass(frozen=True, slots=True)
class DiscoveredFeed:
    """A feed at `address`; `title` as the page or the feed itself calls it. Nobody subscribes to it yet."""

    address: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """One address that was asked; `fault` is None where an answer came in which no feed was named."""

    address: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """`feeds` in the order of likelihood; `tried` in the order of asking, without those that were feeds."""

    asked: str
    feeds: tuple[DiscoveredFeed, ...]
    tried: tuple[Tried, ...] = ()
