"""Chapters of a recording from a file of their own: the JSON of Podcasting 2.0. Pure; in the parse process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregator.outbound.limits import inflate
from aggregator.sources.extras import read_extras
from aggregator.sources.jsonfeed import load_json
from aggregator.text.address import absolutise

if TYPE_CHECKING:
    from aggregator.model.extras import Chapter


@dataclass(frozen=True, slots=True)
class ChaptersJob:
    """One answer with a chapters file."""

    body: bytes
    encoding: str
    address: str


@dataclass(frozen=True, slots=True)
class FoundChapters:
    """What it names, cleaned as chapters in a document are; none where it is something else."""

    chapters: tuple[Chapter, ...] = ()


def read_chapters(job: ChaptersJob) -> FoundChapters:
    """Read a chapters file; those that are not for a table of contents are left out.

    Raises FetchError where the answer could not be unpacked.
    """
    told = load_json(inflate(job.body) if job.encoding else job.body)
    listed = told.get("chapters") if isinstance(told, dict) else None
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    raw = [
        (str(row.get("startTime")), _text(row.get("title")), _text(row.get("url")) or None)
        for row in rows
        if row.get("toc") is not False
    ]
    return FoundChapters(read_extras({"chapters": raw}, lambda link: absolutise(link, job.address)).chapters)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
