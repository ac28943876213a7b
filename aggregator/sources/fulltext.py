"""The whole text of an entry from its web page, for feeds that only bring a beginning. Pure; in the parse process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregator.outbound.limits import inflate
from aggregator.sources.page import page_text
from aggregator.sources.plain import safe_html
from aggregator.sources.raw import NOT_TEXT, Text
from aggregator.text.strip import excerpt, strip
from aggregator.text.words import count_words, index_and_count

if TYPE_CHECKING:
    from datetime import datetime

LONGEST: Final = 1024 * 1024
"""Characters of a page that are looked through."""


@dataclass(frozen=True, slots=True)
class TextJob:
    """One answer with a page; `title` is the entry's, and `held` what the feed brought of its text."""

    body: bytes
    encoding: str
    content_type: str
    address: str
    now: datetime
    title: str
    held: str


@dataclass(frozen=True, slots=True)
class FullText:
    """What an entry gets of its page; `content_html` is clean, and empty where the page has no more than the feed."""

    content_html: str = ""
    excerpt: str = ""
    words: int = 0
    index: str = ""


def find_text(job: TextJob) -> FullText:
    """Take the text out of a page: without its menus, comments and footers, through the one cleaner.

    Raises FetchError where the page could not be unpacked.
    """
    page = page_text(inflate(job.body) if job.encoding else job.body, job.content_type)[:LONGEST]
    html = main_text(page, job.address)
    text = strip(html)
    index, words = index_and_count(job.title, text)
    if words <= count_words(strip(job.held)):
        return FullText()
    return FullText(html, excerpt(text), words, index)


def main_text(page: str, address: str) -> str:
    """Return the text of a page as clean HTML, without what stands around it; empty where none is found."""
    from trafilatura import extract  # noqa: PLC0415  # it takes 300 ms and 30 MB to load; most feeds do without

    found = extract(
        page,
        url=address,
        output_format="html",
        include_comments=False,
        include_images=True,
        include_links=True,
        include_formatting=True,
    )
    return safe_html(Text("html", NOT_TEXT.sub("", found)), address) if found else ""
