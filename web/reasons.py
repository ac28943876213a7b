"""Why an entry stands where it stands, as pieces of a page.

Rendering fifty reasons costs four times the rest of the page, and they are the same for all readers of a snapshot:
rendered pieces are kept by snapshot and language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for

from web import language
from web.plainly import absence_plainly, explanation_plainly
from web.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from aggregator.services.editing import RulePage
    from aggregator.services.reading import ListedEntry, ListPage, Standing
    from rankers import TermResult

EXTENSION = "broadsheet-reasons"
KEPT = 4000
"""Pieces of about 3 KB each."""
WHOLE = 100


def init_app(app: Flask) -> None:
    """Give the application its memory of rendered pieces."""
    app.extensions[EXTENSION] = Recent(KEPT)


@dataclass(frozen=True, slots=True)
class Scale:
    """How wide points are drawn: `minus` and `plus` are tenths of a point that the width has room for."""

    minus: int
    plus: int

    @property
    def axis(self) -> float:
        """Where zero is, from 0 to 100."""
        return round(WHOLE * self.minus / ((self.minus + self.plus) or 1), 2)

    def width(self, tenths: int) -> float:
        """Return the width of a bar for tenths of a point."""
        return round(min(WHOLE, WHOLE * abs(tenths) / ((self.minus + self.plus) or 1)), 2)

    def pieces(self, terms: Sequence[TermResult]) -> list[tuple[float, float]]:
        """Return (start, width) of every positive term, one behind the other with a gap between them."""
        start, found = self.axis, []
        for term in terms:
            if term.tenths > 0:
                width = self.width(term.tenths)
                found.append((round(start, 2), round(max(width - 1, 0.5), 2)))
                start += width
        return found

    def taken(self, terms: Sequence[TermResult]) -> float:
        """Return the width of all negative terms together."""
        return self.width(sum(term.tenths for term in terms if term.tenths < 0))


@dataclass(frozen=True, slots=True)
class Piece:
    """A rendered piece of a page, and the lines it speaks of."""

    html: Any
    lines: tuple[Any, ...] = ()


def bar_scale(points: Sequence[int]) -> Scale:
    """Make the scale on which the largest line of a rule fills its side."""
    return Scale(10 * max((-p for p in points if p < 0), default=0), 10 * max((p for p in points if p > 0), default=0))


def strip_scale(points: Sequence[int]) -> Scale:
    """Make the scale on which all lines of a rule together fill the width."""
    return Scale(10 * sum(-p for p in points if p < 0), 10 * sum(p for p in points if p > 0))


def lines(rule: RulePage) -> Piece:
    """Render the lines of a rule with their bars."""

    def render() -> Piece:
        scale = bar_scale([line.points for line in rule.lines])
        return Piece(_macros("rail.html").line_list(rule.lines, scale), rule.lines)

    return _kept(("lines", rule.version.hash, rule.version.number), render)


def for_list(page: ListPage, rule: RulePage, pin: dict[str, object]) -> Callable[[ListedEntry], Any]:
    """Return what renders the reasons of one entry of `page`."""
    points = [line.points for line in rule.lines]
    titles = {item.explanation.row: item.entry.title or item.entry.excerpt for item in page.items}
    snapshot = (
        "list",
        page.list.id,
        page.rule.hash,
        page.at,
        page.data_version,
        pin.get("rule"),
        page.start,
        page.further,
    )

    def reason(item: ListedEntry) -> Any:
        uid = item.entry.uid

        def render() -> Any:
            here = {"list": page.list.slug, **pin}
            links = {
                "rule": url_for("rules.show", slug=page.rule.slug, version=page.rule.number),
                "newest": None if page.newest else url_for("lists.show", slug=page.list.slug, rule="newest-first"),
                "what_if": url_for("entry.show", uid=uid, what_if=1, **here) + "#why",
                "what_if_results": None,
            }
            title = item.entry.title or item.entry.excerpt
            told = explanation_plainly(item.explanation, titles)
            return _macros("why.html").box(told, uid, title, bar_scale(points), strip_scale(points), links)

        return _kept((*snapshot, uid), render)

    return reason


def for_standing(standing: Standing, uid: str, title: str, points: Sequence[int], *, opened: bool) -> Any:
    """Render where an entry stands in one ranking, or why it has no place; on demand with the what-ifs."""
    pin = {"rule": standing.rule.slug, "at": standing.at.isoformat(), "v": standing.data_version}
    here = {"list": standing.list.slug, **pin}
    links = {
        "rule": url_for("rules.show", slug=standing.rule.slug, version=standing.rule.number),
        "newest": url_for("lists.show", slug=standing.list.slug, rule="newest-first"),
        "what_if": url_for("entry.show", uid=uid, what_if=1, **here) + "#why",
        "what_if_results": standing.what_if,
    }
    macros = _macros("why.html")
    if standing.explanation is not None:
        told = explanation_plainly(standing.explanation, {})
        return macros.box(told, uid, title, bar_scale(points), strip_scale(points), links, opened)
    if standing.absence is None:
        raise TypeError("a standing holds an explanation or an absence")
    return macros.absent(absence_plainly(standing.absence), bar_scale(points), links)


def _macros(template: str) -> Any:
    return current_app.jinja_env.get_template(template).module


def _kept(key: tuple[object, ...], make: Callable[[], Any]) -> Any:
    kept: Recent[Any] = current_app.extensions[EXTENSION]
    return kept.get((*key, language.page_language()), make)
