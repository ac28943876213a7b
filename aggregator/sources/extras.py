"""From what a document tells of an entry besides (RawEntry.extras) to Extras: one cleaning function a field.

A new field needs a line in _CLEAN. Each function gets the raw value, whatever a publisher made of it, and a function
that makes addresses absolute; it gives the field's default where nothing usable was told.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from aggregator.model.extras import NO_EXTRAS, Chapter, Extras, Picture, Place, Transcript
from aggregator.sources.plain import line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Absolute = Callable[[str], str | None]

MOST_CHAPTERS = 200
MOST_FILES = 20
LONGEST_LINE = 200  # characters of a chapter's title, a place's name, a licence
LONGEST_DESCRIPTION = 1_500  # characters; what Mastodon allows
_LONGEST_RECORDING = 10 * 24 * 3600  # seconds
_HIGHEST_NUMBER = 1_000_000

_MEDIA_TYPE = re.compile(r"[a-z0-9.+\-]{1,60}/[a-z0-9.+\-]{1,60}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
# Seconds, or minutes and seconds, or hours too (Normal Play Time, RFC 2326 3.6).
_DURATION = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,5}):)?(\d{1,7})(?:\.\d{0,9})?")
_MAILTO = re.compile(r"mailto:[^\s<>\"'`\\]{3,500}", re.IGNORECASE)
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?")


def read_extras(raw: Mapping[str, Any], absolute: Absolute) -> Extras:
    """Return what is usable of it; NO_EXTRAS where that is nothing."""
    if not raw:
        return NO_EXTRAS
    found = Extras(**{name: clean(raw[name], absolute) for name, clean in _CLEAN.items() if name in raw})
    return NO_EXTRAS if found == NO_EXTRAS else found


def _chapters(raw: Sequence[tuple[str, str, str | None]], absolute: Absolute) -> tuple[Chapter, ...]:
    found = []
    for start, title, link in raw[:MOST_CHAPTERS]:
        at, words = _seconds(start), line(title, LONGEST_LINE)
        if at is not None and words:
            found.append(Chapter(at, words, absolute(link) if link else None))
    return tuple(sorted(found, key=lambda chapter: chapter.start))


def _transcripts(raw: Sequence[tuple[str, str | None, str | None]], absolute: Absolute) -> tuple[Transcript, ...]:
    found = {}
    for address, told_form, told_language in raw[:MOST_FILES]:
        url = absolute(address)
        form, language = (told_form or "").strip().lower(), (told_language or "").strip()
        if url:
            found[url] = Transcript(
                url,
                form if _MEDIA_TYPE.fullmatch(form) else None,
                language.replace("_", "-") if _LANGUAGE.fullmatch(language) else None,
            )
    return tuple(found.values())


def _pictures(raw: Sequence[tuple[str, str]], absolute: Absolute) -> tuple[Picture, ...]:
    found = {}
    for address, description in raw[:MOST_FILES]:
        url, words = absolute(address), line(unescape(description), LONGEST_DESCRIPTION)
        if url and words:
            found[url] = Picture(url, words)
    return tuple(found.values())


def _place(raw: Mapping[str, str], _absolute: Absolute) -> Place | None:
    name = line(unescape(raw.get("name", "")), LONGEST_LINE) or None
    latitude, longitude = _degrees(raw.get("latitude"), 90), _degrees(raw.get("longitude"), 180)
    if latitude is None or longitude is None:
        return Place(name) if name else None
    return Place(name, latitude, longitude)


def _licence(raw: str, absolute: Absolute) -> str | None:
    raw = raw.strip()
    if raw.lower().startswith(("http:", "https:", "/", ".")):
        return absolute(raw)
    return line(unescape(raw), LONGEST_LINE) or None


def _way_out(raw: str, absolute: Absolute) -> str | None:
    return raw if _MAILTO.fullmatch(raw) else absolute(raw)


def _seconds(raw: str, _absolute: Absolute | None = None) -> int | None:
    found = _DURATION.fullmatch(raw.strip())
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = hours * 3600 + minutes * 60 + seconds
    return total if total <= _LONGEST_RECORDING else None


def _number(raw: str, _absolute: Absolute) -> int | None:
    digits = raw.strip().partition(".")[0]
    return int(digits) if re.fullmatch(r"[0-9]{1,7}", digits) and 0 < int(digits) <= _HIGHEST_NUMBER else None


def _is_explicit(raw: str, _absolute: Absolute) -> bool:
    return raw.strip().lower() in {"yes", "true", "explicit"}


def _degrees(raw: str | None, most: int) -> float | None:
    text = (raw or "").strip()
    return float(text) if _DEGREES.fullmatch(text) and abs(float(text)) <= most else None


def _length(raw: str, absolute: Absolute) -> int | None:
    return _seconds(raw, absolute) or None


_CLEAN: dict[str, Callable[[Any, Absolute], Any]] = {
    "chapters": _chapters,
    "chapters_file": lambda raw, absolute: absolute(raw),
    "transcripts": _transcripts,
    "seconds": _length,
    "season": _number,
    "episode": _number,
    "explicit": _is_explicit,
    "place": _place,
    "licence": _licence,
    "pictures": _pictures,
    "unsubscribe": _way_out,
    "boosted_by": lambda raw, _: tuple(dict.fromkeys(filter(None, (line(name, LONGEST_LINE) for name in raw)))),
    "warning": lambda raw, _: line(raw, LONGEST_DESCRIPTION),
    "in_reply_to": lambda raw, absolute: absolute(raw),
    "quote": lambda raw, absolute: absolute(raw),
    "reserved": lambda raw, _: raw is True,
}
