"""Looking for many patterns in one text at once.

A rule may have 200 patterns, and every entry that arrives is looked at with all of them. So a text is cut into words
once, and RE2 looks for all words and phrases of a rule in one pass over them.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

import re2  # type: ignore[import-untyped]  # google-re2 comes without types

from rankers.patterns import expression_options, is_expression
from rankers.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rankers.patterns import EntryTexts, TextLeaf


class _FactLeaves:
    """The leaves of one text fact: words and phrases found as pieces of the tokens between spaces, and expressions.

    All pieces are looked for in one pass, and of the expressions only those whose fixed parts are there are run.
    """

    def __init__(self, patterns: Sequence[tuple[str, int]]) -> None:
        """Sort patterns, each with its place in the matcher's leaves."""
        self._pieces = [(_piece(pattern), number) for pattern, number in patterns if not is_expression(pattern)]
        self._expressions = [number for pattern, number in patterns if is_expression(pattern)]
        self._set = _set_of([piece for piece, _ in self._pieces])
        self._filter = _filter_of([pattern[1:-1] for pattern, _ in patterns if is_expression(pattern)])

    def hits(self, value: str) -> Iterable[int]:
        """Yield the numbers of the leaves that one value has."""
        if self._expressions:
            composed = unicodedata.normalize("NFC", value)
            yield from (self._expressions[index] for index in self._filter.Match(composed) or ())
        if self._pieces:
            yield from self._found(f" {' '.join(tokens(value))} ")

    def _found(self, spaced: str) -> Iterable[int]:
        found = self._set.Match(spaced)
        # The empty piece, the last of the set, is in every text. Without it RE2 had no memory to finish.
        if len(self._pieces) in found:
            return (self._pieces[index][1] for index in found if index < len(self._pieces))
        return (number for piece, number in self._pieces if piece in spaced)


class LeafMatcher:
    """Some leaves, made ready to be looked for in any number of entries."""

    def __init__(self, leaves: Sequence[TextLeaf]) -> None:
        self.leaves = tuple(leaves)
        by_fact: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, leaf in enumerate(self.leaves):
            by_fact[leaf.fact].append((leaf.pattern, number))
        self._facts = {fact: _FactLeaves(patterns) for fact, patterns in by_fact.items()}

    def match(self, texts: EntryTexts) -> tuple[bool, ...]:
        """Tell for each leaf whether its pattern is found."""
        found = [False] * len(self.leaves)
        for fact, leaves in self._facts.items():
            for value in texts.values(fact):
                if value:
                    for number in leaves.hits(value):
                        found[number] = True
        return tuple(found)


def match_leaf(leaf: TextLeaf, texts: EntryTexts) -> bool:
    """Tell whether one pattern is found in one entry."""
    return match_leaves((leaf,), texts)[0]


def match_leaves(leaves: Sequence[TextLeaf], texts: EntryTexts) -> tuple[bool, ...]:
    """Tell for each leaf whether its pattern is found. For many entries, keep a LeafMatcher."""
    return _matcher(tuple(leaves)).match(texts)


_matcher = lru_cache(maxsize=64)(LeafMatcher)


def _piece(pattern: str) -> str:
    """Return what a word or phrase looks like among tokens between spaces; one with a * may go on."""
    words = " ".join(tokens(pattern))
    return f" {words}" if pattern.endswith("*") else f" {words} "


def _set_of(pieces: list[str]) -> re2.Set:
    options = re2.Options()
    options.literal = True
    options.log_errors = False
    found = re2.Set.SearchSet(options)
    for piece in (*pieces, ""):
        found.Add(piece)
    found.Compile()
    return found


def _filter_of(bodies: list[str]) -> re2.Filter:
    found = re2.Filter()
    for body in bodies:
        found.Add(body, expression_options())
    if bodies:
        found.Compile()
    return found
