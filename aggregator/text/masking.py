"""Feed addresses that let in whoever knows them: told from the others, and shown without their secret (safety 56)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

MASK = "…"
_NAMES = re.compile(
    r"(?:[a-z]+[_-]?)?(?:token|key|secret|auth|authorization|password|passwd|pass|pwd|signature|sig|hash|session|sid)",
    re.IGNORECASE,
)
_SEGMENTS = re.compile(r"/(?:private|secret|token)[-_/][^/?#]+", re.IGNORECASE)
_SHORTEST = 6
"""A shorter value (`?key=news`) names something rather than locking it."""


def has_secret(address: str) -> bool:
    """Say whether an address carries a name and password, a parameter that is a key, or a private path."""
    return mask(address) != address


def mask(address: str) -> str:
    """Write an address without its secret; one without any comes back as it is."""
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return address
    masked = address
    if "@" in parts.netloc:
        masked = masked.replace(parts.netloc, f"{MASK}@{parts.netloc.rpartition('@')[2]}", 1)
    for name, value in pairs:
        if len(value) >= _SHORTEST and _NAMES.fullmatch(name):
            masked = re.sub(rf"(?<=[?&;]{re.escape(name)}=)[^&;#]*", MASK, masked)
    return _SEGMENTS.sub(f"/{MASK}", masked)
