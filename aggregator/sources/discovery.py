"""Which feeds a document names: the feed it is, or those a web page links. Pure; runs in the killable parse process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.discovery import DiscoveredFeed
from aggregator.model.fault import FaultCode
from aggregator.outbound.limits import inflate
from aggregator.sources.document import read_document
from aggregator.sources.job import ParseJob, ParseLimits
from aggregator.sources.page import page_tree
from aggregator.sources.plain import plain_line
from aggregator.sources.raw import Text
from aggregator.text.address import absolutise

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.html import HtmlElement

MOST_FEEDS: Final = 40
PAGE_FORMAT: Final = "h-feed"
# A page whose elements are left open is nested too deep for a reader of XML.
_PERHAPS_A_PAGE: Final = {FaultCode.HTML, FaultCode.NOT_A_FEED, FaultCode.PARSER_LIMIT}
_LONGEST_TITLE: Final = 300
_TYPES: Final = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x.atom+xml",
    "application/x-atom+xml",
    "text/rss+xml",
    "text/atom+xml",
)
# Types that say nothing by themselves; they count where the address looks like a feed's.
_VAGUE: Final = ("application/xml", "text/xml", "application/json", "")
_LIKE_A_FEED: Final = ("rss", "atom", "feed", "index.xml", "rdf")
_COMMENTS: Final = "comments"
_ONE: Final = ParseLimits(entries=1)


@dataclass(frozen=True, slots=True)
class PageJob:
    """One answer to be looked through for feeds; fields as in ParseJob."""

    body: bytes
    encoding: str
    content_type: str
    address: str
    now: datetime


@dataclass(frozen=True, slots=True)
class FoundFeeds:
    """What a document names: `itself` where it is a feed, else the feeds it links, the likeliest first."""

    itself: DiscoveredFeed | None
    linked: tuple[DiscoveredFeed, ...] = ()


def find_feeds(job: PageJob) -> FoundFeeds:
    """Say whether a document is a feed, and if not, which feeds it links.

    Raises FetchError where it could not be unpacked, or is a feed too broken to be read.
    """
    try:
        document = read_document(
            ParseJob(
                body=job.body,
                encoding=job.encoding,
                content_type=job.content_type,
                address=job.address,
                site=None,
                feed_language=None,
                known=frozenset(),
                now=job.now,
                limits=_ONE,
            )
        )
    except FetchError as exc:
        if exc.fault.code not in _PERHAPS_A_PAGE:
            raise
        itself = None
    else:
        itself = DiscoveredFeed(job.address, document.feed.title)
        if document.format != PAGE_FORMAT:
            return FoundFeeds(itself)
    root = page_tree(inflate(job.body) if job.encoding else job.body, job.content_type)
    linked = () if root is None else _linked(root, job.address)
    # A page may be its own feed; where it names others, these are made for being read elsewhere.
    return FoundFeeds(None if linked else itself, linked)


def _linked(root: HtmlElement, address: str) -> tuple[DiscoveredFeed, ...]:
    base = address
    for element in root.iter("base"):
        base = absolutise(element.get("href") or "", address) or address
        break
    found: dict[str, DiscoveredFeed] = {}
    for element in root.iter("link", "a"):
        href = element.get("href")
        if not href or not _names_a_feed(element, href):
            continue
        target = absolutise(href, base)
        if target is None or target.partition("#")[0] == address.partition("#")[0]:
            continue
        title = plain_line(Text("text", element.get("title") or ""), _LONGEST_TITLE) or None
        found.setdefault(target.partition("#")[0], DiscoveredFeed(target, title))
        if len(found) == MOST_FEEDS:
            break
    # A page's comments are seldom what somebody means who pastes its address.
    return tuple(sorted(found.values(), key=lambda feed: _COMMENTS in f"{feed.address} {feed.title}".lower()))


def _names_a_feed(element: HtmlElement, href: str) -> bool:
    words = (element.get("rel") or "").lower().split()
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    if "alternate" in words or ("feed" in words and element.tag == "link"):
        if "stylesheet" in words or (element.get("hreflang") and not kind):
            return False
        return kind in _TYPES or (kind in _VAGUE and _looks_like_one(href) and (kind != "" or "feed" in words))
    return element.tag == "a" and kind in _TYPES


def _looks_like_one(href: str) -> bool:
    lowered = href.lower()
    return any(word in lowered for word in _LIKE_A_FEED)
