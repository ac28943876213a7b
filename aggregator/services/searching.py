"""Searching the words of all entries the instance's group subscribes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry

PAGE = 50


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A run of plain text; `hit` where it is one of the words searched for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One hit. `score` is higher for the better match and only comparable within one search."""

    seen: SeenEntry
    snippet: tuple[SnippetPart, ...]
    score: float


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits. `problem` is a plain sentence where the words cannot be searched for; then no items.

    `next_after` is handed back as `after` for the next page; None on the last.
    """

    words: str
    items: tuple[Found, ...]
    next_after: str | None
    problem: str | None


def search(
    desk: Desk, actor: Actor, words: str, *, after: str | None = None, limit: int = PAGE
) -> SearchPage:
    """Find entries that hold all of the words: "quoted" for a phrase, a final * for a beginning."""
    raise NotImplementedError
