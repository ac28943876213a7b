"""When a list's editions are made: at times of day, on days of the week, by the clocks of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEK = tuple(range(7))
HOUR = 60
_DAY = timedelta(days=1)
_LOOK_AHEAD = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Timetable:
    """`times` in minutes after midnight, `days` from Monday 0, both rising and never empty.

    `since`: before it the list had no such timetable, so that nothing is missing from then.
    """

    times: tuple[int, ...]
    days: tuple[int, ...]
    since: datetime

    def instants(self, zone: str, after: datetime, until: datetime) -> tuple[datetime, ...]:
        """Return the instants with after < instant <= until, rising.

        A time that clocks skip in spring comes as long after the skip as it stands in it; one that they show twice
        in autumn comes the first time. None comes twice.
        """
        found = {at for at in self._around(zone, after, until) if after < at <= until}
        return tuple(sorted(found))

    def next(self, zone: str, after: datetime) -> datetime:
        """Return the first instant after one."""
        return self.instants(zone, after, after + _LOOK_AHEAD)[0]

    def _around(self, zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
        place = _zone(zone)
        day, last = after.astimezone(place).date() - _DAY, until.astimezone(place).date() + _DAY
        while day <= last:
            if day.weekday() in self.days:
                for minutes in self.times:
                    yield datetime.combine(day, time(minutes // HOUR, minutes % HOUR), place).astimezone(UTC)
            day += _DAY


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
