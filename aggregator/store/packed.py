"""Small values kept as JSON in one column: nobody searches inside them, and they come and go whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from aggregator.model.entry import Author, Enclosure
from aggregator.model.extras import NO_EXTRAS, Extras, extras_of, told_of
from aggregator.model.feed import FeedData
from aggregator.model.readinglist import Scope, scope_of
from aggregator.model.timetable import Timetable

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack_texts(texts: tuple[str, ...]) -> str | None:
    """Pack plain texts; nothing for none."""
    return _encode(texts) if texts else None


def unpack_texts(packed: str | None) -> tuple[str, ...]:
    """Undo pack_texts."""
    return tuple(json.loads(packed)) if packed else ()


def pack_pairs(pairs: tuple[tuple[str, str], ...]) -> str | None:
    """Pack pairs of texts; nothing for none."""
    return _encode(pairs) if pairs else None


def unpack_pairs(packed: str | None) -> tuple[tuple[str, str], ...]:
    """Undo pack_pairs."""
    return tuple((first, second) for first, second in json.loads(packed)) if packed else ()


def pack_authors(authors: tuple[Author, ...]) -> str | None:
    """Pack authors; nothing for none."""
    return (
        _encode([(author.name, author.uri) if author.uri else (author.name,) for author in authors])
        if authors
        else None
    )


def unpack_authors(packed: str | None) -> tuple[Author, ...]:
    """Undo pack_authors."""
    return tuple(Author(*fields) for fields in json.loads(packed)) if packed else ()


def pack_enclosures(enclosures: tuple[Enclosure, ...]) -> str | None:
    """Pack enclosures; nothing for none."""
    return _encode([(e.url, e.type, e.length, e.title) for e in enclosures]) if enclosures else None


def unpack_enclosures(packed: str | None) -> tuple[Enclosure, ...]:
    """Undo pack_enclosures."""
    return tuple(Enclosure(*fields) for fields in json.loads(packed)) if packed else ()


def pack_extras(extras: Extras) -> str | None:
    """Pack what else is told of an entry; nothing for nothing."""
    return _encode(told_of(extras)) if extras is not NO_EXTRAS else None


def unpack_extras(packed: str | None) -> Extras:
    """Undo pack_extras."""
    return extras_of(json.loads(packed)) if packed else NO_EXTRAS


def pack_scope(scope: Scope) -> str:
    """Pack a list's scope."""
    return _encode(scope.told)


def unpack_scope(packed: str) -> Scope:
    """Undo pack_scope."""
    return scope_of(json.loads(packed))


def pack_timetable(timetable: Timetable | None) -> str | None:
    """Pack when a list's editions are made; nothing for a live list."""
    if timetable is None:
        return None
    since = int(timetable.since.timestamp())
    return _encode({"times": timetable.times, "days": timetable.days, "since": since})


def unpack_timetable(packed: str | None) -> Timetable | None:
    """Undo pack_timetable."""
    if not packed:
        return None
    given = json.loads(packed)
    since = datetime.fromtimestamp(given["since"], UTC)
    return Timetable(tuple(given["times"]), tuple(given["days"]), since)


def pack_feed_data(data: FeedData) -> str:
    """Pack what a publisher says of a feed: only what was told."""
    given: dict[str, Any] = {name: getattr(data, name) for name in FeedData.__slots__}
    if data.update_every is not None:
        given["update_every"] = data.update_every.total_seconds()
    return _encode({name: value for name, value in given.items() if value is not None and value != ()})


@lru_cache(maxsize=256)  # most feeds say the same few things or nothing
def unpack_feed_data(packed: str) -> FeedData:
    """Undo pack_feed_data."""
    given = json.loads(packed)
    for name in ("skip_hours", "skip_days", "remarks"):
        if name in given:
            given[name] = tuple(given[name])
    if "update_every" in given:
        given["update_every"] = timedelta(seconds=given["update_every"])
    return FeedData(**given)
