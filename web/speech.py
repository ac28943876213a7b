"""gettext with types: every sentence a person reads goes through here or through the templates' `trans`.

`make messages` collects the sentences into translations/messages.pot; the words in the code are the English ones.
"""

from __future__ import annotations

from typing import cast

import flask_babel  # type: ignore[import-untyped]  # publishes no types


def gettext(message: str, **values: object) -> str:
    """Return `message` in the language of the page, `%(name)s` filled in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the form for `num`, which fills `%(num)d`."""
    return str(flask_babel.ngettext(one, many, num, **values))


def pgettext(context: str, message: str, **values: object) -> str:
    """Return `message` as it is said in `context`."""
    return str(flask_babel.pgettext(context, message, **values))


def lazy_gettext(message: str) -> str:
    """Return what becomes `message` in the language of the page once it is shown: for tables made at import."""
    return cast("str", flask_babel.lazy_gettext(message))
