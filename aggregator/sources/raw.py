"""A document as its format tells it, before anything is cleaned: what every reader hands to entries.py.

Strings are the publisher's, unchecked but for characters that no text has: nothing in here may be shown or stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgpack  # type: ignore[import-untyped]  # it ships no types

if TYPE_CHECKING:
    from aggregator.model.entry import Kind
    from aggregator.model.remark import Remark

_HASH_MARK = b"broadsheet entry/1\n"  # raise the number when cleaning changes: all entries are then read again

NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML allows nowhere. Readers of other formats take it out of every text."""


class Text(NamedTuple):
    """A text with its declared type (safety 20).

    `type`: "text" is literal, "html" is markup, "either" is a plain field in which RSS allows escaped markup.
    """

    type: str
    value: str


@dataclass(slots=True)
class RawEntry:
    """One entry as its document tells it. Links are relative to `base`, or to the document's where it is None."""

    guid: str | None = None
    link: str | None = None
    title: Text | None = None
    content: Text | None = None
    summary: Text | None = None
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    comments: str | None = None
    base: str | None = None
    kind: Kind | None = None
    shortened: bool = False  # the publisher says that only an excerpt is given
    authors: list[tuple[str, str | None]] = field(default_factory=list)  # name, address
    categories: list[str] = field(default_factory=list)
    enclosures: list[tuple[str, str | None, str | None, str | None]] = field(
        default_factory=list
    )  # address, type, length, title
    images: list[str] = field(default_factory=list)  # the first that can be used is taken
    extras: dict[str, Any] = field(default_factory=dict)  # by the names of Extras; sources/extras.py says in what form

    def hash(self) -> bytes:
        """Return 16 bytes over all that is used of the entry; counts of likes and comments are not in it."""
        values = (*_values(self), self.extras) if self.extras else _values(self)
        content: bytes = msgpack.packb(values, unicode_errors="surrogatepass")
        return blake2b(content, digest_size=16, key=_HASH_MARK).digest()


# Extras only where there are any, so that entries without are the same as before there were extras.
_values = attrgetter(*(f.name for f in fields(RawEntry) if f.name != "extras"))


@dataclass(slots=True)
class RawFeed:
    """What a document says of its feed."""

    title: Text | None = None
    subtitle: Text | None = None
    site: str | None = None
    language: str | None = None
    image: str | None = None
    self_link: str | None = None
    hub: str | None = None
    ttl: str | None = None
    update_period: str | None = None
    update_frequency: str | None = None
    skip_hours: list[str] = field(default_factory=list)
    skip_days: list[str] = field(default_factory=list)
    authors: list[tuple[str, str | None]] = field(default_factory=list)  # of entries that name none


@dataclass(slots=True)
class RawDocument:
    """A whole document. `base` is what its links are relative to, None for its own address."""

    format: str
    feed: RawFeed = field(default_factory=RawFeed)
    entries: list[RawEntry] = field(default_factory=list)
    base: str | None = None
    remarks: list[Remark] = field(default_factory=list)
