"""Operations: a function with what it takes and gives, made a route and a part of the OpenAPI document.

Who asks is said by a token in `Authorization: Bearer`. Where there is none, the cookie of our own pages counts for
reading alone: what changes something is done with a token, so that no other site can have it done.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import TooManyRequests

from aggregator.errors import BadInputError
from aggregator.services import accounts, tokens
from web.api.v1.inputs import read_path, read_query
from web.asked import stamp
from web.door import actor, desk
from web.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from flask.sansio.blueprints import BlueprintSetupState

    from web.api.v1.inputs import Parameter

bp = Blueprint("api", __name__, url_prefix="/api/v1")
EXTENSION: Final = "broadsheet-api-throttle"
A_MINUTE: Final = 600
BEARER: Final = "Bearer "
JSON: Final = "application/json"
OPERATIONS: Final[list[Operation]] = []


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: its schema, and what reads it strictly."""

    schema: dict[str, Any] = field(hash=False)
    read: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the document describes it. `open`: also for nobody, where a list is everybody's."""

    method: str
    path: str
    name: str
    sentence: str
    parameters: tuple[Parameter, ...]
    answer: dict[str, Any] = field(hash=False)
    body: Body | None = None
    paged: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of which there is more: the parameters of the next page go into the header `Link`."""

    content: Any
    next: Mapping[str, Any] | None


def operation(
    path: str,
    *parameters: Parameter,
    answer: dict[str, Any],
    method: str = "GET",
    body: Body | None = None,
    paged: bool = False,
    open: bool = False,  # noqa: A002  # as Operation has it
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a function an operation; it is called with the parameters read, and gives JSON, bytes or a Page."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Response]:
        sentence = (function.__doc__ or "").partition("\n")[0]
        described = Operation(
            method, path, function.__name__, sentence, parameters, answer, body=body, paged=paged, open=open
        )
        OPERATIONS.append(described)

        @functools.wraps(function)
        def view(**given: str) -> Response:
            asked = read_path(given, parameters) | read_query(request.args, parameters)
            if body:
                asked |= body.read(_sent())
            return _answer(function(**asked))

        bp.add_url_rule(
            path.replace("{", "<").replace("}", ">"), function.__name__, view, methods=[method], strict_slashes=True
        )
        return view

    return wrap


def pinned(rule: str | None, at: datetime, data_version: int) -> dict[str, Any]:
    """Give the parameters that stay on a snapshot."""
    return {**({"rule": rule} if rule else {}), "at": stamp(at), "v": data_version}


@bp.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.extensions[EXTENSION] = Throttle(A_MINUTE)


@bp.before_request
def _let_in() -> None:
    """Say who asks, before anything else of the request is looked at, and how often they may."""
    given = request.headers.get("Authorization", "")
    if given:
        g.actor = tokens.actor_of_token(desk(), given.removeprefix(BEARER) if given.startswith(BEARER) else None)
    elif request.method not in {"GET", "HEAD", "OPTIONS"}:
        g.actor = accounts.actor_of(desk(), None)
    who = actor().member
    wait = current_app.extensions[EXTENSION].wait(f"member {who.id}" if who else f"from {request.remote_addr}")
    if wait:
        raise TooManyRequests(retry_after=wait)


def _sent() -> dict[str, Any]:
    if request.mimetype != JSON:
        raise BadInputError("Content-Type", f"{JSON} is expected")
    try:
        sent = json.loads(request.get_data())
    except (ValueError, RecursionError) as exc:
        raise BadInputError("body", "it is no JSON") from exc
    if not isinstance(sent, dict):
        raise BadInputError("body", "a JSON object is expected")
    return sent


def _answer(found: Any) -> Response:
    content, after = (found.content, found.next) if isinstance(found, Page) else (found, None)
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
    response = Response(data, content_type=JSON)
    if after is not None:
        response.headers["Link"] = f'<{request.path}?{urlencode(after)}>; rel="next"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    return response
