"""Jobs for the parse processes and their results as bytes, for the pipe to the parse processes.

A message is msgpack of [kind, field, field, ...], fields in the order of the dataclass; both ends are the
same release, so there is no version in it. A new field of a model class travels by itself as long as its type
is one that msgpack knows; one that is a value of ours needs a line in `_entry` or `_feed`.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgpack  # type: ignore[import-untyped]  # it ships no types

from aggregator.model.discovery import DiscoveredFeed
from aggregator.model.entry import Author, Enclosure, EntryData, Kind
from aggregator.model.extras import Chapter, Extras, extras_of, told_of
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.fediverse import Actor
from aggregator.model.feed import FeedData
from aggregator.model.spoken import Said, Spoken
from aggregator.sources.chapters import ChaptersJob, FoundChapters
from aggregator.sources.discovery import FoundFeeds, PageJob
from aggregator.sources.fediverse.inbox import Activity, ActivityJob
from aggregator.sources.fediverse.outbox import Looked, LookJob, OutboxJob, OutboxRead, Packed
from aggregator.sources.fulltext import FullText, TextJob
from aggregator.sources.job import ParsedDocument, ParseJob, ParseLimits
from aggregator.sources.mail import Letter, MailJob
from aggregator.sources.transcript import TranscriptJob

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Message = (
    ParseJob
    | ParsedDocument
    | PageJob
    | FoundFeeds
    | TextJob
    | FullText
    | TranscriptJob
    | Spoken
    | ChaptersJob
    | FoundChapters
    | MailJob
    | Letter
    | LookJob
    | Looked
    | OutboxJob
    | OutboxRead
    | ActivityJob
    | Activity
    | Fault
)

_KINDS: dict[type, str] = {
    ParseJob: "job",
    ParsedDocument: "document",
    PageJob: "page",
    FoundFeeds: "feeds",
    TextJob: "text job",
    FullText: "text",
    TranscriptJob: "transcript",
    Spoken: "spoken",
    ChaptersJob: "chapters file",
    FoundChapters: "chapters",
    MailJob: "mail",
    Letter: "letter",
    LookJob: "look",
    Looked: "looked",
    OutboxJob: "outbox",
    OutboxRead: "outbox read",
    ActivityJob: "activity job",
    Activity: "activity",
    Fault: "fault",
}


def to_message(value: Message) -> bytes:
    """Pack a job, a result, or the fault that stands for a result."""
    message: bytes = msgpack.packb(
        (_KINDS[type(value)], *_row(value)),
        default=_plain,
        datetime=True,
        unicode_errors="surrogatepass",
    )
    return message


def from_message(message: bytes) -> Message:
    """Unpack what `to_message` packed. Raises ValueError for anything else."""
    kind, *row = msgpack.unpackb(message, use_list=False, timestamp=3, unicode_errors="surrogatepass")
    readers: dict[str, Callable[[Sequence[Any]], Message]] = {
        "job": _job,
        "document": _document,
        "page": lambda row: PageJob(*row),
        "feeds": _feeds,
        "text job": lambda row: TextJob(*row),
        "text": lambda row: FullText(*row),
        "transcript": lambda row: TranscriptJob(*row),
        "spoken": lambda row: Spoken(tuple(Said(*said) for said in row[0]), *row[1:]),
        "chapters file": lambda row: ChaptersJob(*row),
        "chapters": lambda row: FoundChapters(tuple(Chapter(*chapter) for chapter in row[0])),
        "mail": lambda row: MailJob(*row),
        "letter": lambda row: Letter(row[0], _document(row[1])),
        "look": lambda row: LookJob(Packed(*row[0]), *row[1:]),
        "looked": lambda row: Looked(Actor(*row[0]) if row[0] else None, *row[1:]),
        "outbox": _outbox,
        "outbox read": lambda row: OutboxRead(_document(row[0]), row[1]),
        "activity job": lambda row: ActivityJob(Packed(*row[0])),
        "activity": lambda row: Activity(*row),
        "fault": lambda row: Fault(FaultCode(row[0]), *row[1:]),
    }
    if kind not in readers:
        raise ValueError(f"no such message: {kind!r:.40}")
    return readers[kind](row)


def _fields_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    names = [f.name for f in fields(kind)]
    return attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)


_rows: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    kind: _fields_of(kind)
    for kind in (
        ParseJob,
        ParseLimits,
        ParsedDocument,
        FeedData,
        EntryData,
        Author,
        Enclosure,
        Fault,
        PageJob,
        FoundFeeds,
        DiscoveredFeed,
        TextJob,
        FullText,
        TranscriptJob,
        Spoken,
        Said,
        ChaptersJob,
        FoundChapters,
        Chapter,
        MailJob,
        Letter,
        LookJob,
        Looked,
        OutboxJob,
        OutboxRead,
        ActivityJob,
        Activity,
        Packed,
        Actor,
    )
}


def _row(value: Any) -> tuple[Any, ...]:
    return _rows[type(value)](value)


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return tuple(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Extras):
        return told_of(value)
    return _row(value)


def _job(row: Sequence[Any]) -> ParseJob:
    job = dict(zip((f.name for f in fields(ParseJob)), row, strict=True))
    job["known"] = frozenset(job["known"])
    job["limits"] = ParseLimits(*job["limits"])
    return ParseJob(**job)


def _document(row: Sequence[Any]) -> ParsedDocument:
    feed, entries, *rest = row
    return ParsedDocument(_feed(feed), tuple(_entry(entry) for entry in entries), *rest)


def _outbox(row: Sequence[Any]) -> OutboxJob:
    job = dict(zip((f.name for f in fields(OutboxJob)), row, strict=True))
    job["actor"] = Packed(*job["actor"])
    for name in ("pages", "fetched"):
        job[name] = tuple(Packed(*each) for each in job[name])
    job["known"] = frozenset(job["known"])
    return OutboxJob(**job)


def _feeds(row: Sequence[Any]) -> FoundFeeds:
    itself, linked = row
    return FoundFeeds(DiscoveredFeed(*itself) if itself else None, tuple(DiscoveredFeed(*feed) for feed in linked))


_ENTRY = {f.name: place for place, f in enumerate(fields(EntryData))}
_AUTHORS, _ENCLOSURES, _KIND, _EXTRAS = (_ENTRY[name] for name in ("authors", "enclosures", "kind", "extras"))


def _entry(row: Sequence[Any]) -> EntryData:
    values = list(row)
    values[_AUTHORS] = tuple(Author(*author) for author in row[_AUTHORS])
    values[_ENCLOSURES] = tuple(Enclosure(*enclosure) for enclosure in row[_ENCLOSURES])
    values[_KIND] = Kind(row[_KIND])
    values[_EXTRAS] = extras_of(row[_EXTRAS])
    return EntryData(*values)


def _feed(row: Sequence[Any]) -> FeedData:
    feed = dict(zip((f.name for f in fields(FeedData)), row, strict=True))
    if feed["update_every"] is not None:
        feed["update_every"] = timedelta(seconds=feed["update_every"])
    return FeedData(**feed)
