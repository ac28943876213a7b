"""The one module that may call a string HTML.

Bodies come from the store as clean HTML (nh3's allow-list); here they are fitted into a page: pictures come through
this instance, links do not carry where they were followed from, headings stand below the entry's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]  # publishes no types
from lxml import etree
from lxml import html as lxml_html
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.html import HtmlElement

Piece: TypeAlias = Markup
"""A part of a page that is rendered already."""

HEADINGS = {f"h{level}": level for level in range(1, 7)}
ELSEWHERE = ("srcset", "sizes", "poster", "background", "cite", "data", "ping", "style", "id", "class", "name")
PLAYERS = frozenset({"audio", "video"})
INDENTATION = re.compile(r"\s*\n\s*")
PARTS = frozenset({"source", "track"})
HEADS = frozenset({"th", "caption"})
ROWS = ("tbody", "thead", "tfoot", "tr", "colgroup", "col")
CELLS = ("td", *HEADS)


def body_html(clean: str, sign: Callable[[str], str | None], *, region: str, play: str) -> Markup:
    """Fit a clean body into the reading view.

    `sign` gives the path of a picture on this instance, or None where there is none to be had. `region` names wide
    tables for screen readers, `play` is the text of the link that stands for a player.
    """
    if not clean.strip():
        return Markup()
    root = lxml_html.fragment_fromstring(clean, create_parent="div")
    _demote_headings(root)
    _unfold_layouts(root)
    for element in list(root.iterdescendants()):
        if element.getparent() is None:  # a part of a player that became a link
            continue
        if not isinstance(element.tag, str):
            element.drop_tree()
            continue
        for name in ELSEWHERE:
            element.attrib.pop(name, None)
        _fit(element, sign, play)
    _name_regions(root, region)
    inner = "".join(lxml_html.tostring(child, encoding="unicode") for child in root)
    return Markup("{}{}").format(root.text or "", Markup(inner))  # noqa: S704  # serialised from the tree above


def _fit(element: HtmlElement, sign: Callable[[str], str | None], play: str) -> None:
    if element.tag == "img":
        _fit_picture(element, sign)
    elif element.tag == "a":
        _fit_link(element)
    elif element.tag in PLAYERS:
        _replace_player(element, play)
    elif element.tag in PARTS:
        element.drop_tree()
    elif element.tag in {"table", "pre"}:
        _make_scrollable(element)


def _demote_headings(root: HtmlElement) -> None:
    """Let the body's headings begin at h2 and never skip a level, whatever the publisher chose."""
    open_levels: list[int] = []
    for element in root.iter(*HEADINGS):
        level = HEADINGS[str(element.tag)]
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        element.tag = f"h{min(6, 1 + len(open_levels))}"


def _fit_picture(element: HtmlElement, sign: Callable[[str], str | None]) -> None:
    path = sign(element.get("src", ""))
    if path is None:
        element.drop_tree()
        return
    element.set("src", path)
    element.set("loading", "lazy")
    element.set("decoding", "async")
    element.set("alt", element.get("alt", ""))


def _fit_link(element: HtmlElement) -> None:
    element.attrib.pop("target", None)
    if element.get("href"):
        element.set("rel", "noopener noreferrer")
    else:  # its address was none that may be followed: words that lead nowhere do not look like a link
        element.drop_tag()


def _replace_player(element: HtmlElement, play: str) -> None:
    source = element.get("src") or next((part.get("src") for part in element.iter("source") if part.get("src")), None)
    tail = element.tail
    element.clear()
    element.tail = tail
    element.tag = "p"
    if source:
        link = lxml_html.Element("a", href=source, rel="noopener noreferrer")
        link.text = play
        element.append(link)


def _unfold_layouts(root: HtmlElement) -> None:
    """Let the cells of tables that only place things, as newsletters have them, stand one below the other."""
    parts: dict[HtmlElement, list[HtmlElement]] = {}
    holding: set[HtmlElement] = set()
    around: list[HtmlElement] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag=("table", *ROWS, *CELLS)):
        if element.tag != "table":
            if event == "start" and around:
                parts[around[-1]].append(element)
        elif event == "end":
            around.pop()
        else:
            holding.update(around[-1:])
            around.append(element)
            parts[element] = []
    for table, own in parts.items():
        if _only_places(own, holds_tables=table in holding):
            for part in own:
                if part.tag == "td":
                    part.tag = "div"
                    part.attrib.pop("colspan", None)
                    part.attrib.pop("rowspan", None)
                else:
                    part.drop_tag()
            table.drop_tag()


def _only_places(own: list[HtmlElement], *, holds_tables: bool) -> bool:
    """Say whether a table, by its own parts, orders no facts: no headings, and one cell a row or tables within."""
    if any(part.tag in HEADS for part in own):
        return False
    return holds_tables or all(sum(cell.tag == "td" for cell in part) <= 1 for part in own if part.tag == "tr")


def _name_regions(root: HtmlElement, region: str) -> None:
    """Tell the wide parts of a body apart, where it has several."""
    for number, part in enumerate(root.find_class("wide"), 1):
        part.set("aria-label", region if number == 1 else f"{region} ({number})")


def _make_scrollable(element: HtmlElement) -> None:
    """Let a wide table be scrolled by keyboard on its own, instead of the page."""
    parent = element.getparent()
    if parent is None:
        return
    wrapper = lxml_html.Element("div", {"class": "wide", "tabindex": "0", "role": "region"})
    wrapper.tail, element.tail = element.tail, None
    parent.replace(element, wrapper)
    wrapper.append(element)


def compact(rendered: Markup) -> Markup:
    """Take the indentation out of rendered markup that holds no preformatted text."""
    return Markup(INDENTATION.sub("\n", rendered))  # noqa: S704  # markup it was and markup it stays


def joined(pieces: Iterable[Markup]) -> Markup:
    """Put rendered pieces behind each other."""
    return Markup("".join(pieces))  # noqa: S704  # markup each of them


def csrf_field() -> Markup:
    """Return the hidden field without which no form of ours is taken."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
