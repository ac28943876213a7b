"""Which language a page speaks: the member's, else the instance's, else what the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from babel import Locale, UnknownLocaleError
from flask import g, request
from flask_babel import Babel, get_locale  # type: ignore[import-untyped]  # publishes no types

from web import door

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

SPOKEN = ("en",)
"""The languages there is a catalogue for; the messages in the code are the English one."""


def init_app(app: Flask) -> None:
    """Select the language of each request and tell templates its code and direction."""
    Babel(app, default_locale=SPOKEN[0], locale_selector=_select)
    app.jinja_env.globals["page_language"] = page_language
    app.jinja_env.globals["page_direction"] = lambda: locale().text_direction
    app.jinja_env.globals["reading_languages"] = reading_languages


def locale() -> Locale:
    """Return the locale of this request: looked up once, for a page asks for it a hundred times."""
    try:
        return cast("Locale", g.locale)
    except AttributeError:
        g.locale = get_locale()
        return cast("Locale", g.locale)
    except RuntimeError:  # outside of any request
        return Locale.parse(SPOKEN[0])


def page_language() -> str:
    """Return the language of this page as `lang` takes it."""
    return str(locale()).replace("_", "-")


def reading_languages() -> tuple[tuple[str, str], ...]:
    """Return (code, own name) of the languages one can choose for the pages."""
    return tuple((code, name) for code, name, _ in own_names(SPOKEN))


def own_names(codes: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Return (code, own name, direction) of languages."""
    locales = [Locale.parse(code) for code in codes]
    return tuple((str(one), one.get_display_name() or str(one), str(one.text_direction)) for one in locales)


def parse(code: str | None) -> Locale | None:
    """Return the locale of an entry's language code as publishers write it, None where it says nothing."""
    if not code:
        return None
    try:
        return Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return None


def _select() -> str:
    if g.get("failing"):  # an error page must not ask the database which failed
        return SPOKEN[0]
    member = door.actor().member
    for code in (member.language if member else None, door.instance().language):
        if code in SPOKEN:
            return str(code)
    return request.accept_languages.best_match(SPOKEN) or SPOKEN[0]
