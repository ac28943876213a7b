"""The fast path: well-formed RSS 0.9x and 2.0, RDF (RSS 0.90 and 1.0), Atom 0.3 and 1.0, on lxml.

It gives up (None) on any doubt, and feedparser reads the document instead (loose.py): not well-formed, another
root, entities of a document type, an encoding it does not know by name. docs/developers/parsing.md tells where the
two are known to differ. No document type is loaded, no entity expanded, nothing fetched (safety 17).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.sources.encodings import mend_encoding
from aggregator.sources.fields import ATOM_ENTRY, RSS_ITEM, person, read_fields, relation_of
from aggregator.sources.raw import RawDocument, RawEntry, RawFeed
from aggregator.sources.xmltext import (
    RDF,
    XML,
    atom_text,
    base_of,
    html_field,
    joined,
    name_of,
    plain_field,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aggregator.sources.xmltext import Element

_HEAD = 2_048  # bytes in which a declaration and a document type are looked for
_DECLARED = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\-]{2,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:\-]{2,40})", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
# All of them write ASCII as ASCII, so that a document type cannot hide from the look at the bytes.
_ENCODINGS = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?1|windows-125\d|cp125\d|koi8-[ru]|shift[_-]?jis|euc-jp"
    r"|euc-kr|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)


def read_xml(data: bytes, content_type: str, most: int) -> RawDocument | None:
    """Read a well-formed feed, at most `most` entries of it. None where feedparser should be asked.

    Raises FetchError for what is nested too deep for either.
    """
    root = _parse(data.lstrip(), content_type)
    if root is None:
        return None
    name = name_of(root)
    if name == "rss":
        return _rss(root, most)
    if name == "rdf:rdf":
        return _rdf(root, most)
    if name in {"atom:feed", "atom03:feed"}:
        return _atom(root, most)
    return None


def _parse(data: bytes, content_type: str) -> Element | None:
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:].lstrip()
    encoding = _encoding(data, content_type)
    if encoding is None or _DOCTYPE.search(data, 0, _HEAD):
        return None
    if encoding.lower() in {"utf-8", "utf8"}:
        data = mend_encoding(data)
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as exc:
        if exc.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:  # feedparser would take its time and bring no more
            raise FetchError(Fault(FaultCode.PARSER_LIMIT, "nested too deep")) from exc
        return None
    except (LookupError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _encoding(data: bytes, content_type: str) -> str | None:
    """Choose the encoding: UTF-8 where the server says so and it holds, else the declared one, else the server's."""
    declared = _DECLARED.match(data[:_HEAD])
    sent = _CHARSET.search(content_type)
    said = declared.group(1).decode("ascii") if declared else sent.group(1) if sent else "utf-8"
    if sent and sent.group(1).lower().replace("-", "") == "utf8" and said.lower() not in {"utf-8", "utf8"}:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "utf-8"
    return said if _ENCODINGS.fullmatch(said) else None


def _rss(root: Element, most: int) -> RawDocument | None:
    channel = next((child for child in root if name_of(child) == "channel"), None)
    if channel is None:
        return None
    version = (root.get("version") or "2.0").strip()
    document = RawDocument(format="rss-0.9x" if version.startswith("0.9") else "rss-2.0")
    document.base = base_of(channel, base_of(root, None))
    _channel(document.feed, channel)
    document.feed.language = document.feed.language or channel.get(XML + "lang") or root.get(XML + "lang")
    # Some publishers put their items beside the channel, as RSS 1.0 does.
    items = [child for parent in (channel, root) for child in parent if name_of(child) == "item"]
    _items(document, items, most)
    return document


def _rdf(root: Element, most: int) -> RawDocument | None:
    document = RawDocument(format="rdf", base=base_of(root, None))
    items = []
    for child in root:
        name = name_of(child)
        if name == "channel":
            _channel(document.feed, child)
            items += [item for item in child if name_of(item) == "item"]
        elif name == "item":
            items.append(child)
        elif name == "image":
            document.feed.image = document.feed.image or _image(child)
    document.feed.language = document.feed.language or root.get(XML + "lang")
    _items(document, items, most)
    return document if document.entries or document.feed.title else None


def _items(document: RawDocument, items: Iterable[Element], most: int) -> None:
    for item in list(items)[: most + 1]:
        entry = RawEntry(language=item.get(XML + "lang"), base=base_of(item, document.base))
        read_fields(entry, item, RSS_ITEM)
        about = item.get(RDF + "about")
        if about and entry.guid is None:
            entry.guid = about
        document.entries.append(entry)


def _atom(root: Element, most: int) -> RawDocument:
    old = name_of(root).startswith("atom03:")
    document = RawDocument(format="atom-0.3" if old else "atom-1.0", base=base_of(root, None))
    feed = document.feed
    feed.language = root.get(XML + "lang")
    entries = []
    for child in root:
        name = name_of(child).rpartition(":")[2]
        if name == "entry":
            entries.append(child)
        elif name == "author":
            author = person(child)
            feed.authors += [author] if author else []
        else:
            _feed_field(feed, child, name_of(child).replace("atom03:", "atom:"), document.base)
    for element in entries[: most + 1]:
        entry = RawEntry(language=element.get(XML + "lang"), base=base_of(element, document.base))
        read_fields(entry, element, ATOM_ENTRY)
        if entry.link is None and (entry.guid or "").startswith(("http://", "https://")):
            entry.link = entry.guid
        entry.authors = entry.authors or _source_authors(element) or feed.authors
        document.entries.append(entry)
    return document


def _source_authors(element: Element) -> list[tuple[str, str | None]]:
    """Return the authors of the feed an entry was copied from, which stand for its own (RFC 4287, 4.2.1)."""
    for child in element:
        if name_of(child) == "atom:source":
            people = [person(part) for part in child if name_of(part) == "atom:author"]
            return [found for found in people if found]
    return []


def _channel(feed: RawFeed, channel: Element) -> None:
    for child in channel:
        _feed_field(feed, child, name_of(child), None)


def _feed_field(feed: RawFeed, element: Element, name: str, base: str | None) -> None:
    """Read one element that is about the feed; of several with one meaning the first counts."""
    if name in {"atom:link", "link"} and element.get("href"):
        _feed_link(feed, element, base)
    elif name in _FEED_FIELDS:
        attribute, read = _FEED_FIELDS[name]
        if not getattr(feed, attribute):
            setattr(feed, attribute, read(element))


def _feed_link(feed: RawFeed, element: Element, base: str | None) -> None:
    relation = relation_of(element)
    address = joined(base_of(element, base), element.get("href") or "")
    if relation == "alternate" and "html" in (element.get("type") or "html"):
        feed.site = feed.site or address
    elif relation == "self":
        feed.self_link = feed.self_link or address
    elif relation == "hub":
        feed.hub = feed.hub or address


def _image(element: Element) -> str | None:
    address = element.get("href") or element.get(RDF + "resource")
    return address or next((text_of(child) for child in element if name_of(child) == "url"), None)


def _texts(element: Element) -> list[str]:
    return [text for child in element if (text := text_of(child))]


_FEED_FIELDS: dict[str, tuple[str, Callable[[Element], Any]]] = {
    "title": ("title", plain_field),
    "dc:title": ("title", plain_field),
    "atom:title": ("title", atom_text),
    "link": ("site", text_of),
    "description": ("subtitle", html_field),
    "atom:subtitle": ("subtitle", atom_text),
    "atom:tagline": ("subtitle", atom_text),
    "language": ("language", text_of),
    "dc:language": ("language", text_of),
    "image": ("image", _image),
    "itunes:image": ("image", _image),
    "atom:logo": ("image", text_of),
    "atom:icon": ("image", text_of),
    "ttl": ("ttl", text_of),
    "sy:updateperiod": ("update_period", text_of),
    "sy:updatefrequency": ("update_frequency", text_of),
    "skiphours": ("skip_hours", _texts),
    "skipdays": ("skip_days", _texts),
}
