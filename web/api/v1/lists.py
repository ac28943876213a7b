"""Lists: their entries with what each line gave, why and why not, what was left out, the receipt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aggregator.errors import NotFoundError
from aggregator.model.ids import Uid
from aggregator.services import reading, receipts, sharing
from aggregator.services.shapes import (
    entry_shape,
    folded_shape,
    list_entry_shape,
    list_shape,
    why_shape,
    withheld_shape,
)
from web.api.v1 import schemas
from web.api.v1.inputs import AT, BEFORE, ENTRY, LANGUAGE, LIMIT, LIST, SNAPSHOT, START, one_of, slug, text
from web.api.v1.operations import Page, operation, pinned
from web.api.v1.sources import shown_addresses
from web.door import actor, desk

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.member import Actor
    from aggregator.services.reading import FoldedPage, LeftOutPage, ListPage

PAGED = (LIST, *SNAPSHOT, START, LIMIT)


@operation("/lists", answer=schemas.many(schemas.LIST_ENTRY), open=True)
def lists() -> Any:
    """Give the lists: all of them to members, to anybody those that are public."""
    found = reading.lists(desk(), actor()) if actor().role else sharing.public_lists(desk())
    return [list_entry_shape(each) for each in found]


@operation("/lists/{list}", *PAGED, BEFORE, answer=schemas.LIST_PAGE, paged=True, open=True)
def list_entries(list: str, limit: int = LIMIT.schema["default"], **asked: Any) -> Page:  # noqa: A002  # the word of the API
    """Give the entries of a list in its order."""
    page = reading.list_page(desk(), _reader(list), list, limit=limit, **_snapshot(asked))
    shown = _listed(page, asked, {"limit": limit, **({"before": page.next_before} if page.next_before else {})})
    if "before" not in asked:
        return shown
    return replace(shown, content={**shown.content, "changed": page.changed})


@operation("/lists/{list}/further-down", *PAGED, answer=schemas.LIST, paged=True, open=True)
def further_down(list: str, limit: int = LIMIT.schema["default"], **asked: Any) -> Page:  # noqa: A002  # as above
    """Give what stands below the end of a list, in the same order."""
    page = reading.further_down(desk(), _reader(list), list, limit=limit, **_snapshot(asked))
    return _listed(page, asked, {"limit": limit})


@operation(
    "/lists/{list}/left-out", LIST, *SNAPSHOT, START, slug("line", "By this line alone."),
    answer=schemas.many(schemas.WITHHELD), paged=True, open=True,
)  # fmt: skip
def left_out(list: str, line: str | None = None, **asked: Any) -> Page:  # noqa: A002  # as above
    """Give what the rule's filter lines withheld, newest first, with each line that matches."""
    page = reading.left_out(desk(), _reader(list), list, line=line, **_snapshot(asked))
    more = {"line": line} if line else {}
    return Page([withheld_shape(each) for each in page.items], _next(page, asked, more))


@operation("/lists/{list}/folded", LIST, *SNAPSHOT, START, answer=schemas.many(schemas.FOLDED), paged=True, open=True)
def folded(list: str, **asked: Any) -> Page:  # noqa: A002  # as above
    """Give what was folded into stories, in the order of the entries it is told under."""
    page = reading.folded(desk(), _reader(list), list, **_snapshot(asked))
    return Page([folded_shape(each) for each in page.items], _next(page, asked, {}))


@operation(
    "/lists/{list}/why/{entry}", LIST, ENTRY, *SNAPSHOT, one_of("what_if", "Rank once more without each line.", "true"),
    LANGUAGE, answer=schemas.WHY, open=True,
)  # fmt: skip
def why(list: str, entry: str, what_if: str | None = None, language: str = "en", **asked: Any) -> Any:  # noqa: A002  # as above
    """Say why an entry stands where it stands in a list, or what became of it."""
    page = reading.entry_page(
        desk(), _reader(list), Uid(entry), list, what_if=what_if is not None, language=language, **_snapshot(asked)
    )
    if page.standing is None:
        raise NotFoundError("entry", entry)
    return why_shape(entry, page.standing)


@operation(
    "/lists/{list}/why-not", LIST, text("link", "The link of an entry.", longest=2000, required=True), *SNAPSHOT,
    LANGUAGE, answer=schemas.many(schemas.WHY), open=True,
)  # fmt: skip
def why_not(list: str, link: str, language: str = "en", **asked: Any) -> Any:  # noqa: A002  # as above
    """Say where the entries with a link stand in a list, or why they do not; none where none is held."""
    found = reading.why_not(desk(), _reader(list), list, link, language=language, **_snapshot(asked))
    return [why_shape(each.seen.entry.uid, each.standing) for each in found]


@operation("/lists/{list}/receipt", LIST, *SNAPSHOT, answer=schemas.DOCUMENT, open=True)
def receipt(list: str, **asked: Any) -> bytes:  # noqa: A002  # as above
    """Give what the order of a list was made from, for `broadsheet verify`."""
    return receipts.make(desk(), _reader(list), list, **_snapshot(asked)).data


@operation("/entries/{entry}", ENTRY, answer=schemas.ENTRY)
def entry(entry: str) -> Any:
    """Give an entry with all its fields."""
    page = reading.entry_page(desk(), actor(), Uid(entry))
    return entry_shape(page.seen.entry, page.body, shown_addresses(actor()).get(page.seen.entry.feed_id))


def _reader(slug_of_list: str) -> Actor:
    return sharing.reader_of(desk(), actor(), slug_of_list)


def _snapshot(asked: dict[str, Any]) -> dict[str, Any]:
    """Name what was asked as the services do."""
    given = {("data_version" if name == "v" else name): value for name, value in asked.items()}
    if AT.name not in given:
        given.pop("data_version", None)  # a version without its instant names no snapshot
    return given


def _listed(page: ListPage, asked: dict[str, Any], more: dict[str, Any]) -> Page:
    shown = list_shape(page, page.items, shown_addresses(_reader(page.list.slug)))
    return Page(shown, _next(page, asked, more))


def _next(page: ListPage | LeftOutPage | FoldedPage, asked: dict[str, Any], more: dict[str, Any]) -> Any:
    if page.next_start is None:
        return None
    at: datetime = page.at
    return {"start": page.next_start, **more, **pinned(asked.get("rule"), at, page.data_version)}
