"""Search by words, in the sense of ranking-semantics 3, the same on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import BadInputError
from aggregator.store.dialects import Phrase, words_index
from aggregator.text.words import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from aggregator.model.candidate import Hit

MOST_PATTERNS = 20
MOST_TOKENS = 64
"""Tokens in one pattern."""


def search(conn: Connection, patterns: Sequence[str], *, limit: int, before: Hit | None = None) -> tuple[Hit, ...]:
    """Find entries that match all patterns, the last arrived first; the next page is `before` the last hit.

    A pattern is a word or a phrase, a `*` at its end makes the last word a beginning.
    Raises BadInputError for none, too many, or one without a word.
    """
    if not 1 <= len(patterns) <= MOST_PATTERNS:
        raise BadInputError("search", f"from 1 to {MOST_PATTERNS} words or phrases are expected")
    phrases = [_phrase(pattern) for pattern in patterns]
    return words_index(conn).find_words(conn, phrases, below=before.entry_id if before else None, limit=limit)


def _phrase(pattern: str) -> Phrase:
    words = tuple(tokens(pattern.removesuffix("*")))
    if not 1 <= len(words) <= MOST_TOKENS:
        raise BadInputError("search", f"{pattern!r:.100} has no word to look for, or too many")
    return Phrase(words, prefix=pattern.endswith("*"))
