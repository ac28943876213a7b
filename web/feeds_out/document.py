"""What every feed format is written from: absolute addresses, plain texts, and the reasons of each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

HASHES: Final = 64


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry comes from: the publisher's feed. `address` is None where it is a secret."""

    title: str
    key: str
    address: str | None
    site: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the rule and what it gave, in micro-points; `said` is the fact it looked at."""

    id: str
    points: int
    said: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands and why: `total` in micro-points, `line` one sentence for people."""

    position: int
    total: int
    rule: str
    terms: tuple[Term, ...]
    line: str
    why: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that comes with an entry; `length` in bytes."""

    url: str
    type: str | None
    length: int | None
    title: str | None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. `html` is the text as it goes out, clean: an excerpt or the whole; `text` the same excerpt plain."""

    id: str
    uid: str
    title: str
    link: str
    authors: tuple[tuple[str, str | None], ...]
    published: datetime
    updated: datetime
    language: str | None
    categories: tuple[str, ...]
    files: tuple[File, ...]
    image: str | None
    text: str
    html: str
    whole: bool
    source: Source
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """The version that ranked, and its page."""

    id: str
    title: str
    number: int
    hash: str
    plain: str
    page: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the feed is, where its neighbours are (RFC 5005), and who tells of news (WebSub)."""

    self: str
    home: str
    first: str
    previous: str | None
    next: str | None
    hub: str | None
    receipt: str
    blogroll: str | None


@dataclass(frozen=True, slots=True)
class Archives:
    """Where the feed of a list with editions is, and the kept editions beside this one (RFC 5005, 4)."""

    current: str
    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """One page of a list as a feed; `complete`: it is the whole list (RFC 5005, 2).

    `archives` where the list has editions; `archive`: this is one that is kept.
    """

    id: str
    slug: str
    title: str
    subtitle: str
    publisher: str
    language: str
    at: datetime
    updated: datetime
    shown: int
    candidates: int
    rule: Rule
    addresses: Addresses
    complete: bool
    entries: tuple[FeedEntry, ...]
    archives: Archives | None = None
    archive: bool = False

    def other_pages(self) -> Iterator[tuple[str, str]]:
        """Yield (relation, address) of the documents beside this one (RFC 5005, 3 and 4); none where it is complete."""
        to = self.addresses
        if self.archives:
            others = (("prev-archive", self.archives.previous), ("next-archive", self.archives.next))
            yield from ((relation, address) for relation, address in others if address)
            if self.archive:
                yield "current", self.archives.current
                return
        for relation, address in (("first", to.first), ("previous", to.previous), ("next", to.next)):
            if address and not self.complete:
                yield relation, address
