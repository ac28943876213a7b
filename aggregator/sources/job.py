"""What goes into reading one document and what comes out: values that can cross a pipe (wire.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.entry import EntryData
    from aggregator.model.feed import FeedData

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """How much of one document is read; what is over is cut and noted (safety 11 and 18). Sizes in bytes."""

    body: int = 10 * MIB  # after unpacking
    entries: int = 1_000
    entry: int = MIB  # of one entry's texts together
    title: int = 1_000  # characters
    categories: int = 50
    enclosures: int = 20


@dataclass(frozen=True, slots=True)
class ParseJob:
    """One document to read.

    `body` is as received, still packed when `encoding` is "gzip"; `address` is the final one. `site` and
    `feed_language` are what we hold of the feed. `known` are raw hashes of entries held as they are: these
    are not read again.
    """

    body: bytes
    encoding: str
    content_type: str
    address: str
    site: str | None
    feed_language: str | None
    known: frozenset[bytes]
    now: datetime
    limits: ParseLimits = field(default_factory=ParseLimits)


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """What a document says.

    `entries` are the new or changed ones only, in document order; `carried` the raw hashes of all, in
    document order; `format` is "rss-2.0", "rss-0.9x", "rdf", "atom-1.0", "atom-0.3", "json-1.x" or "h-feed", with
    "+loose" behind it where feedparser read it.
    """

    feed: FeedData
    entries: tuple[EntryData, ...]
    carried: tuple[bytes, ...]
    format: str
