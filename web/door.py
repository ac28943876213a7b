"""How a view reaches the services: the desk of the process, and who is asking in this request."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app, g, request, session

from aggregator.services import accounts, reading
from aggregator.services.accounts import InstanceInfo
from aggregator.services.rights import Right, may
from aggregator.wiring import open_desk

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from flask import Flask

    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList
    from aggregator.services.desk import Desk
    from aggregator.settings import Settings

EXTENSION = "broadsheet"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN = "token"  # noqa: S105  # the key in the cookie, not a secret


@dataclass(frozen=True, slots=True)
class Opened:
    """The desk and what closes it, if we opened it."""

    desk: Desk
    stack: ExitStack


def init_app(app: Flask, settings: Settings, desk: Desk | None) -> None:
    """Open the desk unless one is handed in, and give templates what every page shows."""
    stack = ExitStack()
    opened = desk if desk is not None else stack.enter_context(open_desk(settings))
    app.extensions[EXTENSION] = Opened(opened, stack)
    app.before_request(_renew)
    app.context_processor(
        lambda: {
            "clock_is_set": bool(settings.clock),
            "instance": instance,
            "lists": lists,
            "member": lambda: None if g.get("failing") else actor().member,
            "may": may_do,
            "now": opened.clock.now,
        }
    )


def close(app: Flask) -> None:
    """Close the desk if this application opened it; harmless the second time."""
    cast("Opened", app.extensions[EXTENSION]).stack.close()


def desk() -> Desk:
    """Return the desk of this process."""
    return desk_of(current_app)


def one_state() -> AbstractContextManager[None]:
    """Let all that services read inside be of one state of the data, in one transaction. For pages that only read."""
    return desk().database.one_state()


def desk_of(app: Flask) -> Desk:
    """Return the desk of `app`, where no request is being served."""
    return cast("Opened", app.extensions[EXTENSION]).desk


def actor() -> Actor:
    """Return who is asking; looked up once a request."""
    if "actor" not in g:
        g.actor = accounts.actor_of(desk(), session.get(TOKEN))
    return cast("Actor", g.actor)


def _renew() -> None:
    """Let a session that changes something go on for 30 days; looking alone never writes."""
    token = session.get(TOKEN)
    if token and request.method not in SAFE:
        accounts.renew(desk(), token)


def instance() -> InstanceInfo:
    """Return what the instance is called and which language it speaks; looked up once a request."""
    if g.get("failing"):
        return InstanceInfo(name="Broadsheet", language="en", set_up=False)
    if "instance" not in g:
        g.instance = accounts.instance(desk())
    return cast("InstanceInfo", g.instance)


def lists() -> tuple[ReadingList, ...]:
    """Return the lists for the navigation: none for whoever may not read them."""
    if g.get("failing"):
        return ()
    if "lists" not in g:
        g.lists = reading.lists(desk(), actor()) if may(actor(), Right.READ) else ()
    return cast("tuple[ReadingList, ...]", g.lists)


def may_do(right: str) -> bool:
    """Say whether who is asking has the right called `right`, for leaving buttons out of a page."""
    return not g.get("failing") and may(actor(), Right[right])
