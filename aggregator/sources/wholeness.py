"""Whether a document that is not well-formed broke off, and whether in the middle of an entry. Pure."""

from __future__ import annotations

import re

_OPENED = re.compile(rb"<(?:[a-z0-9]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:[a-z0-9]{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)
_HEAD = 65_536  # bytes in which a document type is looked for


def breaks_off(data: bytes, root: bytes) -> bool:
    """Say whether a document ends before its root element `root` (a name in lower case) does.

    Only for encodings that write ASCII as ASCII: of others nothing is claimed.
    """
    if not root or b"\x00" in data[:100]:
        return False
    return re.search(rb"</" + re.escape(root) + rb"\s*>", data, re.IGNORECASE) is None


def ends_within_entry(data: bytes) -> bool:
    """Say whether the last entry that begins in a document does not end in it."""
    return _last(_OPENED, data) > _last(_CLOSED, data)


def defines_entities(data: bytes) -> bool:
    """Say whether a document has entities of its own, which are never expanded (safety 17)."""
    return _ENTITY.search(data, 0, _HEAD) is not None


def _last(pattern: re.Pattern[bytes], data: bytes) -> int:
    return max((found.start() for found in pattern.finditer(data)), default=-1)
