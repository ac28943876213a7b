"""A document carried through a form: from the page that shows what it would do to the one that does it.

The server keeps nothing of a file that was only looked at.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from aggregator.errors import BadDocumentError


def pack(data: bytes) -> str:
    """Make a field's value of a document."""
    return base64.b64encode(zlib.compress(data, 6)).decode("ascii")


def unpack(field: str, limit: int) -> bytes:
    """Give the document back. Raises BadDocumentError for what is none, or is over `limit` bytes unpacked."""
    try:
        opened = zlib.decompressobj()
        data = opened.decompress(base64.b64decode(field, validate=True), limit + 1)
    except (binascii.Error, ValueError, zlib.error) as exc:
        raise BadDocumentError("file", "it was lost on the way; choose it again") from exc
    if len(data) > limit or not opened.eof:
        raise BadDocumentError("file", "it is too large")
    return data
