"""Text patterns: words and phrases, and /re/ on RE2 (ranking-semantics 3).

A match is a fact: it is computed once for an entry and a leaf when the entry arrives or the rule is published, stored
with the engine's version, and given to `rank` as a column of bits. Nothing here runs while ranking.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import re2  # type: ignore[import-untyped]  # google-re2 comes without types

from rankers.words import tokens

ENGINE = f"words/1 unicode {unicodedata.unidata_version} re2/1"
"""Stored beside leaf results: where it changes they are computed again."""
LONGEST_EXPRESSION = 500
LONGEST_PATTERN = 200
_MAX_MEMORY = 8 << 20
_LONGEST_TEXT = 200_000
_ALLOWED = frozenset(" *'\u2019-\u2010\u2011")
_SPECIAL = re.compile(r"([][\\.^$*+?{}|()/])")
_ESCAPED = r"\\\1"
_ODD_STAR = re.compile(r"\*.|(?:^|[\s'\u2019\u2010\u2011-])\*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class EntryTexts:
    """The texts of one entry that patterns look into: stripped of markup, NFC, empty where there is none."""

    title: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    content_warning: str = ""

    def values(self, fact: str) -> tuple[str, ...]:
        """Return the values of a text fact; no pattern matches across two of them."""
        match fact:
            case "title":
                return (self.title,)
            case "text":
                return (self.title, self.body[:_LONGEST_TEXT])
            case "author":
                return self.authors
            case "category":
                return self.categories
            case "content_warning":
                return (self.content_warning,)
            case _:
                raise KeyError(fact)


@dataclass(frozen=True, slots=True)
class TextLeaf:
    """One pattern on one text fact: the smallest condition whose result is stored.

    `key` names it for ever: the same words under the same key always mean the same.
    """

    fact: str
    pattern: str

    @property
    def key(self) -> str:
        """Return the name of its column of bits."""
        return f"{self.fact}:{self.pattern}"


def is_expression(pattern: str) -> bool:
    """Tell whether a pattern is written /re/."""
    return len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/")


def fault_of(pattern: str) -> str | None:
    """Say what is wrong with a pattern, None where it can be used."""
    if is_expression(pattern):
        return _fault_of_expression(pattern[1:-1])
    odd = next((char for char in pattern if not _is_allowed(char)), None)
    if odd is not None:
        written = _SPECIAL.sub(_ESCAPED, pattern)
        return f'"{odd}" is no letter, digit, space, apostrophe or hyphen: write /{written}/'
    if _ODD_STAR.search(pattern):
        return "a * may only stand at the end of a pattern, directly after its last word"
    if not tokens(pattern):
        return "expected at least one letter or digit"
    if len(pattern) > LONGEST_PATTERN:
        return f"expected at most {LONGEST_PATTERN} characters, found {len(pattern)}"
    return None


def _is_allowed(char: str) -> bool:
    return char in _ALLOWED or unicodedata.category(char)[0] in "LMN"


@lru_cache(maxsize=1024)
def expression(body: str) -> re2._Regexp[str]:
    """Compile what stands between the slashes. Raises re2.error."""
    return re2.compile(body, expression_options())


def expression_options() -> re2.Options:
    """Return how expressions are run: case does not count, memory is bounded."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = _MAX_MEMORY
    return options


def _fault_of_expression(body: str) -> str | None:
    if not 0 < len(body) <= LONGEST_EXPRESSION:
        return f"expected an expression of 1 to {LONGEST_EXPRESSION} characters, found {len(body)}"
    try:
        expression(body)
    except re2.error as fault:
        said = fault.args[0] if fault.args else ""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"not an expression that RE2 can run: {text}"
    return None
