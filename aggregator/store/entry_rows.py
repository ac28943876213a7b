"""Between entries and their rows: one place that knows every column of `entry`."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from aggregator.model.candidate import HAS, ColumnRow, has_of
from aggregator.model.entry import Entry, Kind
from aggregator.model.ids import EntryId, FeedId, Uid
from aggregator.store.columns import to_seconds
from aggregator.store.packed import (
    pack_authors,
    pack_enclosures,
    pack_extras,
    pack_texts,
    unpack_authors,
    unpack_enclosures,
    unpack_extras,
    unpack_texts,
)
from aggregator.store.tables import entry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from aggregator.model.entry import EntryUpdateIntent

CHANGING = (
    "version", "time", "first_seen", "age_known", "published", "updated", "guid", "link", "link_hash", "title",
    "authors", "language", "kind", "categories", "enclosures", "image", "comments", "excerpt", "words", "paid", "has",
    "extras",
)  # fmt: skip
"""The columns a changed entry is written to, in the order of `changing_values`."""

ENTRY_COLUMNS = tuple(column for column in entry.c if column.name not in {"version", "link_hash", "has", "age_known"})
"""What `entry_of` reads."""

FACT_COLUMNS = (
    entry.c.id, entry.c.version, entry.c.uid, entry.c.feed_id, entry.c.time, entry.c.first_seen, entry.c.age_known,
    entry.c.words, entry.c.language, entry.c.kind, entry.c.has, entry.c.paid, entry.c.extras,
)  # fmt: skip
"""What `column_row_of` reads."""

_BITS = {name: 1 << place for place, name in enumerate(HAS)}


def key_hash(key: str) -> bytes:
    """Return the 16 bytes an entry's key is found by: keys may be long, and there are many."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def link_hash(link: str | None) -> int | None:
    """Return the number an entry's link is found by."""
    if link is None:
        return None
    return int.from_bytes(blake2b(link.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def changing_values(intent: EntryUpdateIntent, version: int) -> tuple[Any, ...]:
    """Return the values of CHANGING for an intent."""
    data = intent.data
    return (
        version,
        to_seconds(intent.time),
        to_seconds(intent.first_seen),
        intent.age_known,
        _seconds(data.published),
        _seconds(data.updated),
        data.guid,
        data.link,
        link_hash(data.link),
        data.title,
        pack_authors(data.authors),
        data.language,
        data.kind.value,
        pack_texts(data.categories),
        pack_enclosures(data.enclosures),
        data.image,
        data.comments,
        data.excerpt,
        data.words,
        data.paid,
        sum(_BITS[name] for name in has_of(data)),
        pack_extras(data.extras),
    )


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else to_seconds(instant)


def entry_of(row: Row[*tuple[Any, ...]]) -> Entry:
    """Make an Entry of a row of ENTRY_COLUMNS."""
    return Entry(
        id=EntryId(row.id),
        uid=Uid(row.uid),
        feed_id=FeedId(row.feed_id),
        guid=row.guid,
        link=row.link,
        title=row.title,
        authors=unpack_authors(row.authors),
        published=row.published,
        updated=row.updated,
        time=row.time,
        first_seen=row.first_seen,
        language=row.language,
        kind=Kind(row.kind),
        categories=unpack_texts(row.categories),
        enclosures=unpack_enclosures(row.enclosures),
        image=row.image,
        comments=row.comments,
        excerpt=row.excerpt,
        words=row.words,
        paid=row.paid,
        extras=unpack_extras(row.extras),
    )


def column_row_of(row: Any) -> ColumnRow:
    """Make a ColumnRow of the plain values of FACT_COLUMNS: numbers and bytes, no instants."""
    entry_id, version, uid, feed_id, time, first_seen, age_known, words, language, kind, has, paid, extras = row
    return ColumnRow(
        entry_id=EntryId(entry_id),
        version=version,
        uid=Uid(bytes(uid).hex()),
        feed_id=FeedId(feed_id),
        time=time,
        first_seen=first_seen,
        age_known=bool(age_known),
        words=words,
        language=language,
        kind=_KINDS[kind],
        has=_names_of(has),
        paid=bool(paid),
        reserved=unpack_extras(extras).reserved,
        deleted=False,
    )


_KINDS = {kind.value: kind for kind in Kind}


@lru_cache(maxsize=1 << len(HAS))
def _names_of(bits: int) -> tuple[str, ...]:
    return tuple(name for name, bit in _BITS.items() if bits & bit)


def gone_row(entry_id: int, version: int) -> ColumnRow:
    """Make the ColumnRow of an entry that is no more."""
    return ColumnRow(
        entry_id=EntryId(entry_id),
        version=version,
        uid=Uid("0" * 32),
        feed_id=FeedId(0),
        time=0,
        first_seen=0,
        age_known=False,
        words=None,
        language=None,
        kind=Kind.ARTICLE,
        has=(),
        paid=False,
        reserved=False,
        deleted=True,
    )
