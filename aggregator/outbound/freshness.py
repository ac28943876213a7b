"""How long an answer is good for, and when to come back: Cache-Control, Expires, Retry-After. Pure.

Dates are read against the server's own Date where it sent one: its clock may be wrong, and ours may be moved.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 366 * 24 * 3600
_LONGEST_DATE: Final = 64


def max_age(headers: Mapping[str, str], now: datetime) -> int | None:
    """Return for how many seconds the answer is good; None where the server does not say."""
    told = headers.get("Cache-Control")
    if told:
        for directive in told.split(","):
            name, _, value = directive.strip().partition("=")
            if name.lower() in ("no-cache", "no-store"):
                return 0
            if name.lower() == "max-age":
                seconds = _seconds(value.strip('" '))
                if seconds is not None:
                    return seconds
    expires = headers.get("Expires")
    if expires is None:
        return None
    return _until(expires, headers, now) or 0  # a date that is none means "already past" (RFC 9111, 5.3)


def retry_after(headers: Mapping[str, str], now: datetime) -> int | None:
    """Return the seconds the server asks us to stay away (0 is a valid answer), None where it asks for nothing."""
    told = headers.get("Retry-After")
    if told is None:
        return None
    seconds = _seconds(told)
    return _until(told, headers, now) if seconds is None else seconds


def _seconds(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return LONGEST if len(text) > len(str(LONGEST)) else min(int(text), LONGEST)


def _until(text: str, headers: Mapping[str, str], now: datetime) -> int | None:
    then = _date(text)
    if then is None:
        return None
    start = _date(headers.get("Date", "")) or now
    return min(max(0, int((then - start).total_seconds())), LONGEST)


def _date(text: str) -> datetime | None:
    if len(text) > _LONGEST_DATE:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
