"""Snippets: the part of a text where the words searched for stand, with those words marked. Pure.

The same tokens decide here and in the words index, so what is marked is what was found.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.text.words import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_TEXT = 20_000
"""Characters of a text that are looked at."""
LENGTH = 220
"""Characters a snippet has, about."""
LEAD = 60
"""Characters before the first marked word, about."""
STRETCH = 400
"""Characters looked through at a time for the first match."""
_JOINERS = "\u0640\u00ad\u200c\u200d"  # fold drops them, so that they do not part a word
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand next to each other; `prefix`: the last one is only a beginning."""

    tokens: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A run of plain text; `hit` where it is one of the words searched for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    tokens: tuple[str, ...]


def snippet(text: str, phrases: Sequence[Phrase]) -> tuple[SnippetPart, ...]:
    """Cut `text` around the first words that match and mark all that do. Without a match: its beginning."""
    whole = _BLANK.sub(" ", text[:LONGEST_TEXT]).strip()
    first, last = _region(whole, phrases)
    words = [_Word(word.start + first, word.end + first, word.tokens) for word in _words(whole[first:last])]
    hits = _joined(sorted(_hits(words, phrases)))
    start = _cut_before(words, hits[0][0] - LEAD) if hits else 0
    end = max((word.end for word in words if word.end <= start + LENGTH), default=last)
    if end + LEAD >= len(whole):
        end = len(whole)
    parts, place = [SnippetPart("…", hit=False)] if start else [], start
    for hit_start, hit_end in hits:
        if hit_end <= end:
            parts.append(SnippetPart(whole[place:hit_start], hit=False))
            parts.append(SnippetPart(whole[hit_start:hit_end], hit=True))
            place = hit_end
    parts.append(SnippetPart(whole[place:end] + ("…" if end < len(whole) else ""), hit=False))
    return tuple(part for part in parts if part.text)


def holds(text: str, phrases: Sequence[Phrase]) -> bool:
    """Tell whether a phrase stands in the part of `text` that a snippet may be cut from."""
    return any(part.hit for part in snippet(text, phrases))


def _region(text: str, phrases: Sequence[Phrase]) -> tuple[int, int]:
    """Find the first stretch with all tokens of a phrase: looking at each letter of a long text is slow."""
    for start in range(0, len(text), STRETCH):
        found = tokens(text[start : start + 2 * STRETCH])
        if any(_all_in(found, phrase) for phrase in phrases):
            before = text.rfind(" ", 0, max(0, start - LEAD)) + 1
            return before, min(len(text), start + 2 * STRETCH + LENGTH)
    return 0, min(len(text), 2 * STRETCH)


def _all_in(found: Sequence[str], phrase: Phrase) -> bool:
    held = set(found)
    *whole, last = phrase.tokens
    ends = any(token.startswith(last) for token in held) if phrase.prefix else last in held
    return ends and held.issuperset(whole)


def _cut_before(words: Sequence[_Word], place: int) -> int:
    """Give the start of the first word from `place` on; 0 where that leaves next to nothing out."""
    return next((word.start for word in words if word.start >= place), 0) if place > 0 else 0


def _joined(hits: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in hits:
        if joined and start == joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _words(text: str) -> list[_Word]:
    words, start = [], None
    for place, char in enumerate(text + " "):
        inside = char.isalnum() or char in _JOINERS or unicodedata.category(char)[0] == "M"
        if inside and start is None:
            start = place
        elif not inside and start is not None:
            words += _parts(text, start, place)
            start = None
    return words


def _parts(text: str, start: int, end: int) -> list[_Word]:
    """Give a run of letters as one word, or, in scripts without spaces, a word for each letter with its marks."""
    found = tuple(tokens(text[start:end]))
    if len(found) <= 1:
        return [_Word(start, end, found)]
    edges = [place for place in range(start, end) if unicodedata.category(text[place])[0] != "M"]
    letters = [_Word(a, b, tuple(tokens(text[a:b]))) for a, b in zip(edges, [*edges[1:], end], strict=True)]
    if tuple(token for letter in letters for token in letter.tokens) == found:
        return letters
    return [_Word(start, end, found)]


def _hits(words: Sequence[_Word], phrases: Sequence[Phrase]) -> set[tuple[int, int]]:
    stream = [(token, word) for word in words for token in word.tokens]
    found: set[tuple[int, int]] = set()
    for phrase in phrases:
        length = len(phrase.tokens)
        for place in range(len(stream) - length + 1):
            part = stream[place : place + length]
            if _matches([token for token, _ in part], phrase):
                found.update((word.start, word.end) for _, word in part)
    return found


def _matches(part: Sequence[str], phrase: Phrase) -> bool:
    if tuple(part[:-1]) != phrase.tokens[:-1]:
        return False
    return part[-1].startswith(phrase.tokens[-1]) if phrase.prefix else part[-1] == phrase.tokens[-1]
