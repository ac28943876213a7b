"""Entries: publisher's word (EntryData), what we hold (EntryForUpdate, Entry), what we decided (EntryUpdateIntent)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from aggregator.model.extras import NO_EXTRAS, Extras

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import EntryId, FeedId, Uid


class Kind(StrEnum):
    """What an entry is (ranking-semantics 2)."""

    ARTICLE = "article"
    NOTE = "note"
    AUDIO = "audio"
    VIDEO = "video"
    EVENT = "event"
    REPLY = "reply"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Author:
    """A person as the publisher wrote them."""

    name: str
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that comes with an entry. `length` in bytes."""

    url: str
    type: str | None = None
    length: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class EntryData:
    """The publisher's word about one entry, cleaned. Times are aware and in UTC; None means "not told".

    `key` is its identity within the feed (guid, else link, else a hash); `raw_hash` is 16 bytes over the element
    as it came, so that an entry we know can be passed over before it is cleaned.
    `words` is None where only an excerpt is known to be held. `index` is the text for the words index.
    """

    key: str
    raw_hash: bytes
    guid: str | None
    link: str | None
    title: str
    authors: tuple[Author, ...]
    published: datetime | None
    updated: datetime | None
    language: str | None
    kind: Kind
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    image: str | None
    comments: str | None
    content_html: str
    summary_html: str
    excerpt: str  # plain text, at most 300 characters
    words: int | None
    paid: bool
    index: str = field(repr=False)
    extras: Extras = NO_EXTRAS


class Marks(NamedTuple):
    """What an entry is known by besides its key, each a number of 48 bits; None where it has no such thing.

    `link` is where it links to whatever the scheme, `place` the same without the host, `title` its title (or its
    first words), `text` both title and first words.
    """

    link: int | None = None
    place: int | None = None
    title: int | None = None
    text: int | None = None


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class EntryForUpdate:
    """What we hold of one entry, as much as deciding needs. From the seen-marker, which outlives the entry."""

    key_hash: bytes  # 16 bytes: the key itself is not kept
    uid: Uid
    entry_id: EntryId | None  # None: seen once, the entry itself is gone
    raw_hash: bytes
    time: datetime
    first_seen: datetime
    age_known: bool = True
    marks: Marks = NO_MARKS


@dataclass(frozen=True, slots=True)
class EntryUpdateIntent:
    """What is to be written for one entry. `held` is None for a new one."""

    data: EntryData
    uid: Uid
    time: datetime
    first_seen: datetime
    age_known: bool  # False: undated, and in the first good fetch of its feed
    held: EntryForUpdate | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as stored, without its body."""

    id: EntryId
    uid: Uid
    feed_id: FeedId
    guid: str | None
    link: str | None
    title: str
    authors: tuple[Author, ...]
    published: datetime | None
    updated: datetime | None
    time: datetime
    first_seen: datetime
    language: str | None
    kind: Kind
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    image: str | None
    comments: str | None
    excerpt: str
    words: int | None
    paid: bool
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class Body:
    """The long texts of an entry, already clean."""

    content_html: str
    summary_html: str


@dataclass(frozen=True, slots=True)
class EntryState:
    """What one member did with one entry; never a column of any ranking."""

    read: bool = False
    starred: bool = False
    later: bool = False
