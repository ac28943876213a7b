"""Our hub (WebSub): where readers elsewhere ask to be told of news in public lists. No cookie is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request
from werkzeug.exceptions import TooManyRequests

from aggregator.errors import BadInputError, NotFoundError
from aggregator.services import hub
from web.api.v1.operations import EXTENSION
from web.door import desk

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("hub", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@bp.post("/hub")
def ask() -> ResponseReturnValue:
    """Take what is asked; whether it holds is said by the address that is named."""
    wait = current_app.extensions[EXTENSION].wait(f"from {request.remote_addr}")
    if wait:
        raise TooManyRequests(retry_after=wait)
    told = request.form
    seconds = told.get("hub.lease_seconds", "")
    asked = hub.Asked(
        mode=told.get("hub.mode", ""),
        topic=told.get("hub.topic", ""),
        callback=told.get("hub.callback", ""),
        secret=told.get("hub.secret"),
        lease_seconds=int(seconds[:9]) if seconds.isascii() and seconds.isdigit() else None,
    )
    try:
        hub.ask(desk(), asked)
    except BadInputError as exc:
        return f"{exc.part}: {exc.problem}\n", 400, PLAIN
    except NotFoundError:
        return "hub.topic: there is no such feed here, or it is not for everybody\n", 404, PLAIN
    return "", 202
