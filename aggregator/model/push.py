"""A hub that tells us when a feed has news (WebSub)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import FeedId


@dataclass(frozen=True, slots=True)
class Push:
    """What we asked of a feed's hub. `asked` is None before the first time, `until` while the hub has not agreed."""

    feed_id: FeedId
    hub: str
    topic: str
    asked: datetime | None
    until: datetime | None
    failures: int
