"""Kept searches: the part of a list's scope that says which entries a search finds, checked and made ready."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aggregator.candidates.sought import Sought, finder
from aggregator.errors import BadInputError
from aggregator.services.meaning_columns import topic_vectors
from aggregator.services.searching import LONGEST, NO_WORD, TOO_LONG, patterns_of, read_words
from aggregator.store import lists, vectors
from aggregator.store.search import MOST_PATTERNS
from rankers import TextLeaf

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.candidates.snapshot import Snapshot
    from aggregator.candidates.sought import Finds
    from aggregator.model.ids import OwnerId
    from aggregator.model.readinglist import Search
    from aggregator.services.desk import Desk

MOST_SEARCHES: Final = 20
"""Lists of one owner that keep a search: each looks at the words of all that arrives."""
LEAST_LIKENESS: Final = 30
"""Per cent below which two texts have nothing to do with each other (docs/developers/meaning.md)."""
USUAL_LIKENESS: Final = 50


def finds_of(desk: Desk, conn: Connection, snapshot: Snapshot, search: Search | None) -> Finds | None:
    """Give what tells which rows a list's search finds; None for a list that keeps none."""
    return None if search is None else finder(desk.columns, conn, snapshot, _sought(desk, conn, search))


def checked(search: Search | None) -> Search | None:
    """Give a search as it is kept; None where it asks for nothing. Raises BadInputError."""
    if search is None or not search.words.strip():
        return None
    words = " ".join(search.words.split())
    patterns = patterns_of(read_words(words))
    if not patterns:
        raise BadInputError("words", NO_WORD)
    if len(words) > LONGEST or len(patterns) > MOST_PATTERNS:
        raise BadInputError("words", TOO_LONG)
    if search.likeness is not None and not LEAST_LIKENESS <= search.likeness <= 100:  # noqa: PLR2004  # per cent
        raise BadInputError("likeness", f"{LEAST_LIKENESS} to 100 per cent are expected")
    if search.since and search.until and search.since > search.until:
        raise BadInputError("until", "it lies before the first day")
    return replace(search, words=words)


def check_count(conn: Connection, owner: OwnerId, *, but: str = "") -> None:
    """See that an owner may keep one search more; the list called `but` does not count. Raises BadInputError."""
    held = sum(each.scope.search is not None and each.slug != but for each in lists.get_lists(conn, owner))
    if held >= MOST_SEARCHES:
        raise BadInputError("words", f"there are {MOST_SEARCHES} kept searches already; remove one first")


def texts_of_searches(conn: Connection) -> list[str]:
    """Return the words of all kept searches that find by meaning, for the model to read."""
    searches = (each.scope.search for each in lists.get_lists_with_searches(conn))
    return [search.words for search in searches if search and search.likeness is not None]


def _sought(desk: Desk, conn: Connection, search: Search) -> Sought:
    leaves = tuple(TextLeaf("text", pattern) for pattern in patterns_of(read_words(search.words[:LONGEST])))
    model = vectors.current_model(conn) if search.likeness is not None else None
    if model is None:
        return Sought(search, leaves)
    return Sought(search, leaves, model, topic_vectors(desk, conn, model, [search.words]).get(search.words))
