"""A list as Atom (RFC 4287), in the order of the list, with paging by RFC 5005."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.model.ids import NAMESPACE
from web.asked import stamp
from web.feeds_out import reasons
from web.feeds_out.markup import HEAD, element, nested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.feeds_out.document import FeedDocument, FeedEntry

TYPE = "application/atom+xml"


def write(document: FeedDocument) -> bytes:
    """Write the document."""
    feed = nested(
        "feed",
        [*_head(document), *(_entry(entry) for entry in document.entries)],
        xmlns="http://www.w3.org/2005/Atom",
        xmlns_fh="http://purl.org/syndication/history/1.0",
        xmlns_broadsheet=NAMESPACE,
        xml_lang=document.language,
    )
    return (HEAD + feed + "\n").encode()


def _head(document: FeedDocument) -> Iterator[str]:
    to = document.addresses
    yield element("id", document.id)
    yield element("title", document.title)
    yield element("subtitle", document.subtitle)
    yield element("updated", stamp(document.updated))
    yield nested("author", [element("name", document.publisher)])
    yield element("generator", "Broadsheet")
    yield element("link", rel="self", type=TYPE, href=to.self)
    yield element("link", rel="alternate", type="text/html", href=to.home)
    for rel, address in document.other_pages():
        yield element("link", rel=rel, type=TYPE, href=address)
    if to.hub:
        yield element("link", rel="hub", href=to.hub)
    yield from reasons.history(document)
    yield from reasons.of_list(document)


def _entry(entry: FeedEntry) -> str:
    return nested("entry", _parts(entry), xml_lang=entry.language)


def _parts(entry: FeedEntry) -> Iterator[str]:
    yield element("id", entry.id)
    yield element("title", entry.title, type="text")
    yield element("link", rel="alternate", href=entry.link)
    yield element("link", rel="related", type="text/html", href=entry.place.why)
    for file in entry.files:
        yield element(
            "link", rel="enclosure", href=file.url, type=file.type, length=file.length, title=file.title or None
        )
    for name, address in entry.authors:
        yield nested("author", [element("name", name), *([element("uri", address)] if address else [])])
    yield element("published", stamp(entry.published))
    yield element("updated", stamp(entry.updated))
    for category in entry.categories:
        yield element("category", term=category)
    if entry.whole:
        yield element("summary", entry.text, type="text")
        yield element("content", entry.html, type="html")
    else:
        yield element("content", entry.html, type="html")
    yield nested("source", _source(entry))
    yield reasons.of_entry(entry)


def _source(entry: FeedEntry) -> Iterator[str]:
    source = entry.source
    yield element("id", source.id)
    yield element("title", source.title, type="text")
    yield element("updated", stamp(entry.updated))
    if source.address:
        yield element("link", rel="self", href=source.address)
    if source.site:
        yield element("link", rel="alternate", href=source.site)
