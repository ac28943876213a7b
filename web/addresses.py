"""Addresses of our own pages: `url_for` for what asks for the same ones again and again.

A path follows from the endpoint and its values alone, so each is put together once. Templates get it as `url_for`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

EXTENSION = "broadsheet-addresses"
KEPT = 2_000
"""Addresses of some 200 bytes each."""


def init_app(app: Flask) -> None:
    """Give the application its memory of addresses, and templates the way to it."""
    app.extensions[EXTENSION] = lru_cache(maxsize=KEPT, typed=True)(app.url_for)
    app.jinja_env.globals["url_for"] = app.extensions[EXTENSION]


def url_for(endpoint: str, **values: Any) -> str:
    """Return the path of a page; the values are text, numbers, or None for what is not to stand in it."""
    kept = cast("Callable[..., str]", current_app.extensions[EXTENSION])
    return kept(endpoint, **values)
