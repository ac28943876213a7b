"""Searching the words of all entries: "quoted" for a phrase, a * at a word's end for a beginning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError
from aggregator.model.candidate import Hit
from aggregator.model.ids import EntryId
from aggregator.services.rights import Right, require
from aggregator.services.seeing import see_entries
from aggregator.services.snippets import Phrase, SnippetPart, holds, snippet
from aggregator.store import entries
from aggregator.store import search as stored
from aggregator.text.strip import strip
from aggregator.text.words import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry

__all__ = ["Found", "SearchPage", "SnippetPart", "search"]

PAGE = 50
LONGEST = 500
NO_WORD = "There is no word to look for in this. Write at least one letter or number."
TOO_LONG = "This is too much to look for at once. Write fewer words."
_PARTS = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Found:
    """One hit. `score` is higher for the better match and only comparable within one search."""

    seen: SeenEntry
    snippet: tuple[SnippetPart, ...]
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits. `problem` is a plain sentence where the words cannot be searched for; then no items.

    `by_sense`: meaning had a part in it (services/sensing.py), else words alone did it.
    `next_after` is handed back as `after` for the next page; None on the last.
    """

    words: str
    items: tuple[Found, ...]
    next_after: str | None
    problem: str | None
    by_sense: bool = False


def search(desk: Desk, actor: Actor, words: str, *, after: str | None = None, limit: int = PAGE) -> SearchPage:
    """Find entries that hold all of the words, the last arrived first."""
    require(actor, Right.READ)
    phrases = read_words(words[:LONGEST])
    if not phrases:
        return SearchPage(words, (), None, NO_WORD)
    before = Hit(EntryId(int(after)), 0.0) if after and _NUMBER.fullmatch(after) else None
    with desk.database.read() as conn:
        try:
            hits = stored.search(conn, patterns_of(phrases), limit=limit + 1, before=before)
        except BadInputError:
            return SearchPage(words, (), None, TOO_LONG)
        seen = see_entries(conn, actor, [hit.entry_id for hit in hits[:limit]])
        items = tuple(
            Found(seen[hit.entry_id], shorten(conn, seen[hit.entry_id], phrases), hit.score)
            for hit in hits[:limit]
            # Whoever writes in the fediverse may say no to being found.
            if hit.entry_id in seen and not seen[hit.entry_id].entry.extras.reserved
        )
    return SearchPage(words, items, str(hits[limit - 1].entry_id) if len(hits) > limit else None, None)


def patterns_of(phrases: Sequence[Phrase]) -> list[str]:
    """Write phrases as the words index reads them."""
    return [" ".join(phrase.tokens) + "*" * phrase.prefix for phrase in phrases]


def read_words(words: str) -> tuple[Phrase, ...]:
    """Read what a person typed: words and "phrases", each with a * behind it where it is only a beginning.

    A word that is several tokens (co-op) is a phrase; what has no token is passed over.
    """
    phrases = []
    for quoted, star, word in _PARTS.findall(words):
        found = tuple(tokens(quoted or word))
        if found:
            phrases.append(Phrase(found, prefix=bool(star) or word.endswith("*") or quoted.endswith("*")))
    return tuple(dict.fromkeys(phrases))


def shorten(conn: Connection, seen: SeenEntry, phrases: Sequence[Phrase]) -> tuple[SnippetPart, ...]:
    """Cut a snippet from the excerpt where one of the words stands in it, or there is none, else from the body."""
    if not phrases or holds(seen.entry.excerpt, phrases):
        return snippet(seen.entry.excerpt, phrases)
    body = entries.get_body(conn, seen.entry.id)
    text = strip(body.content_html or body.summary_html)
    return snippet(text if holds(text, phrases) else seen.entry.excerpt, phrases)
