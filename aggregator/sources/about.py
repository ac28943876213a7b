"""From what a document says of its feed to FeedData: texts plain, links absolute, hints as numbers."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.model.feed import FeedData
from aggregator.sources.plain import plain_line
from aggregator.text.address import absolutise

if TYPE_CHECKING:
    from aggregator.sources.raw import RawFeed

_LONGEST_TITLE = 300  # characters
_LONGEST_SUBTITLE = 1_000
_HOURS = 24
_MOST_MINUTES = 60 * 24 * 366
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_NUMBER = re.compile(r"\s*([0-9]{1,9})(?:\.[0-9]*)?\s*")


def feed_data(raw: RawFeed, base: str, language: str | None) -> FeedData:
    """Return the publisher's word about the feed; what makes no sense counts as not told."""
    minutes = _number(raw.ttl)
    return FeedData(
        title=plain_line(raw.title, _LONGEST_TITLE) or None,
        site=_address(raw.site, base),
        language=language,
        subtitle=plain_line(raw.subtitle, _LONGEST_SUBTITLE) or None,
        image=_address(raw.image, base),
        self_link=_address(raw.self_link, base),
        hub=_address(raw.hub, base),
        ttl_minutes=minutes if minutes and minutes <= _MOST_MINUTES else None,
        skip_hours=_hours(raw.skip_hours),
        skip_days=_days(raw.skip_days),
        update_every=_update_every(raw.update_period, raw.update_frequency),
    )


def _address(address: str | None, base: str) -> str | None:
    return absolutise(address, base) if address else None


def _number(text: str | None) -> int | None:
    found = _NUMBER.fullmatch(text or "")
    return int(found.group(1)) if found else None


def _hours(texts: list[str]) -> tuple[int, ...]:
    """Return the hours; some publishers count them from 1 to 24."""
    hours = {number % _HOURS for text in texts if (number := _number(text)) is not None and number <= _HOURS}
    return tuple(sorted(hours)) if len(hours) < _HOURS else ()


def _days(texts: list[str]) -> tuple[int, ...]:
    days = {_DAYS.index(day) for text in texts if (day := text.strip().lower()[:3]) in _DAYS}
    return tuple(sorted(days)) if len(days) < len(_DAYS) else ()


def _update_every(period: str | None, frequency: str | None) -> timedelta | None:
    if period is None and frequency is None:
        return None
    times = _number(frequency)
    span = _PERIODS.get((period or "daily").strip().lower())
    return span / max(1, 1 if times is None else times) if span else None
