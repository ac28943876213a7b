"""Public lists: in whose name their pages are made where nobody is signed in, and how often strangers may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import current_app, g, request
from werkzeug.exceptions import TooManyRequests

from aggregator.services import sharing
from web.door import actor, desk
from web.throttle import Throttle
from web.visitor import visitor_address

if TYPE_CHECKING:
    from flask import Flask

    from aggregator.model.member import Actor

EXTENSION: Final = "broadsheet-strangers"
A_MINUTE: Final = 60
"""Pages for one address: a snapshot that nobody asked for yet is ranked anew."""


def init_app(app: Flask) -> None:
    """Count strangers, and tell templates whether a page is made for one."""
    app.extensions[EXTENSION] = Throttle(A_MINUTE)
    app.context_processor(_told)


def reader(slug: str) -> Actor:
    """Return in whose name a page of a list is made: of who is signed in, else everybody's where the list is public."""
    return _slowed(sharing.reader_of(desk(), actor(), slug))


def rule_reader(slug: str) -> Actor:
    """Return in whose name the page of a rule is made: everybody's where a public list is ordered by it."""
    return _slowed(sharing.rule_reader_of(desk(), actor(), slug))


def passer_by() -> Actor:
    """Return in whose name a page for anybody is made that costs as much as a list: who is not signed in is counted."""
    return actor() if actor().member else _slowed(sharing.everybody(actor()))


def _told() -> dict[str, Any]:
    return {"stranger": "stranger" in g}


def _slowed(found: Actor) -> Actor:
    """Let strangers ask so often and no oftener; members as often as they like."""
    if found is not actor() and "stranger" not in g:
        g.stranger = True
        trusted = desk().settings.trusted_proxies.split(",")
        address = visitor_address(request.remote_addr, request.headers.get("X-Forwarded-For", ""), trusted)
        wait = current_app.extensions[EXTENSION].wait(f"from {address}")
        if wait:
            raise TooManyRequests(retry_after=wait)
    return found
