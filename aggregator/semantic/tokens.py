"""What the story pass reads of a text besides its vector: its words, and the names in it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aggregator.text.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_WORDS = 80
"""Words of one entry that are compared: a title and the beginning of a text."""
FEWEST_WORDS = 3
"""Fewer stand over pages that every site has ("About", "Privacy policy"); no labelled story has so few."""
SHORTEST_NAME = 3
_NAME = re.compile(r"(?<=[\w,;)])\s+([^\W\d_][\w'-]+)|(\b\d[\d.,]*\d\b)")
"""A word that does not begin a sentence, or a number of more than one digit."""


def words_of(title: str, text: str) -> frozenset[str]:
    """Return the folded words of a title and the beginning of a text."""
    found = tokens(f"{title}\n{text}")
    return frozenset(_first(found, MOST_WORDS))


def is_telling(title: str, text: str) -> bool:
    """Say whether a title, or the text of what has none, has words enough to be told from others."""
    return len(_first(tokens(title or text), FEWEST_WORDS)) == FEWEST_WORDS


def names_of(title: str, text: str) -> frozenset[str]:
    """Return words written with a capital inside a sentence, and numbers, folded.

    A title in capitals throughout gives none, nor do scripts without capitals: then likeness counts without names.
    """
    found: set[str] = set()
    for part in (title, text):
        words = part.split()
        capital = sum(word[:1].isupper() for word in words)
        if words and capital * 3 > len(words) * 2:
            continue
        for name, number in _NAME.findall(part):
            for token in tokens(name or number):
                if number or (name[:1].isupper() and len(token) >= SHORTEST_NAME):
                    found.add(token)
    return frozenset(found)


def _first(words: Iterable[str], count: int) -> list[str]:
    kept: list[str] = []
    for word in words:
        if len(kept) == count:
            break
        kept.append(word)
    return kept
