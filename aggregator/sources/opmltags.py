"""A forgiving scanner of OPML that is not well-formed: outline by outline, attribute by attribute.

What exporters get wrong and it forgives: bare ampersands, angle brackets and quotes inside a value, attributes
given twice or without quotes, outlines never closed, a file that breaks off. Everything looks a bounded way ahead,
so that the work grows with the file's length only.
"""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAG = re.compile(r"<(/?)outline\b|<title\s*+>([^<]{0,1000})</title", re.IGNORECASE)
_NAME = r"[A-Za-z_][\w:.\-]{0,60}"
_ASSIGNED = re.compile(rf"\s*+({_NAME})\s*+=\s*+(?:([\"'])|([^\s\"'<>]{{1,5000}}?)(?=\s|/?>|<|$))")
_VALUE_ENDS = re.compile(rf"\s*+(?:/?\s*+>|<|$)|\s++{_NAME}\s*+=")
_LONGEST_VALUE = 5_000  # characters
_MOST_QUOTES = 20  # inside one value
_MOST_ATTRIBUTES = 60  # of one outline
_END = re.compile(r"\s*+(/?)\s*+>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
# Exporters that forget the end of an entity: a known name with no letter behind it (HTML reads it so as well).
_UNENDED = re.compile(r"&(?:amp|lt|gt|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6})(?![A-Za-z0-9;=])")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")


def scan_outlines(text: str, recovered: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the events that opml.py reads; add to `recovered` what had to be forgiven."""
    notes: Counter[str] = Counter()
    text = _without_comments(text)
    place = depth = 0
    while (tag := _TAG.search(text, place)) is not None:
        place = tag.end()
        if tag.group(2) is not None:
            yield "title", {"text": _value(tag.group(2), notes)}
        elif tag.group(1):
            if depth:
                depth -= 1
                yield "close", {}
        elif tag.group(1) is not None:
            attributes, place, closed = _outline(text, place, notes)
            yield "open", attributes
            if closed:
                yield "close", {}
            else:
                depth += 1
    if depth:
        notes["an outline was never closed"] += depth
    recovered += [f"{note} ({times} times)" if times > 1 else note for note, times in notes.items()]


def _without_comments(text: str) -> str:
    pieces = []
    place = 0
    while (start := text.find("<!--", place)) != -1 and (end := text.find("-->", start)) != -1:
        pieces.append(text[place:start])
        place = end + len("-->")
    return "".join([*pieces, text[place:]])


def _outline(text: str, place: int, notes: Counter[str]) -> tuple[dict[str, str], int, bool]:
    """Read the attributes from `place` on; return them, where they end, and whether the tag closes itself."""
    attributes: dict[str, str] = {}
    for _ in range(_MOST_ATTRIBUTES):
        found = _ASSIGNED.match(text, place)
        if found is None:
            break
        name, quote, value = found.groups()
        place = found.end()
        if quote:
            end_of_value = _end_of_value(text, place, quote)
            if end_of_value is None:
                break
            value, place = text[place:end_of_value], end_of_value + 1
            if quote in value:
                notes["quotes inside a value were read as part of it"] += 1
        if name in attributes:
            notes["of attributes given twice the first was read"] += 1
        attributes.setdefault(name, _value(value, notes))
    end = _END.match(text, place)
    if end is not None:
        return attributes, end.end(), bool(end.group(1))
    notes["a broken outline was read as far as it goes"] += 1
    # A feed holds no outlines: without an end of its own it counts as closed.
    rest = text.find(">", place, place + _LONGEST_VALUE)
    following = text.find("<", place, place + _LONGEST_VALUE)
    if rest != -1 and (following == -1 or rest < following):
        found_after = re.findall(rf"({_NAME})=\"([^\"<>]*)\"", text[place:rest])
        more = {name: _value(value, notes) for name, value in found_after}
        return more | attributes, rest + 1, text[rest - 1] == "/"
    return attributes, place, True


def _end_of_value(text: str, start: int, quote: str) -> int | None:
    """Find the quote that ends a value: the first with an end or another attribute behind it, not inside a tag."""
    limit = min(len(text), start + _LONGEST_VALUE)
    for stop in ("\n", "<outline"):
        found = text.find(stop, start, limit)
        limit = found if found != -1 else limit
    first = None
    place = text.find(quote, start, limit)
    for _ in range(_MOST_QUOTES):
        if place == -1:
            break
        if _VALUE_ENDS.match(text, place + 1):
            if text.count("<", start, place) <= text.count(">", start, place):
                return place
            first = place if first is None else first
        place = text.find(quote, place + 1, limit)
    return first


def _value(raw: str, notes: Counter[str]) -> str:
    if "&" in raw:
        raw, unended = _UNENDED.subn(r"\g<0>;", raw)
        if unended:
            notes["an entity without its semicolon was read as meant"] += unended
        bare = len(_BARE_AMPERSAND.findall(raw))
        if bare:
            notes["a bare & was read as it stands"] += bare
        return _ENTITY.sub(lambda found: unescape(found.group()), raw)
    return raw
