"""Names, texts and bases of XML elements, as the strict feed readers need them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from lxml import etree

from aggregator.sources.raw import Text

if TYPE_CHECKING:
    Element = etree._Element  # noqa: SLF001  # lxml's type for an element has no other name

XML = "{http://www.w3.org/XML/1998/namespace}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

# Lower case and without a final slash or hash: publishers vary both.
_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss091": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://www.rssboard.org/rss-specification": "",
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns": "atom03:",
    "http://purl.org/rss/1.0/modules/content": "content:",
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/elements/1.0": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.rssboard.org/media-rss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://purl.org/rss/1.0/modules/syndication": "sy:",
    "http://purl.org/syndication/thread/1.0": "thr:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://purl.org/rss/1.0/modules/event": "ev:",
    "https://podcastindex.org/namespace/1.0": "podcast:",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",
    "http://podlove.org/simple-chapters": "psc:",
    "https://podlove.org/simple-chapters": "psc:",
    "http://www.georss.org/georss": "georss:",
    "http://www.georss.org/georss/10": "georss:",
    "http://www.opengis.net/gml": "gml:",
    "http://www.w3.org/2003/01/geo/wgs84_pos": "geo:",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons:",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons:",
    "http://web.resource.org/cc": "cc:",
    "http://creativecommons.org/ns": "cc:",
    "http://activitystrea.ms/spec/1.0": "activity:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf:",
}


def name_of(element: Element) -> str:
    """Return "prefix:name" in lower case for an element; "?:name" for namespaces we do not read."""
    return _name(str(element.tag))


@lru_cache(maxsize=4096)
def _name(tag: str) -> str:
    space, brace, local = tag.rpartition("}")
    prefix = _PREFIXES.get(space.removeprefix("{").lower().rstrip("/#"), "?:") if brace else ""
    return prefix + local.lower()


def text_of(element: Element) -> str | None:
    """Return the trimmed text of an element, that of its children included; None where there is none."""
    text = element.text if not len(element) else "".join(element.itertext())
    return (text.strip() or None) if text else None


def markup_of(element: Element) -> str:
    """Return what is inside an element as HTML: inline XML, or XHTML below Atom's wrapping div.

    The element is changed: names lose their namespaces, so that HTML's parser knows them.
    """
    for child in element.iterdescendants():
        if isinstance(child.tag, str):
            child.tag = child.tag.rpartition("}")[2]
    inner = element
    if len(element) == 1 and element[0].tag == "div" and not (element.text or "").strip():
        inner = element[0]
    etree.cleanup_namespaces(inner)
    pieces = [_escape(inner.text or "")]
    pieces += [etree.tostring(child, encoding="unicode", method="html") for child in inner]
    return "".join(pieces).strip()


def plain_field(element: Element) -> Text | None:
    """Read a title or name of RSS: text in which many publishers put escaped markup."""
    if len(element):
        return Text("html", markup_of(element))
    text = text_of(element)
    return Text("either", text) if text else None


def html_field(element: Element) -> Text | None:
    """Read a body of RSS: escaped markup, or inline XML where the publisher forgot to escape."""
    markup = markup_of(element) if len(element) else text_of(element)
    return Text("html", markup) if markup else None


def atom_text(element: Element) -> Text | None:
    """Read an Atom text construct or content by its declared type, that of Atom 0.3 included."""
    kind = (element.get("type") or "text").strip().lower()
    if kind in {"xhtml", "application/xhtml+xml"} or element.get("mode") == "xml" or len(element):
        if not len(element):
            text = text_of(element)
            return Text("text", text) if text else None
        return Text("html", markup_of(element))
    text = text_of(element)
    if text is None or element.get("mode") == "base64":
        return None
    if kind in {"html", "text/html"} or element.get("mode") == "escaped":
        return Text("text" if kind == "text/plain" else "html", text)
    if kind in {"text", "text/plain"} or kind.startswith("text/"):
        return Text("text", text)
    return None


def base_of(element: Element, outer: str | None) -> str | None:
    """Return the base that xml:base sets on an element, joined with the one outside of it."""
    base = element.get(XML + "base")
    return joined(outer, base.strip()) if base else outer


def joined(base: str | None, address: str) -> str:
    """Resolve an address against a base; one that cannot be resolved comes back as it is."""
    try:
        return urljoin(base or "", address)
    except ValueError:
        return address


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
