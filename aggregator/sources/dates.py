"""Dates as publishers write them, to aware UTC datetimes. Never raises; None for what cannot be read.

The two well-formed kinds (RFC 3339 and RFC 5322) take a short way; the rest go through patterns for what is seen
in the wild. A date without a zone is read as UTC. A date before 1990 or after 9998 is none (ranking-semantics 2).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(9998, 12, 31, tzinfo=UTC)
_LONGEST = 80  # characters

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen janv ian januar stycznia янв 1월",
            "feb fev févr févri fév lutego фев",
            "mar mär mrz mars maa mrt marca мар",
            "apr abr avr avri kwietnia апр",
            "may mai mag mei maj maja мая май",
            "jun giu juin czerwca июн",
            "jul lug juil juill lipca июл",
            "aug ago aoû août aou sierpnia авг",
            "sep set sept września сен",
            "oct okt ott out października окт",
            "nov listopada ноя",
            "dec dez dic déc des grudnia дек",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {
    "": 0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120,
    "met": 60, "mest": 120, "eet": 120, "eest": 180, "msk": 180, "sast": 120, "ist": 330, "jst": 540, "kst": 540,
    "hkt": 480, "sgt": 480, "awst": 480, "acst": 570, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "ast": -240, "adt": -180, "est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "ct": -360,
    "mst": -420, "mdt": -360, "mt": -420, "pst": -480, "pdt": -420, "pt": -480, "akst": -540, "akdt": -480,
    "hst": -600, "brt": -180, "art": -180,
}  # fmt: skip  # a table reads better in lines

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?"
_HALF = r"(?:\s*(?P<half>[ap])\.?m\.?)?"
_ZONE = r"\s*(?P<zone>(?:gmt|utc?|z)?\s*[+\-\u2212]\s*\d{1,2}:?(?:\d{2})?|[a-z]{1,5})?(?:\s*\([^)]*\)|\s*\[[^\]]*\])?"
_DAY_NAME = r"(?:[^\W\d_]+\.?(?:,\s*|\s+))?"
_MONTH_NAME = r"(?P<name>[^\W\d_]{3,12}|1월)\.?"
_PATTERNS = tuple(
    re.compile(pattern + r"\s*", re.IGNORECASE)
    for pattern in (
        # 2026-11-21T12:00:00Z, 20261121T120000, 2026-11-21, 2026-11, 2026
        rf"(?P<year>\d{{4}})(?:[\-/.](?P<month>\d{{1,2}})(?:[\-/.](?P<day>\d{{1,2}})(?:[t\s,]*{_TIME}{_HALF}{_ZONE})?)?)?",
        (
            r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
            rf"(?:[t\s]?(?P<hour>\d{{2}}):?(?P<minute>\d{{2}}):?(?P<second>\d{{2}})?{_ZONE})?"
        ),
        # 2026-325: the day of the year
        rf"(?P<year>\d{{4}})-(?P<yearday>\d{{3}})(?:t{_TIME}{_ZONE})?",
        # Sat, 21 Nov 2026 12:00:00 GMT; 21-Nov-26; 21. November 2026
        (
            rf"{_DAY_NAME}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s\-/]*(?:de\s+)?{_MONTH_NAME}[\s\-/,]*(?:de\s+)?"
            rf"(?P<year>\d{{4}}|\d{{2}})(?:[\s,t]+(?:at\s+|-\s+)?{_TIME}{_HALF}{_ZONE})?"
        ),
        # Nov 21, 2026 12:00 pm; Saturday, November 21 2026
        (
            rf"{_DAY_NAME}{_MONTH_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
            rf"(?:[\s,]+(?:at\s+|-\s+)?{_TIME}{_HALF}{_ZONE})?"
        ),
        # Sat Nov 21 12:00:00 GMT 2026: asctime and its relatives
        rf"{_DAY_NAME}{_MONTH_NAME}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})",
        # 21.11.2026 12:30
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}|\d{{2}})(?:[\s,t\-]+{_TIME}{_HALF}{_ZONE})?",
        # 11/21/2026 12:30 (and 21/11/2026 where the first cannot be a month)
        rf"{_DAY_NAME}(?P<first>\d{{1,2}})[/\-](?P<day>\d{{1,2}})[/\-](?P<year>\d{{4}})(?:[\s,t]+{_TIME}{_HALF}{_ZONE})?",
    )
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}")
_HANGUL = re.compile(r"(?P<year>\d{4})\s*[년年]\s*(?P<month>\d{1,2})\s*[월月]\s*(?P<day>\d{1,2})\s*[일日]")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:Z|[+-]\d\d:\d\d)?")
_RFC_5322 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (GMT|UTC?|Z|[+-]\d{4})"
)


@lru_cache(maxsize=512)
def read_date(text: str) -> datetime | None:
    """Read a date; None where it cannot be read or is out of bounds. Fractions of a second are floored."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        found = _well_formed(text) or _other(text)
        if found is not None:
            found = found.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and EARLIEST <= found <= LATEST else None


def _well_formed(text: str) -> datetime | None:
    if _RFC_3339.fullmatch(text):
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    mail = _RFC_5322.fullmatch(text)
    if mail is None:
        return None
    day, name, year, hour, minute, second, zone = mail.groups()
    month = _MONTHS.get(name.lower())
    if month is None:
        return None
    at = datetime(int(year), month, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC)
    return at - _offset(zone)


def _other(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text) / (1_000 if len(text.partition(".")[0]) > 10 else 1), UTC)  # noqa: PLR2004  # ten digits are seconds until 2286
    cjk = _HANGUL.match(text)
    if cjk is not None:
        return datetime(*(int(part) for part in cjk.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]  # three groups: year, month, day
    for pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            at = _from_parts({name: value for name, value in found.groupdict().items() if value is not None})
            if at is not None:
                return at
    return None


def _from_parts(parts: dict[str, str]) -> datetime | None:
    year = _year(parts["year"])
    if "yearday" in parts:
        date = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=int(parts["yearday"]) - 1)
    else:
        month, day = _month(parts), int(parts.get("day", "1"))
        if month is None:
            return None
        if month > 12 >= day and "first" in parts:  # noqa: PLR2004  # twelve months
            month, day = day, month
        date = datetime(year, month, day, tzinfo=UTC)
    hour = int(parts.get("hour", "0"))
    if "half" in parts:
        hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
    span = timedelta(hours=hour, minutes=int(parts.get("minute", "0")), seconds=min(int(parts.get("second", "0")), 59))
    if span > timedelta(days=1):
        return None
    return date + span - _offset(parts.get("zone", ""))


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004  # written in full
        return year
    return year + (2000 if year < 70 else 1900)  # noqa: PLR2004  # POSIX reads two digits so


def _month(parts: dict[str, str]) -> int | None:
    if "name" not in parts:
        return int(parts.get("month") or parts.get("first") or "1")
    name = parts["name"].lower()
    return _MONTHS.get(name) or _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])


def _offset(zone: str) -> timedelta:
    """How far a zone is from UTC; a name we do not know counts as UTC."""
    zone = zone.strip().lower().replace("\u2212", "-")
    sign = next((mark for mark in "+-" if mark in zone), None)
    if sign is None:
        return timedelta(minutes=_ZONES.get(zone, 0))
    digits = zone.partition(sign)[2].replace(":", "").replace(" ", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004  # hours alone
    span = timedelta(hours=int(hours or 0), minutes=int(minutes))
    return -span if sign == "-" else span
