"""gettext with types: every sentence a person reads goes through here or through the templates' `trans`.

`make messages` collects the sentences into translations/messages.pot; the words in the code are the English ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import flask_babel  # type: ignore[import-untyped]  # publishes no types
from flask import g

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Let templates speak the language of the request; after language.init_app, whose own way looks it up each time."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
        gettext=lambda message: _catalogue().gettext(message),
        ngettext=lambda one, many, num: _catalogue().ngettext(one, many, num),
        pgettext=lambda context, message: _catalogue().pgettext(context, message),
        npgettext=lambda context, one, many, num: _catalogue().npgettext(context, one, many, num),
        newstyle=True,
    )


def gettext(message: str, **values: object) -> str:
    """Return `message` in the language of the page, `%(name)s` filled in."""
    return _filled(_catalogue().gettext(message), values)


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the form for `num`, which fills `%(num)d`."""
    return _filled(_catalogue().ngettext(one, many, num), {"num": num, **values})


def pgettext(context: str, message: str, **values: object) -> str:
    """Return `message` as it is said in `context`."""
    return _filled(_catalogue().pgettext(context, message), values)


def lazy_gettext(message: str) -> str:
    """Return what becomes `message` in the language of the page once it is shown: for tables made at import."""
    return cast("str", flask_babel.lazy_gettext(message))


def _filled(said: Any, values: dict[str, object]) -> str:
    return str(said % values if values else said)


def _catalogue() -> Any:
    """Return the sentences of the request's language: looked up once, for a page says a hundred."""
    try:
        return g.catalogue
    except AttributeError:
        g.catalogue = flask_babel.get_translations()
        return g.catalogue
    except RuntimeError:  # outside of any request: the words in the code
        return flask_babel.get_translations()
