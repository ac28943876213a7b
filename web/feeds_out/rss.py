"""A list as RSS 2.0, with what Dublin Core, content: and Atom add that readers know."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from aggregator.model.ids import NAMESPACE
from web.feeds_out import reasons
from web.feeds_out.markup import HEAD, element, nested

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from web.feeds_out.document import FeedDocument, FeedEntry

TYPE = "application/rss+xml"


def write(document: FeedDocument) -> bytes:
    """Write the document."""
    channel = nested("channel", [*_head(document), *(nested("item", _parts(entry)) for entry in document.entries)])
    rss = nested(
        "rss",
        [channel],
        version="2.0",
        xmlns_atom="http://www.w3.org/2005/Atom",
        xmlns_content="http://purl.org/rss/1.0/modules/content/",
        xmlns_dc="http://purl.org/dc/elements/1.1/",
        xmlns_source="http://source.scripting.com/",
        xmlns_fh="http://purl.org/syndication/history/1.0",
        xmlns_broadsheet=NAMESPACE,
    )
    return (HEAD + rss + "\n").encode()


def _head(document: FeedDocument) -> Iterator[str]:
    to = document.addresses
    yield element("title", document.title)
    yield element("link", to.home)
    yield element("description", document.subtitle)
    yield element("language", document.language)
    yield element("lastBuildDate", _date(document.updated))
    yield element("generator", "Broadsheet")
    yield element("docs", "https://www.rssboard.org/rss-specification")
    yield element("atom:link", rel="self", type=TYPE, href=to.self)
    for rel, address in document.other_pages():
        yield element("atom:link", rel=rel, type=TYPE, href=address)
    if to.hub:
        yield element("atom:link", rel="hub", href=to.hub)
    if to.blogroll:
        yield element("source:blogroll", to.blogroll)
    yield from reasons.history(document)
    yield from reasons.of_list(document)


def _parts(entry: FeedEntry) -> Iterator[str]:
    yield element("title", entry.title)
    yield element("link", entry.link)
    yield element("guid", entry.id, isPermaLink="false")
    yield element("pubDate", _date(entry.published))
    for name, _ in entry.authors:
        yield element("dc:creator", name)
    for category in entry.categories:
        yield element("category", category)
    # Readers take a description for HTML: plain text that looks like markup must stay text.
    yield element("description", escape(entry.text) if entry.whole else entry.html)
    if entry.whole:
        yield element("content:encoded", entry.html)
    for file in entry.files[:1]:  # RSS has one; readers stumble over more
        yield element("enclosure", url=file.url, length=file.length or 0, type=file.type or "application/octet-stream")
    if entry.source.address:
        yield element("source", entry.source.title, url=entry.source.address)
    yield element("atom:link", rel="related", type="text/html", href=entry.place.why)
    yield reasons.of_entry(entry)


def _date(time: datetime) -> str:
    return format_datetime(time, usegmt=True)
