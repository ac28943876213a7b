"""What the tests of reading share: reading a document as the parse process would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from aggregator.sources.document import ParseJob, read_document

if TYPE_CHECKING:
    from aggregator.sources.document import ParsedDocument

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEEDS = Path(__file__).parents[2] / "data" / "feeds"
CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


class Read(Protocol):
    """Reads bytes, text, or a file of tests/data/feeds by its name."""

    def __call__(self, document: bytes | str, **job: Any) -> ParsedDocument: ...


@pytest.fixture
def job() -> ParseJob:
    return ParseJob(
        body=b"",
        encoding="",
        content_type="",
        address="https://feeds.example.org/feed",
        site=None,
        feed_language=None,
        known=frozenset(),
        now=NOW,
    )


@pytest.fixture
def read(job: ParseJob) -> Read:
    def read(document: bytes | str, **changes: Any) -> ParsedDocument:
        if isinstance(document, str):
            stored = FEEDS / document if len(document) < 60 and "<" not in document and "{" not in document else None
            document = stored.read_bytes() if stored and stored.is_file() else document.encode()
        return read_document(replace(job, body=document, **changes))

    return read


@pytest.fixture
def rss(read: Read) -> Any:
    """Read one RSS item given as the XML inside of it; return the entry."""

    def entry(inside: str, **changes: Any) -> Any:
        spaces = (
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        )
        document = read(
            f'<rss version="2.0" {spaces}><channel><title>T</title><language>en</language>'
            f"<item>{inside}</item></channel></rss>",
            **changes,
        )
        return document.entries[0]

    return entry


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("../shared/corpus is not here: real documents were not read")
    return CORPUS
