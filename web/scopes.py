"""What a list draws from and when its editions come, in words: part of what is published of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date, get_day_names

from aggregator.model.timetable import HOUR, WEEK
from web import language
from web.formats import language_name
from web.speech import gettext, ngettext
from web.words import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aggregator.model.readinglist import ReadingList, Search

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
        drawn_from = gettext("Draws from %(what)s, entries %(days)s.", what=what, days=days)
    else:
        spoken = _named([language_name(code) for code in scope.languages])
        drawn_from = gettext(
            "Draws from %(what)s, entries %(days)s in %(languages)s.", what=what, days=days, languages=spoken
        )
    return " ".join((drawn_from, *_search_in_words(scope.search))) if scope.search else drawn_from


def _search_in_words(search: Search) -> Iterator[str]:
    """Say what a kept search finds, a sentence for each thing it asks."""
    if search.likeness is None:
        yield gettext("Only what holds the words “%(words)s”.", words=search.words)
    else:
        yield gettext(
            "Only what holds the words “%(words)s”, or is at least %(likeness)d%% like them in meaning.",
            words=search.words, likeness=search.likeness,
        )  # fmt: skip
    if search.kind:
        yield gettext("Only of the kind: %(kind)s.", kind=KINDS.get(search.kind, gettext("article")))
    if search.since:
        yield gettext("From %(day)s on.", day=format_date(search.since, locale=language.locale()))
    if search.until:
        yield gettext("Up to %(day)s.", day=format_date(search.until, locale=language.locale()))


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
