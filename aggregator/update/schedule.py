"""When a feed is fetched next (docs: exchange, "Fetching like a good neighbour"). Pure: it is handed `now`.

Never sooner than the minimum, sooner where a feed brings news and later where it does not, never against what its
publisher asks for, and at least once a day unless it is paused. The clock may jump: `plausible` heals what it did.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.model.fault import FaultCode
from aggregator.model.feed import Schedule, Validators

if TYPE_CHECKING:
    from aggregator.model.fault import Fault
    from aggregator.model.feed import FeedData
    from aggregator.model.ids import FeedId

MINIMUM = timedelta(minutes=30)
USUAL = timedelta(hours=1)
QUIET = timedelta(hours=6)
"""The longest wait we choose ourselves: a feed that publishes once a year is still looked at four times a day."""
LONGEST = timedelta(hours=24)
"""The longest wait a publisher's hints or our back-off may come to."""
FULL_EVERY = timedelta(days=7)
SPREAD = 0.1
"""Share of the wait over which feeds fetched together spread out again."""
SLACK = timedelta(hours=1)
"""A clock may be set right by this much without anybody being asked again."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What one answer's headers ask for, in seconds; None where they ask for nothing."""

    max_age: int | None = None
    retry_after: int | None = None


def first_due(now: datetime, last_tried: datetime | None = None) -> datetime:
    """Return when a feed that was just added, or is no longer paused, may be fetched: at once, if that is fair."""
    if last_tried is None or last_tried > now:
        return now
    return max(now, last_tried + MINIMUM)


def after_ok(schedule: Schedule, feed: FeedId, hints: FeedData, wish: Wish, *, news: bool, now: datetime) -> Schedule:
    """Schedule after a good document. `news`: it brought entries we did not have; `hints` are the document's."""
    interval = _adapted(schedule.interval, news=news)
    return Schedule(_due(feed, interval, hints, wish, now), interval, full_since=now)


def after_not_modified(schedule: Schedule, feed: FeedId, hints: FeedData, wish: Wish, *, now: datetime) -> Schedule:
    """Schedule after a 304; `hints` are those of the last good document."""
    interval = _adapted(schedule.interval, news=False)
    return replace(schedule, due=_due(feed, interval, hints, wish, now), interval=interval)


def while_pushed(schedule: Schedule, feed: FeedId, pushed_until: datetime | None, *, now: datetime) -> Schedule:
    """Look less often at a feed whose hub tells us of news; still four times a day, for hubs forget."""
    if pushed_until is None or pushed_until <= now:
        return schedule
    return replace(schedule, due=max(schedule.due, now + _spread(feed, QUIET)))


def after_failure(schedule: Schedule, feed: FeedId, fault: Fault, *, streak: int, now: datetime) -> Schedule:
    """Schedule after a failure; `streak` are the failures just before it.

    What the server asked for in Retry-After is kept to the second, else the wait doubles with each failure. The
    feed's own interval stays as it was for when it is well again.
    """
    if fault.retry_after is not None:
        wait = min(max(timedelta(seconds=min(fault.retry_after, 86_400)), MINIMUM), LONGEST)
        return replace(schedule, due=now + wait)
    base = min(max(schedule.interval, MINIMUM), LONGEST)
    wait = min(base * 2 ** min(streak, 6), LONGEST)
    return replace(schedule, due=now + _spread(feed, wait))


def stops(fault: Fault) -> bool:
    """Tell whether a failure ends fetching until an editor says otherwise: 410 Gone."""
    return fault.code is FaultCode.GONE


def validators_to_send(validators: Validators, schedule: Schedule, now: datetime) -> Validators:
    """Return what makes the next request conditional; nothing once a week, so that a 304 for ever heals.

    The next chance to ask may be a day away, so a week is up a day early.
    """
    since = schedule.full_since
    if since is None or not timedelta(0) <= now - since < FULL_EVERY - LONGEST:
        return Validators()
    return validators


def latest_plausible(now: datetime) -> datetime:
    """Return the latest due time a feed can have; a later one was set before the clock was turned back."""
    return now + LONGEST + SLACK


def after_clock_jump(feed: FeedId, now: datetime) -> datetime:
    """Return when to fetch a feed whose due time cannot be believed: no sooner than the minimum from now."""
    return now + _spread(feed, MINIMUM)


def jitter(feed: FeedId) -> float:
    """Return a number in [0, 1) that is always the same for one feed and spreads over all of them."""
    return zlib.crc32(b"%d" % feed) / 2**32


def _adapted(interval: timedelta, *, news: bool) -> timedelta:
    interval = interval / 2 if news else interval * 5 / 4
    return min(max(interval, MINIMUM), QUIET)


def _due(feed: FeedId, interval: timedelta, hints: FeedData, wish: Wish, now: datetime) -> datetime:
    seconds = [min(wanted, 86_400) for wanted in (wish.max_age, wish.retry_after) if wanted is not None]
    if hints.ttl_minutes is not None:
        seconds.append(min(hints.ttl_minutes, 1_440) * 60)
    wait = max(MINIMUM, interval, *(timedelta(seconds=s) for s in seconds))
    if hints.update_every is not None:
        wait = max(wait, hints.update_every)
    due = now + _spread(feed, min(wait, LONGEST))
    return min(_open_hour(feed, due, hints), now + LONGEST)


def _spread(feed: FeedId, wait: timedelta) -> timedelta:
    return min(wait * (1 + SPREAD * jitter(feed)), LONGEST)


def _open_hour(feed: FeedId, due: datetime, hints: FeedData) -> datetime:
    """Move `due` out of the hours and days the publisher wants to be left alone in (RSS skipHours, skipDays: UTC)."""
    hours, days = frozenset(hints.skip_hours), frozenset(hints.skip_days)
    if not (hours or days):
        return due
    open_ = due.astimezone(UTC)
    for _ in range(int(LONGEST / timedelta(hours=1)) + 1):
        if open_.hour not in hours and open_.weekday() not in days:
            return open_
        # Into the next hour, not to its first second: all feeds with the same wish would meet there.
        hour = open_.replace(minute=0, second=0, microsecond=0)
        open_ = hour + timedelta(hours=1, minutes=10 * jitter(feed))
    return open_
