"""Reading: lists, their pages, an entry with where it stands, what is left out and why.

Every function takes the desk and who is asking, checks the right to read, and gives the frozen values of pages.py.
`rule` is the slug of one of the owner's rules (None: the list's own); `at` and `data_version` come from a page
shown before and keep its snapshot; None means now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.services.pages import (
    Counts,
    EmptyKind,
    EmptyReason,
    EntryPage,
    FoldedEntry,
    FoldedPage,
    FoundEntry,
    LeftOutLine,
    LeftOutPage,
    ListedEntry,
    ListPage,
    SeenEntry,
    Standing,
    Undo,
    WithheldEntry,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aggregator.model.ids import Uid
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk

__all__ = [
    "Counts",
    "EmptyKind",
    "EmptyReason",
    "EntryPage",
    "FoldedEntry",
    "FoldedPage",
    "FoundEntry",
    "LeftOutLine",
    "LeftOutPage",
    "ListPage",
    "ListedEntry",
    "SeenEntry",
    "Standing",
    "Undo",
    "WithheldEntry",
    "entry_page",
    "folded",
    "further_down",
    "left_out",
    "list_page",
    "lists",
    "mark",
    "mark_above",
    "undo",
    "why_not",
]

NEWEST_FIRST = "newest-first"
PAGE = 50


def lists(desk: Desk, actor: Actor) -> tuple[ReadingList, ...]:
    """The lists of the instance's group, the front page first. Raises NotSignedInError."""
    raise NotImplementedError


def list_page(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    start: int = 0,
    hide_read: bool = False,
    limit: int | None = None,
) -> ListPage:
    """What the list shows, from place `start` on: all of it, or pages of 50 for a rule without an end.

    Raises NotFoundError("list" or "rule").
    """
    raise NotImplementedError


def further_down(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    start: int | None = None,
    limit: int = PAGE,
) -> ListPage:
    """Give the places after the end of what is shown, in the same order; `start` None: the first of them."""
    raise NotImplementedError


def left_out(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    line: str | None = None,
    start: int = 0,
    limit: int = PAGE,
) -> LeftOutPage:
    """Give what the rule's filter lines withheld, each with all lines that match it."""
    raise NotImplementedError


def folded(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    lead: Uid | None = None,
    start: int = 0,
    limit: int = PAGE,
) -> FoldedPage:
    """Give what was folded into stories, each with the entry that leads its story."""
    raise NotImplementedError


def entry_page(
    desk: Desk,
    actor: Actor,
    uid: Uid,
    slug: str | None = None,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    what_if: bool = False,
) -> EntryPage:
    """One entry with its body and, where a list is named, its standing and neighbours there.

    `what_if` ranks once more for each line of the rule. Raises NotFoundError("entry", "list" or "rule").
    """
    raise NotImplementedError


def why_not(
    desk: Desk,
    actor: Actor,
    slug: str,
    link: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
) -> tuple[FoundEntry, ...]:
    """Where the entries with this link stand; empty where no entry held has it."""
    raise NotImplementedError


def mark(
    desk: Desk,
    actor: Actor,
    uids: Sequence[Uid],
    *,
    read: bool | None = None,
    starred: bool | None = None,
    later: bool | None = None,
) -> Undo:
    """Set marks of the asking member; None leaves a mark as it is. Unknown uids are passed over."""
    raise NotImplementedError


def mark_above(
    desk: Desk,
    actor: Actor,
    slug: str,
    position: int,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
) -> Undo:
    """Mark as read every entry from place 1 to `position`, both included, of the snapshot that was shown."""
    raise NotImplementedError


def undo(desk: Desk, actor: Actor, undo_id: str) -> Undo:
    """Take back the member's last marking. Raises ConflictError where it was another one."""
    raise NotImplementedError
