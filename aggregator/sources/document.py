"""From the bytes of one answer to the feed and its entries. Pure; runs in the killable parse process."""

from __future__ import annotations

from aggregator.sources.job import ParsedDocument, ParseJob, ParseLimits

__all__ = ["ParseJob", "ParseLimits", "ParsedDocument", "read_document"]


def read_document(job: ParseJob) -> ParsedDocument:
    """Read a feed of any known format.

    Raises FetchError, and nothing else, with the fault HTML, NOT_A_FEED, BROKEN, EMPTY, TOO_LARGE or
    BAD_ENCODING.
    """
    raise NotImplementedError
