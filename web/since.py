"""Since your last visit: an instant by list, kept in the browser's own cookie and moved by the reader alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import session

from aggregator.errors import BadInputError
from web.asked import Asked, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from aggregator.services.reading import ListedEntry

KEY = "since"
MOST_LISTS = 20
"""A cookie holds no more than 4 KB."""


@dataclass(frozen=True, slots=True)
class Since:
    """Up to when a reader has seen a list, and what of a page has come since."""

    until: datetime
    new: tuple[ListedEntry, ...]


def since(slug: str, items: Iterable[ListedEntry]) -> Since | None:
    """Say what of a page has come since the reader said they had seen the list; None where they never did."""
    try:
        until = Asked.of({"at": seen_until(slug) or ""}).at
    except BadInputError:
        return None
    if until is None:
        return None
    return Since(until, tuple(item for item in items if item.entry.first_seen > until))


def seen_until(slug: str) -> str | None:
    """Return what is remembered of a list."""
    kept: dict[str, str] = session.get(KEY, {})
    return kept.get(slug)


def set_seen_until(slug: str, until: str | None) -> None:
    """Remember an instant for a list, or forget it. Raises BadInputError."""
    at = Asked.of({"at": until or ""}).at
    kept: dict[str, str] = {name: told for name, told in session.get(KEY, {}).items() if name != slug}
    if at is not None:
        kept[slug] = stamp(at)
    session[KEY] = dict(list(kept.items())[-MOST_LISTS:])
