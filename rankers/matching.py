"""Looking for many patterns in one text at once.

A rule may have 200 patterns, and every entry that arrives is looked at with all of them. So a text is cut into words
once, and RE2 looks for all words and phrases of a rule in one pass over them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

import re2  # type: ignore[import-untyped]  # google-re2 comes without types

from rankers.patterns import expression, expression_options, is_expression
from rankers.words import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rankers.patterns import EntryTexts, TextLeaf


# Expressions of fixed words, where a \w* may follow the first letters of a word, or three. Any number of them make one
# small automaton; with groups, classes, counts or a . they could make one with a state for each letter of a text.
_TAME = re.compile(r"(?:\\b\w+\\w[*+]|\w{3,}\\w[*+]|\\b|\\[^\w]|[\w\s'\u2019,:;=|-]|(?<=\w)\?)+")


class _FactLeaves:
    """The leaves of one text fact: words and phrases found as pieces of the tokens between spaces, and expressions.

    All pieces are looked for in one pass, and so are all tame expressions. Of the others only those whose fixed parts
    are there are run.
    """

    def __init__(self, patterns: Sequence[tuple[str, int]]) -> None:
        """Sort patterns, each with its place in the matcher's leaves."""
        self._pieces = [(_piece(pattern), number) for pattern, number in patterns if not is_expression(pattern)]
        bodies = [(pattern[1:-1], number) for pattern, number in patterns if is_expression(pattern)]
        self._tame = [(body, number) for body, number in bodies if _TAME.fullmatch(body)]
        self._wild = [(body, number) for body, number in bodies if not _TAME.fullmatch(body)]
        literal = expression_options()
        literal.literal = literal.case_sensitive = True
        self._piece_set = _set_of([piece for piece, _ in self._pieces], literal)
        self._tame_set = _set_of([body for body, _ in self._tame], expression_options())
        self._filter = _filter_of([body for body, _ in self._wild])

    def hits(self, value: str) -> Iterable[int]:
        """Yield the numbers of the leaves that one value has."""
        if self._tame or self._wild:
            composed = unicodedata.normalize("NFC", value)
            yield from _found(
                self._tame, self._tame_set, composed, lambda body: bool(expression(body).search(composed))
            )
            if self._wild:
                yield from (self._wild[index][1] for index in self._filter.Match(composed) or ())
        if self._pieces:
            spaced = f" {' '.join(tokens(value))} "
            yield from _found(self._pieces, self._piece_set, spaced, lambda piece: piece in spaced)


def _found(
    leaves: list[tuple[str, int]], together: re2.Set, text: str, is_there: Callable[[str], bool]
) -> Iterable[int]:
    """Return the numbers of the leaves that a set finds; of those found one by one where it had no memory to finish."""
    found = together.Match(text)
    # The empty pattern, the last of the set, is in every text that was read to its end.
    if len(leaves) in found:
        return (leaves[index][1] for index in found if index < len(leaves))
    return (number for pattern, number in leaves if is_there(pattern))


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


def _set_of(patterns: list[str], options: re2.Options) -> re2.Set:
    found = re2.Set.SearchSet(options)
    for pattern in (*patterns, ""):
        found.Add(pattern)
    found.Compile()
    return found


def _filter_of(bodies: list[str]) -> re2.Filter:
    found = re2.Filter()
    for body in bodies:
        found.Add(body, expression_options())
    if bodies:
        found.Compile()
    return found
