"""Looking for many patterns in one text at once.

A rule may have 200 patterns, and every entry that arrives is looked at with all of them. So a text is cut into words
once, and most patterns are ruled out by the words it has: only phrases whose first word occurs are searched for.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rankers.patterns import expression, is_expression
from rankers.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import re2  # type: ignore[import-untyped]  # google-re2 comes without types

    from rankers.patterns import EntryTexts, TextLeaf


@dataclass(frozen=True, slots=True)
class _FactLeaves:
    """The leaves of one text fact, by how they are found; numbers are places in the matcher's leaves.

    words: by their one word. phrases: (the phrase between spaces, number) by their first word. beginnings: (start of a
    word, number). expressions: (RE2, number).
    """

    words: dict[str, list[int]]
    phrases: dict[str, list[tuple[str, int]]]
    beginnings: list[tuple[str, int]]
    expressions: list[tuple[re2._Regexp[str], int]]


class LeafMatcher:
    """Some leaves, made ready to be looked for in any number of entries."""

    def __init__(self, leaves: Sequence[TextLeaf]) -> None:
        self.leaves = tuple(leaves)
        self._facts: dict[str, _FactLeaves] = {}
        for number, leaf in enumerate(self.leaves):
            of_fact = self._facts.setdefault(leaf.fact, _FactLeaves(defaultdict(list), defaultdict(list), [], []))
            _file(of_fact, leaf.pattern, number)

    def match(self, texts: EntryTexts) -> tuple[bool, ...]:
        """Tell for each leaf whether its pattern is found."""
        found = [False] * len(self.leaves)
        for fact, leaves in self._facts.items():
            for value in texts.values(fact):
                if value:
                    for number in _hits(leaves, value):
                        found[number] = True
        return tuple(found)


def match_leaf(leaf: TextLeaf, texts: EntryTexts) -> bool:
    """Tell whether one pattern is found in one entry."""
    return match_leaves((leaf,), texts)[0]


def match_leaves(leaves: Sequence[TextLeaf], texts: EntryTexts) -> tuple[bool, ...]:
    """Tell for each leaf whether its pattern is found. For many entries, keep a LeafMatcher."""
    return _matcher(tuple(leaves)).match(texts)


_matcher = lru_cache(maxsize=64)(LeafMatcher)


def _file(leaves: _FactLeaves, pattern: str, number: int) -> None:
    if is_expression(pattern):
        leaves.expressions.append((expression(pattern[1:-1]), number))
        return
    words = tokens(pattern)
    begins = pattern.endswith("*")
    if len(words) > 1:
        phrase = f" {' '.join(words)}" if begins else f" {' '.join(words)} "
        leaves.phrases[words[0]].append((phrase, number))
    elif begins:
        leaves.beginnings.append((words[0], number))
    else:
        leaves.words[words[0]].append(number)


def _hits(leaves: _FactLeaves, value: str) -> Iterable[int]:
    """Yield the numbers of the leaves that one value has."""
    if leaves.expressions:
        composed = unicodedata.normalize("NFC", value)
        for compiled, number in leaves.expressions:
            if compiled.search(composed) is not None:
                yield number
    if not (leaves.words or leaves.phrases or leaves.beginnings):
        return
    cut = tokens(value)
    known = set(cut)
    for word in leaves.words.keys() & known:
        yield from leaves.words[word]
    starts = leaves.phrases.keys() & known
    if starts:
        spaced = f" {' '.join(cut)} "
        yield from (number for start in starts for phrase, number in leaves.phrases[start] if phrase in spaced)
    if leaves.beginnings:
        ordered = sorted(known)
        for beginning, number in leaves.beginnings:
            place = bisect_left(ordered, beginning)
            if place < len(ordered) and ordered[place].startswith(beginning):
                yield number
