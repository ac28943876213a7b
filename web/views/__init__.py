"""The views, one module a page group. Each reads input, checks the form, calls a service and renders."""

from __future__ import annotations

from web.api import v1 as api
from web.views import (
    access,
    account,
    activitypub,
    api_page,
    blogroll,
    entry,
    federation,
    feeds,
    following,
    hub,
    importing,
    joining,
    listing,
    lists,
    marks,
    media,
    members,
    moving,
    mutes,
    newsletters,
    orders,
    pages,
    rules,
    sample,
    search,
    setup,
    shelves,
    sign_in,
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
            mutes,
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
            sign_in,
            joining,
            account,
            members,
            sample,
            media,
            up,
            websub,
            hub,
            activitypub,
            federation,
        )
    ),
)

__all__ = ["BLUEPRINTS"]
