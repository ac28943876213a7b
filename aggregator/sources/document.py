"""From the bytes of one answer to the feed and its entries. Pure; runs in the killable parse process."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.remark import Remark
from aggregator.sources.about import feed_data
from aggregator.sources.entries import EntryReader
from aggregator.sources.feeds import read_xml
from aggregator.sources.job import ParsedDocument, ParseJob, ParseLimits
from aggregator.sources.jsonfeed import read_json
from aggregator.sources.wholeness import breaks_off, defines_entities, ends_within_entry

if TYPE_CHECKING:
    from aggregator.sources.raw import RawDocument

__all__ = ["ParseJob", "ParseLimits", "ParsedDocument", "read_document"]

_GZIP = b"\x1f\x8b"
_HEAD = 4_096  # bytes in which the kind of a document shows
_PROLOGUE = re.compile(
    rb"(?:\s+|\xef\xbb\xbf|<\?[^>]*>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.:\-]*)")
_FEED_ROOT = re.compile(rb"<(?:rss|rdf:rdf|(?:[a-z0-9]+:)?feed|channel)\b", re.IGNORECASE)
_HTML_ROOTS = frozenset((b"html", b"head", b"body", b"title", b"meta", b"script"))


def read_document(job: ParseJob) -> ParsedDocument:
    """Read a feed of any known format.

    Raises FetchError, and nothing else, with the fault HTML, NOT_A_FEED, BROKEN, EMPTY, TOO_LARGE,
    BAD_ENCODING, ENTITIES or PARSER_LIMIT.
    """
    data = _inflated(job)
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise FetchError(Fault(FaultCode.EMPTY))
    try:
        document = _raw_document(data, job)
        reader = EntryReader(job, document)
        entries, carried = reader.read()
        return ParsedDocument(
            feed=replace(
                feed_data(document.feed, reader.base, reader.language),
                remarks=(*document.remarks, *reader.remarks, *(() if carried else (Remark.NO_ENTRIES,))),
            ),
            entries=entries,
            carried=carried,
            format=document.format,
        )
    except FetchError:
        raise
    except (Exception, RecursionError) as exc:  # whatever a publisher's bytes do to a parser is the feed's fault
        raise FetchError(Fault(FaultCode.BROKEN, type(exc).__name__)) from exc


def _inflated(job: ParseJob) -> bytes:
    """Unpack gzip, never to more than the limit (safety 11); files that are gzip by themselves too."""
    if job.encoding not in {"gzip", "x-gzip"} and not job.body.startswith(_GZIP):
        if len(job.body) > job.limits.body:
            raise FetchError(Fault(FaultCode.TOO_LARGE, f"over {job.limits.body:,} bytes"))
        return job.body
    pieces, packed, room = [], job.body, job.limits.body
    while packed:
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            piece = inflater.decompress(packed, room + 1)
        except zlib.error as exc:
            raise FetchError(Fault(FaultCode.BAD_ENCODING, "not gzip")) from exc
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            raise FetchError(Fault(FaultCode.TOO_LARGE, f"over {job.limits.body:,} bytes unpacked"))
        if not inflater.eof:
            raise FetchError(Fault(FaultCode.BAD_ENCODING, "the gzip data break off"))
        packed = inflater.unused_data.lstrip(b"\x00")  # padding is allowed between and after members
    return b"".join(pieces)


def _raw_document(data: bytes, job: ParseJob) -> RawDocument:
    most = job.limits.entries
    start = data[:_HEAD].lstrip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00")
    if start.startswith((b"{", b"[")):
        document = read_json(data, most)
        if document is None:
            raise FetchError(
                Fault(FaultCode.BROKEN if b"jsonfeed.org" in data[:_HEAD] else FaultCode.NOT_A_FEED, "JSON")
            )
        return document
    if _root_name(data) in _HTML_ROOTS and not _FEED_ROOT.search(data[:_HEAD]):
        # Before XML is tried: a page of elements left open would be told as nested too deep.
        from aggregator.sources.hfeed import read_page  # noqa: PLC0415  # feeds do without

        document = read_page(data, job.content_type, most)
        if document is None:
            raise FetchError(Fault(FaultCode.HTML))
        return document
    document = read_xml(data, job.content_type, most)
    if document is not None:
        return document
    return _read_loosely(data, job)


def _read_loosely(data: bytes, job: ParseJob) -> RawDocument:
    """Have feedparser read it; of a document that breaks off, without the half entry at its end."""
    from aggregator.sources.loose import read_loosely  # noqa: PLC0415  # feedparser takes 60 ms to load, most feeds do without

    document = read_loosely(data, job.content_type, job.address, job.limits.entries)
    if (document is None or not document.entries) and defines_entities(data):
        raise FetchError(Fault(FaultCode.ENTITIES))
    if document is None:
        looks_like_one = _FEED_ROOT.search(data[:_HEAD]) is not None
        raise FetchError(Fault(FaultCode.BROKEN if looks_like_one else FaultCode.NOT_A_FEED))
    if breaks_off(data, _root_name(data)):
        document.remarks[:] = [Remark.CUT_OFF]
        if document.entries and len(document.entries) <= job.limits.entries and ends_within_entry(data):
            document.entries.pop()
    return document


def _root_name(data: bytes) -> bytes:
    """Return the name of the first element in lower case, or nothing where the document does not begin with one."""
    head = data[:_HEAD].replace(b"\x00", b"")
    prologue = _PROLOGUE.match(head)
    found = _ROOT.match(head, prologue.end() if prologue else 0)
    return found.group(1).lower() if found else b""
