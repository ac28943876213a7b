"""Reading: lists, their pages, what is left out and why. The door of all that reading needs.

Every function takes the desk and who is asking, checks the right to read, and gives the frozen values of pages.py.
`rule` is the slug of one of the owner's rules (None: the list's own); `at` and `data_version` come from a page
shown before and keep its snapshot; None means now. `language` is that of the sentences in explanations.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.services.asking import NEWEST_FIRST
from aggregator.services.current_model import find_mixed
from aggregator.services.editions import next_time
from aggregator.services.emptiness import why_empty
from aggregator.services.marking import mark, mark_above, shelf, undo
from aggregator.services.opening import open_list
from aggregator.services.pages import (
    Counts,
    EditionNote,
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
    Mention,
    OutOfScope,
    SeenEntry,
    ShelfPage,
    Standing,
    Undo,
    WithheldEntry,
)
from aggregator.services.ranking import newer_since, usable_document
from aggregator.services.registers import folded, left_out, lines_of, next_start
from aggregator.services.rights import Right, require
from aggregator.services.seeing import fields_of, mentions_of, see_entries
from aggregator.services.standing import entry_page, find_uid, why_not
from aggregator.store import editions as stored_editions
from aggregator.store import lists as stored_lists

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.member import Actor
    from aggregator.model.readinglist import Edition, ReadingList
    from aggregator.services.current_model import MixedModels
    from aggregator.services.desk import Desk
    from aggregator.services.opening import Opened
    from aggregator.services.ranked import Ranked

__all__ = [
    "Counts",
    "EditionNote",
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
    "Mention",
    "OutOfScope",
    "SeenEntry",
    "ShelfPage",
    "Standing",
    "Undo",
    "WithheldEntry",
    "entry_page",
    "find_uid",
    "folded",
    "further_down",
    "left_out",
    "list_page",
    "lists",
    "mark",
    "mark_above",
    "shelf",
    "undo",
    "why_not",
]

PAGE = 50


def lists(desk: Desk, actor: Actor) -> tuple[ReadingList, ...]:
    """Give the lists of the instance's group in their order, then the member's own. Raises NotSignedInError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        own = stored_lists.get_lists(conn, actor.member.id) if actor.member else ()
        return stored_lists.get_lists(conn, actor.group) + own


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
    before: str | None = None,
    language: str = "en",
) -> ListPage:
    """Give what the list shows, from place `start` on: all of it, or pages of 50 for a rule without an end.

    `before` is the `next_before` of the page before. Raises NotFoundError("list" or "rule").
    """
    with desk.database.read() as conn:
        opened = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version)
        ranking = opened.ranking
        shown = ranking.counts.shown
        size = limit or (shown if ranking.has_end else PAGE)
        first = min(max(0, start), shown)
        places = range(first, min(first + size, shown))
        page = _page(desk, conn, actor, opened, places=places, end=shown, language=language)
        above = ranking.stretch(first, places.stop, language).before
        page = replace(page, changed=before not in {None, above})
        return _without_read(page) if hide_read else page


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
    language: str = "en",
) -> ListPage:
    """Give the places after the end of what is shown, in the same order; `start` None: the first of them."""
    with desk.database.read() as conn:
        opened = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version)
        ranking = opened.ranking
        shown, end = ranking.counts.shown, ranking.counts.shown + ranking.counts.after_end
        first = min(max(shown, start or 0), end)
        places = range(first, min(first + limit, end))
        return _page(desk, conn, actor, opened, places=places, end=end, language=language, further=True)


def _page(
    desk: Desk,
    conn: Connection,
    actor: Actor,
    opened: Opened,
    *,
    places: range,
    end: int,
    language: str,
    further: bool = False,
) -> ListPage:
    """Make the page of these places, counted from 0; `end` is where the pages of this kind end."""
    asked, ranking, edition = opened.named, opened.ranking, opened.edition
    counts, by = ranking.counts, lines_of(ranking)
    told = ranking.stretch(places.start, places.stop, language)
    seen = see_entries(conn, actor, [ranking.entry_id(row) for row in (*told.rows, *told.named)])
    items = tuple(
        ListedEntry(**fields_of(seen[entry_id]), position=place + 1, folded=folds, explanation=explanation)
        for place, row, folds, explanation in zip(places, told.rows, told.folds, told.told, strict=True)
        if (entry_id := ranking.entry_id(row)) in seen  # deleted since: its place stays empty on this snapshot
    )
    return ListPage(
        list=ranking.list,
        rule=asked.rule,
        own_rule=asked.own_rule,
        rules=asked.rules,
        at=ranking.at,
        data_version=ranking.data_version,
        newest=asked.rule.slug == NEWEST_FIRST,
        further=further,
        items=items,
        counts=Counts(counts.shown, len(ranking), counts.withheld, counts.folded, counts.after_end),
        left_out_by=by,
        start=places.start,
        next_start=next_start(places.stop, end),
        next_before=told.after if places.stop < end else None,
        newer=0 if edition else newer_since(desk, conn, ranking),
        hidden_read=0,
        hide_read=False,
        empty=None if counts.shown else why_empty(conn, ranking, by),
        cut=ranking.cut,
        mentions=mentions_of(seen, ranking, told.named),
        gave_way=told.gave_way,
        edition=_note(conn, edition) if edition else None,
        next_edition=next_time(desk, ranking.list),
        mixed=None if edition else _mixed(conn, ranking),
    )


def _mixed(conn: Connection, ranking: Ranked) -> MixedModels | None:
    since = ranking.at - ranking.list.max_age
    return find_mixed(conn, usable_document(ranking.version).columns, int(since.timestamp()))


def _note(conn: Connection, edition: Edition) -> EditionNote:
    """Say which edition it is, and which stand beside it."""
    previous = stored_editions.find_newest(conn, edition.list_id, before=edition.at)
    following = stored_editions.find_next(conn, edition.list_id, edition.at)
    return EditionNote(
        at=edition.at,
        made=edition.made,
        previous=previous.at if previous else None,
        next=following.at if following else None,
    )


def _without_read(page: ListPage) -> ListPage:
    """Hide what the member has read: a view of the page, places keep their numbers."""
    kept = tuple(item for item in page.items if not item.state.read)
    return replace(page, items=kept, hidden_read=len(page.items) - len(kept), hide_read=True)
