"""The views, one module a page group. Each reads input, checks the form, calls a service and renders."""

from __future__ import annotations

from web.api import v1 as api
from web.views import (
    access,
    api_page,
    blogroll,
    entry,
    feeds,
    following,
    hub,
    importing,
    listing,
    lists,
    marks,
    media,
    moving,
    newsletters,
    orders,
    pages,
    rules,
    sample,
    search,
    setup,
    shelves,
    sources,
    up,
    voices,
    websub,
)

BLUEPRINTS = (
    api.bp,
    *(
        module.bp
        for module in (
            pages,
            lists,
            listing,
            feeds,
            following,
            blogroll,
            orders,
            entry,
            marks,
            shelves,
            sources,
            newsletters,
            voices,
            moving,
            access,
            importing,
            rules,
            search,
            api_page,
            setup,
            sample,
            media,
            up,
            websub,
            hub,
        )
    ),
)

__all__ = ["BLUEPRINTS"]
