"""Why an entry stands where it stands, as pieces of a page.

Rendering the reasons costs many times the rest of a page, and an entry with them is the same for all readers of a
snapshot who have the same marks on it: rendered entries are kept by snapshot, marks and language.
"""

from __future__ import annotations

import sys
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from aggregator.model.ids import Uid
from aggregator.model.recent import Recent
from web import language
from web.bars import bar_scale, strip_scale
from web.html import compact, joined
from web.pictures import picture_of
from web.plainly import absence_plainly, explanation_plainly, out_of_scope_plainly
from web.room import room_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask import Flask

    from aggregator.model.ids import EntryId
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.editing import RuleLine
    from aggregator.services.reading import ListedEntry, ListPage, Standing
    from aggregator.services.stories import StoryMark
    from web.html import Piece
    from web.places import Places

EXTENSION = "broadsheet-reasons"
KEPT = 12 * 1024 * 1024
"""Bytes of rendered pieces: some 1,000 entries with their reasons."""
NOBODY = Uid("0" * 32)
NO_STORIES: Mapping[EntryId, StoryMark] = MappingProxyType({})


def init_app(app: Flask) -> None:
    """Give the application its memory of rendered pieces."""
    app.extensions[EXTENSION] = Recent(KEPT, sys.getsizeof)


def lines(version: RuleVersion, found: Sequence[RuleLine]) -> Piece:
    """Render the lines of a rule with their bars."""

    def render() -> Piece:
        rendered: Piece = _macros("rail.html").line_list(found, bar_scale([line.points for line in found]))
        return rendered

    return _kept(("lines", version.hash, version.number, language.page_language()), render)


def river(
    page: ListPage,
    found: Sequence[RuleLine],
    to: Places,
    *,
    marking: bool,
    stories: Mapping[EntryId, StoryMark] = NO_STORIES,
) -> Piece:
    """Render the entries of a page with their reasons. `found` are the lines of its rule, `stories` what they tell.

    `marking` adds the buttons of a member, and where to object; the marks themselves are part of what is kept.
    """
    points = [line.points for line in found]
    bars, strips = bar_scale(points), strip_scale(points)
    page_key = ("members" if marking else "strangers") + _page_key(page, to)

    def place_of(row: int) -> int | None:
        return page.mentions[row].position if row in page.mentions else None

    def render(item: ListedEntry) -> Piece:
        entry = item.entry
        told = explanation_plainly(item.explanation, place_of, page.mentions)
        title = entry.title or entry.excerpt
        wrong = (
            url_for("sources.show", feed_id=entry.feed_id, entry=entry.uid, _anchor="objections") if marking else None
        )
        what_if = to.what_if(entry.uid)
        box = _macros("why.html").box(told, entry.uid, title, bars, strips, to, what_if, None, wrong=wrong)
        return compact(
            _macros("river.html").river_item(item, page.at, to, box, picture_of(item), marking, stories.get(entry.id))
        )

    return joined(
        _kept(
            (page_key, item.entry.uid, item.version, item.feed_title, item.state, _told(item, stories)),
            partial(render, item),
        )
        for item in page.items
    )


def room(page: ListPage, to: Places) -> Piece:
    """Render who has room on a page."""
    places = tuple((item.entry.uid, item.source, item.feed_title) for item in page.items)
    return _kept(("room", _page_key(page, to), places), lambda: _macros("rail.html").room_of(room_on(page.items)))


def _page_key(page: ListPage, to: Places) -> str:
    """Name what all entries of a page have in common: one text, whose hash is worked out once.

    An address can name the list's own rule or leave it out, and entries that are mentioned may change their titles.
    """
    snapshot = f"{page.list.id} {page.rule.hash} {page.at.timestamp()} {page.data_version} {page.start} {page.further}"
    addresses = (to.rule, to.newest, to.entry(NOBODY))
    mentions = (named.title or named.feed_title for named in page.mentions.values())
    return "\0".join((language.page_language(), snapshot, *addresses, *mentions))


def _told(item: ListedEntry, stories: Mapping[EntryId, StoryMark]) -> object:
    """Give what of an entry's story stands on the page; the rest of it is the same as long as this is."""
    story = stories.get(item.entry.id)
    if story is None:
        return None
    named = ((one.entry.uid, one.version, one.feed_title) for one in (story.first, *story.others))
    return story.number, story.sources, story.reports, *named


def for_standing(
    standing: Standing, uid: Uid, title: str, found: Sequence[RuleLine], to: Places, *, opened: bool
) -> Any:
    """Render where an entry stands in one ranking, or why it has no place; with the what-ifs if they were asked for."""
    points = [line.points for line in found]
    bars, strips = bar_scale(points), strip_scale(points)
    macros = _macros("why.html")
    if standing.explanation is not None:
        told = explanation_plainly(standing.explanation, _nowhere, standing.mentions)
        return macros.box(told, uid, title, bars, strips, to, to.what_if(uid), standing.what_if, opened)
    if standing.absence is not None:
        return macros.absent(absence_plainly(standing.absence, standing.mentions), bars, to)
    return macros.absent(out_of_scope_plainly(standing), bars, to)


def _nowhere(_: int) -> None:
    """Give no place: beside a single entry there are no others to point at."""


def _macros(template: str) -> Any:
    return current_app.jinja_env.get_template(template).module


def _kept(key: tuple[object, ...], make: Callable[[], Piece]) -> Piece:
    kept: Recent[Piece] = current_app.extensions[EXTENSION]
    return kept.get(key, make)
