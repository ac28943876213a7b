"""Why an entry stands where it stands, as pieces of a page.

Rendering the reasons costs many times the rest of a page, and an entry with them is the same for all readers of a
snapshot who have the same marks on it: rendered entries are kept by snapshot, marks and language.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from web import language
from web.bars import bar_scale, strip_scale
from web.html import compact
from web.pictures import picture_of
from web.plainly import absence_plainly, explanation_plainly, out_of_scope_plainly
from web.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flask import Flask

    from aggregator.model.ids import EntryId, Uid
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.editing import RuleLine
    from aggregator.services.reading import ListedEntry, ListPage, Standing
    from aggregator.services.stories import StoryMark
    from web.places import Places

EXTENSION = "broadsheet-reasons"
KEPT = 2000
"""Entries of about 4 KB each."""
NO_STORIES: Mapping[EntryId, StoryMark] = MappingProxyType({})


def init_app(app: Flask) -> None:
    """Give the application its memory of rendered pieces."""
    app.extensions[EXTENSION] = Recent(KEPT)


def lines(version: RuleVersion, found: Sequence[RuleLine]) -> Any:
    """Render the lines of a rule with their bars."""

    def render() -> Any:
        return _macros("rail.html").line_list(found, bar_scale([line.points for line in found]))

    return _kept(("lines", version.hash, version.number), render)


def river(
    page: ListPage,
    found: Sequence[RuleLine],
    to: Places,
    *,
    marking: bool,
    stories: Mapping[EntryId, StoryMark] = NO_STORIES,
) -> Iterator[Any]:
    """Render the entries of a page with their reasons. `found` are the lines of its rule, `stories` what they tell.

    `marking` adds the buttons of a member, and where to object; the marks themselves are part of what is kept.
    """
    points = [line.points for line in found]
    bars, strips = bar_scale(points), strip_scale(points)
    places = {item.explanation.row: item.position for item in page.items}
    # An address can name the list's own rule or leave it out, so what the addresses are made of is part of the key.
    snapshot = ("item", page.list.id, page.rule.hash, page.at, page.data_version, page.start, page.further, to, marking)

    def render(item: ListedEntry) -> Any:
        entry = item.entry
        told = explanation_plainly(item.explanation, places.get, page.mentions)
        title = entry.title or entry.excerpt
        wrong = (
            url_for("sources.show", feed_id=entry.feed_id, entry=entry.uid, _anchor="objections") if marking else None
        )
        what_if = to.what_if(entry.uid)
        box = _macros("why.html").box(told, entry.uid, title, bars, strips, to, what_if, None, wrong=wrong)
        return compact(
            _macros("river.html").river_item(item, page.at, to, box, picture_of(item), marking, stories.get(entry.id))
        )

    for item in page.items:
        yield _kept(
            (*snapshot, item.entry.uid, item.feed_title, item.state, _told(item, stories)), partial(render, item)
        )


def _told(item: ListedEntry, stories: Mapping[EntryId, StoryMark]) -> object:
    """Give what of an entry's story stands on the page; the rest of it is the same as long as this is."""
    story = stories.get(item.entry.id)
    return story and (story.number, story.sources, story.reports, *(other.entry.uid for other in story.others))


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


def _kept(key: tuple[object, ...], make: Callable[[], Any]) -> Any:
    kept: Recent[Any] = current_app.extensions[EXTENSION]
    return kept.get((*key, language.page_language()), make)
