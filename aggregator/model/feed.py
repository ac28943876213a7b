"""Feeds: what a publisher says of one, and what we hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from aggregator.model.fault import Fault
    from aggregator.model.ids import FeedId
    from aggregator.model.remark import Remark


@dataclass(frozen=True, slots=True)
class FeedData:
    """The publisher's word about a feed, from one document. None means "not told"."""

    title: str | None = None
    site: str | None = None
    language: str | None = None
    subtitle: str | None = None
    image: str | None = None
    self_link: str | None = None
    hub: str | None = None
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()  # 0..23, UTC
    skip_days: tuple[int, ...] = ()  # Monday = 0
    update_every: timedelta | None = None  # sy:updatePeriod and sy:updateFrequency
    remarks: tuple[Remark, ...] = ()  # ours, not the publisher's: what was cut or mended in the document


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional, kept to the byte (RFC 9110, 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a feed is fetched next. `hints` are what the publisher's document asked for."""

    due: datetime
    interval: timedelta
    full_since: datetime | None = None  # the last answer that was not a 304


@dataclass(frozen=True, slots=True)
class Health:
    """How fetching goes. `streak` counts failures since the last good answer."""

    last_tried: datetime | None = None
    last_ok: datetime | None = None
    fault: Fault | None = None
    streak: int = 0


@dataclass(frozen=True, slots=True)
class Moving:
    """Where a feed's permanent redirect leads, since when, and how many answers in a row said so."""

    to: str
    since: datetime
    times: int


@dataclass(frozen=True, slots=True)
class Move:
    """A feed was fetched from `from_address` until `at`, and from `to_address` since."""

    feed_id: FeedId
    at: datetime
    from_address: str
    to_address: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as we hold it. `source` and `owner` are the keys of ranking-semantics 2."""

    id: FeedId
    address: str
    first_address: str  # at first sight; the uids of its entries are minted from it
    title: str
    site: str | None
    language: str | None
    source: str
    owner: str
    added: datetime
    paused: bool
    moved_to: str | None
    validators: Validators
    schedule: Schedule
    health: Health
    hints: FeedData
    full_text: str | None = None  # None: off; "": on and well; else what went wrong last


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed leased for fetching: all that the fetch loop and the parser need to know of it."""

    id: FeedId
    address: str
    first_address: str
    site: str | None
    language: str | None
    validators: Validators
    schedule: Schedule
    streak: int
    hints: FeedData
    fresh: bool  # it never had a good fetch
    known: frozenset[bytes]  # raw hashes of the entries we hold as they are
    moving: Moving | None = None
    pushed_until: datetime | None = None  # its hub tells us of news until then
    sealed: bytes | None = field(default=None, repr=False)  # how it is reached, for services/access.py to open
    full_text: str | None = None  # as in Feed


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one request brought. `body` is as received: still packed when `encoding` is "gzip"."""

    status: int  # 200 or 304
    address: str  # the final one
    moved_to: str | None  # where only 301 and 308 led
    validators: Validators
    content_type: str
    encoding: str
    body: bytes
    max_age: int | None  # seconds, from Cache-Control or Expires
    retry_after: int | None


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be added: the address as it is to be fetched, and what is known of it before the first fetch."""

    address: str
    title: str
    site: str | None
    language: str | None
    source: str
    owner: str


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """One good answer, to be written: when and what to ask next time.

    `carried` are the raw hashes of all entries of the document; None for a 304, which carried what the last one did.
    """

    feed_id: FeedId
    validators: Validators
    schedule: Schedule
    last_ok: datetime
    carried: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """One failure, to be written: `tried` is when, `schedule` when it is tried again."""

    feed_id: FeedId
    fault: Fault
    schedule: Schedule
    tried: datetime
