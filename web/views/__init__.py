"""The views, one module a page group. Each reads input, checks the form, calls a service and renders."""

from __future__ import annotations

from web.views import (
    entry,
    importing,
    lists,
    marks,
    media,
    pages,
    rules,
    sample,
    search,
    setup,
    shelves,
    sources,
    up,
)

BLUEPRINTS = tuple(
    module.bp
    for module in (
        pages,
        lists,
        entry,
        marks,
        shelves,
        sources,
        importing,
        rules,
        search,
        setup,
        sample,
        media,
        up,
    )
)

__all__ = ["BLUEPRINTS"]
