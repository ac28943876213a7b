"""What a list draws from and when its editions come, in words: part of what is published of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_day_names

from aggregator.model.timetable import HOUR, WEEK
from web import language
from web.formats import language_name
from web.speech import gettext, ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.model.readinglist import ReadingList

MOST_NAMED = 5


def scope_in_words(found: ReadingList, feed_titles: Sequence[str] = ()) -> str:
    """Say what a list draws from, in a sentence; `feed_titles` are those of the feeds its scope names."""
    scope = found.scope
    drawn = []
    if feed_titles or scope.feeds:
        drawn.append(_named(feed_titles) or ngettext("one source", "%(num)d sources", len(scope.feeds)))
    if scope.folders:
        drawn.append(
            ngettext("the folder %(names)s", "the folders %(names)s", len(scope.folders), names=_named(scope.folders))
        )
    what = gettext(" and ").join(drawn) if drawn else gettext("all sources")
    days = ngettext("of the last day", "of the last %(num)d days", found.max_age.days)
    if not scope.languages:
        return gettext("Draws from %(what)s, entries %(days)s.", what=what, days=days)
    spoken = _named([language_name(code) for code in scope.languages])
    return gettext("Draws from %(what)s, entries %(days)s in %(languages)s.", what=what, days=days, languages=spoken)


def timetable_in_words(found: ReadingList) -> str | None:
    """Say when a list's editions come; None for a live list."""
    timetable = found.timetable
    if timetable is None:
        return None
    times = ", ".join(f"{minutes // HOUR:02}:{minutes % HOUR:02}" for minutes in timetable.times)
    zone = found.time_zone
    if timetable.days == WEEK:
        return gettext("Editions every day at %(times)s (%(zone)s).", times=times, zone=zone)
    days = ", ".join(weekday_names()[day] for day in timetable.days)
    return gettext("Editions on %(days)s at %(times)s (%(zone)s).", days=days, times=times, zone=zone)


def weekday_names() -> list[str]:
    """Return the days of the week from Monday, in the language of the page."""
    names = get_day_names("wide", locale=language.locale())
    return [names[day] for day in WEEK]


def _named(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED])
    return listed if rest <= 0 else ngettext("%(names)s and one more", "%(names)s and %(num)d more", rest, names=listed)
