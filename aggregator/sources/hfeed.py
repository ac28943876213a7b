"""h-feed: a web page that is its own feed, by classes in its markup (microformats.org/wiki/h-feed).

Only a page that calls itself one counts: single entries stand on half of all pages, and a page that takes a feed's
place for an hour shall not fill a list with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from aggregator.model.entry import Kind
from aggregator.sources.page import page_tree
from aggregator.sources.raw import NOT_TEXT, RawDocument, RawEntry, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_MARK: Final = b"h-feed"
_ADDRESS: Final = ("href", "src", "data", "value")
_MOST_OF_ONE: Final = 50
"""More values of one property an entry hardly has; what is over is passed over."""


def read_page(data: bytes, content_type: str, most: int) -> RawDocument | None:
    """Read a page's h-feed, at most `most` entries of it and one more. None where it has none."""
    if _MARK not in data:
        return None
    root = page_tree(data, content_type)
    feed = next(_with_class(root, "h-feed"), None) if root is not None else None
    if root is None or feed is None:
        return None
    base = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    document = RawDocument(format="h-feed", base=base)
    about = document.feed
    title = _first(feed, "p-name") or _page_title(root)
    about.title = Text("text", title) if title else None
    summary = _first(feed, "p-summary")
    about.subtitle = Text("text", summary) if summary else None
    about.site = _first_address(feed, "u-url")
    about.language = _clean(feed.get("lang") or root.get("lang") or "") or None
    about.image = _first_address(feed, "u-photo")
    about.authors = _authors(feed)
    for entry in _with_class(feed, "h-entry"):
        if not _inside_another(entry, feed):
            read = _entry(entry)
            read.authors = read.authors or about.authors
            document.entries.append(read)
        if len(document.entries) > most:
            break
    return document


def _entry(element: HtmlElement) -> RawEntry:
    link = _first_address(element, "u-url")
    content = next(_properties(element, "e-content"), None)
    name, summary = _first(element, "p-name"), _first(element, "p-summary")
    if content is not None and name and _text(content).startswith(name.removesuffix("…").removesuffix("...")):
        name = None  # a note, whose name is its own beginning
    entry = RawEntry(
        guid=_first_address(element, "u-uid") or link,
        link=link,
        title=Text("text", name) if name else None,
        content=Text("html", _inner(content)) if content is not None else None,
        summary=Text("text", summary) if summary else None,
        published=_moment(element, "dt-published"),
        updated=_moment(element, "dt-updated"),
        language=_clean(element.get("lang") or "") or None,
        authors=_authors(element),
        categories=[_value(found) for found in _properties(element, "p-category")],
        images=_addresses(element, "u-photo"),
    )
    for file in (*_addresses(element, "u-audio"), *_addresses(element, "u-video")):
        entry.enclosures.append((file, None, None, None))
    if next(_properties(element, "u-in-reply-to"), None) is not None:
        entry.kind = Kind.REPLY
    return entry


def _with_class(root: HtmlElement, name: str) -> Iterator[HtmlElement]:
    for element in root.iter(etree.Element):
        if name in (element.get("class") or "").split():
            yield element


def _properties(thing: HtmlElement, name: str) -> Iterator[HtmlElement]:
    """Give the elements that carry a property of `thing` itself, not of something that stands in it."""
    found = 0
    for element in _with_class(thing, name):
        if element is not thing and not _inside_another(element, thing):
            yield element
            found += 1
            if found == _MOST_OF_ONE:
                return


def _inside_another(element: HtmlElement, thing: HtmlElement) -> bool:
    """Say whether something of its own stands between an element and what it is looked up in."""
    above = element.getparent()
    while above is not None and above is not thing:
        if any(word.startswith("h-") for word in (above.get("class") or "").split()):
            return True
        above = above.getparent()
    return False


def _authors(thing: HtmlElement) -> list[tuple[str, str | None]]:
    authors = []
    for card in _properties(thing, "p-author"):
        name = _first(card, "p-name") or _value(card)
        if name:
            authors.append((name, _first_address(card, "u-url") or _clean(card.get("href") or "") or None))
    return authors


def _first(thing: HtmlElement, name: str) -> str | None:
    found = next(_properties(thing, name), None)
    return (_value(found) or None) if found is not None else None


def _addresses(thing: HtmlElement, name: str) -> list[str]:
    found = (_address(element) for element in _properties(thing, name))
    return [address for address in found if address]


def _first_address(thing: HtmlElement, name: str) -> str | None:
    return next(iter(_addresses(thing, name)), None)


def _address(element: HtmlElement) -> str:
    return _clean(next((element.get(name, "") for name in _ADDRESS if element.get(name)), "") or _text(element))


def _moment(thing: HtmlElement, name: str) -> str | None:
    found = next(_properties(thing, name), None)
    if found is None:
        return None
    return _clean(found.get("datetime") or found.get("title") or found.get("value") or "") or _text(found) or None


def _value(element: HtmlElement) -> str:
    return (
        _clean(element.get("alt") or element.get("title") or "") if element.tag in {"img", "abbr"} else _text(element)
    )


def _text(element: HtmlElement) -> str:
    return _clean(" ".join("".join(str(part) for part in element.itertext()).split()))


def _inner(element: HtmlElement) -> str:
    parts = [element.text or "", *(etree.tostring(child, encoding="unicode", method="html") for child in element)]
    return NOT_TEXT.sub("", "".join(parts))


def _page_title(root: HtmlElement) -> str | None:
    return next((_text(element) or None for element in root.iter("title")), None)


def _clean(text: str) -> str:
    return NOT_TEXT.sub("", text).strip()
