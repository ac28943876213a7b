"""Numbers, times and languages as people read them, in the language of the page. Filters for templates."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from aggregator.services.neighbour import shown_address
from web import language
from web.addresses import url_for
from web.asked import stamp
from web.speech import gettext, ngettext, pgettext

if TYPE_CHECKING:
    import datetime as dt
    from datetime import datetime

    from babel import Locale
    from flask import Flask

_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/([a-z-]{2,20})/([0-9.]{1,5})"
)
WORDS_A_MINUTE = 230
"""As the fact reading_minutes counts (ranking-semantics 2)."""
DAYS_AGO = timedelta(days=7)
SIZES = (
    (10**9, "digital-gigabyte"), (10**6, "digital-megabyte"), (10**3, "digital-kilobyte"), (1, "digital-byte"),
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Hand the filters to templates."""
    app.jinja_env.filters.update(
        ordinal=ordinal, points=points, count=count, age=age, minutes=minutes, instant=instant, day=day,
        clock_time=clock_time, date=date, size=size, masked=shown_address,
        language_name=language_name, direction=direction, host=host, line_name=line_name,
        stamp=stamp, share=share, playing_time=playing_time, licence_name=licence_name,
    )  # fmt: skip
    app.jinja_env.globals["asset"] = asset


def ordinal(number: int) -> str:
    """Return "3rd"."""
    return _ordinal(number, str(language.locale()))


@lru_cache(maxsize=4096)
def _ordinal(number: int, _: str) -> str:
    """Say it in the language of the page, which is named so that it is kept by it: a page has a hundred of them."""
    forms = {
        "one": pgettext("1st, 21st", "%(n)sst", n=number),
        "two": pgettext("2nd, 22nd", "%(n)snd", n=number),
        "few": pgettext("3rd, 23rd", "%(n)srd", n=number),
    }
    return forms.get(language.locale().ordinal_form(number), pgettext("4th, 11th", "%(n)sth", n=number))


def points(tenths: int, *, sign: bool = True) -> str:
    """Return tenths of a point as "+28.3", with a true minus sign where it is negative, or "0.0"."""
    return _points(tenths, sign and tenths != 0, language.locale())


@lru_cache(maxsize=4096)
def _points(tenths: int, sign: bool, locale: Locale) -> str:  # noqa: FBT001  # what it is kept by
    """Say it once: entries of a page have the same points for many lines of a rule."""
    pattern = "+#,##0.0;\u2212#,##0.0" if sign else "#,##0.0;\u2212#,##0.0"
    return format_decimal(tenths / 10, format=pattern, locale=locale)


def share(thousandths: int) -> str:
    """Return thousandths as "12.3%" with the sign and spacing of the language."""
    return format_percent(thousandths / 1000, locale=language.locale(), decimal_quantization=False)


def count(number: int) -> str:
    """Return a whole number with the separators of the language."""
    return format_decimal(number, locale=language.locale())


def age(time: datetime, now: datetime) -> str:
    """Return how long ago `time` was; after a week its date."""
    passed = now - time
    if passed >= DAYS_AGO:
        return day(time)
    if passed < timedelta(minutes=1):
        return gettext("just now")
    return format_timedelta(-passed, add_direction=True, threshold=1, locale=language.locale())


def minutes(words: int) -> str:
    """Return how long `words` take to read."""
    return ngettext("%(num)d min", "%(num)d min", max(1, ceil(words / WORDS_A_MINUTE)))


def instant(time: datetime, zone: str = "UTC") -> str:
    """Return date and time in `zone`."""
    return f"{day(time, zone, 'medium')}, {clock_time(time, zone)}"


def day(time: datetime, zone: str = "UTC", length: str = "long") -> str:
    """Return the date in `zone`; `length` is full, long, medium or short."""
    return format_date(time.astimezone(ZoneInfo(zone)).date(), length, locale=language.locale())


def clock_time(time: datetime, zone: str = "UTC") -> str:
    """Return the time of day in `zone`."""
    return format_time(time.astimezone(ZoneInfo(zone)).timetz(), "short", locale=language.locale())


def date(calendar_day: dt.date) -> str:
    """Return a date that has no time of day."""
    return format_date(calendar_day, "medium", locale=language.locale())


def size(number: int) -> str:
    """Return a number of bytes in the unit people use for so many."""
    factor, unit = next((factor, unit) for factor, unit in SIZES if number >= factor or factor == 1)
    digits = "#,##0.0" if factor > 1 and number < 10 * factor else "#,##0"
    return format_unit(number / factor, unit, length="short", format=digits, locale=language.locale())


def playing_time(seconds: int) -> str:
    """Return a time within a recording as players show it: "3:07" or "1:02:03"."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def licence_name(address: str) -> str:
    """Return what people call the licence at an address: "CC BY-SA 4.0"; its host where it is none we know."""
    found = _CREATIVE_COMMONS.match(address)
    if found is None:
        return host(address) or address
    terms = "CC0" if found[1] == "zero" else "PDM" if found[1] == "mark" else f"CC {found[1].upper()}"
    return f"{terms} {found[2]}"


def language_name(code: str | None, *, whole: bool = False) -> str:
    """Return what the language is called, or its code where it has no name here; `whole`: with its country."""
    found = language.parse(code)
    if found is None:
        return code or ""
    name = found.get_display_name if whole else found.get_language_name
    return name(language.locale()) or code or ""


def direction(code: str | None) -> str:
    """Return "ltr" or "rtl" for a language we know, "auto" for the browser to find out."""
    found = language.parse(code)
    return found.text_direction if found else "auto"


def host(address: str | None) -> str:
    """Return the host of an address without www, for showing where a link leads."""
    return (urlsplit(address or "").hostname or "").removeprefix("www.")


def line_name(line: str) -> str:
    """Return the id of a rule's line as its author would say it: "about-housing" → "About housing"."""
    return line.replace("-", " ").capitalize()


def asset(filename: str) -> str:
    """Return the address of a static file, changed whenever its content is."""
    return url_for("static", filename=filename, v=_fingerprint(filename))


@lru_cache(maxsize=64)
def _fingerprint(filename: str) -> str:
    content = (Path(__file__).parent / "static" / filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
