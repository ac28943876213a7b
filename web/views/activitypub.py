"""The instance in the fediverse: who it is, and where others deliver. No cookie is read here: the proof is a signature.

What is delivered is kept as it came and looked at by the worker; the answer says only that it came.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request

from aggregator.errors import NotFoundError
from aggregator.services import inbox, instance_actor, list_actors, list_posts
from aggregator.services.inbox import Request
from web.door import desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

bp = Blueprint("activitypub", __name__)
ACTIVITY = "application/activity+json; charset=utf-8"
JRD = "application/jrd+json; charset=utf-8"
_DIGITS = 15


@bp.get("/actor")
def actor() -> ResponseReturnValue:
    """Say who the instance is, and its key."""
    return _document(instance_actor.document(desk()), ACTIVITY)


@bp.get("/actor/outbox")
def outbox() -> ResponseReturnValue:
    """Say that the instance itself posts nothing."""
    return _document(instance_actor.outbox(desk()), ACTIVITY)


@bp.get("/.well-known/webfinger")
def webfinger() -> ResponseReturnValue:
    """Answer who a resource is (RFC 7033)."""
    resource = request.args.get("resource", "")[:2000]
    return _document(instance_actor.webfinger(desk(), resource) or list_actors.webfinger(desk(), resource), JRD)


@bp.get("/lists/<slug>/actor")
def list_actor(slug: str) -> ResponseReturnValue:
    """Say who a list is, and its key."""
    return _of_list(lambda: list_actors.document(desk(), slug))


@bp.get("/lists/<slug>/outbox")
def list_outbox(slug: str) -> ResponseReturnValue:
    """Show what a list posted, in pages."""
    below = request.args.get("below", "")
    if not below:
        return _of_list(lambda: list_posts.outbox(desk(), slug))
    number = int(below) if below.isascii() and below.isdigit() and len(below) <= _DIGITS else None
    return _of_list(lambda: list_posts.outbox_page(desk(), slug, number))


@bp.get("/lists/<slug>/followers")
def list_followers(slug: str) -> ResponseReturnValue:
    """Say how many follow a list, and not who."""
    return _of_list(lambda: list_actors.followers_of(desk(), slug))


@bp.get("/lists/<slug>/posts/<int:number>")
def list_post(slug: str, number: int) -> ResponseReturnValue:
    """Show one post of a list."""
    return _of_list(lambda: list_posts.post(desk(), slug, min(number, 10**_DIGITS)))


@bp.get("/.well-known/nodeinfo")
def nodeinfo_links() -> ResponseReturnValue:
    """Say where the description of this server is (NodeInfo 2.1)."""
    return _document(instance_actor.nodeinfo_links(desk()), "application/json; charset=utf-8")


@bp.get("/nodeinfo/2.1")
def nodeinfo() -> ResponseReturnValue:
    """Describe this server; it counts nobody."""
    return _document(instance_actor.nodeinfo(desk()), "application/json; charset=utf-8")


@bp.post("/inbox")
def receive() -> ResponseReturnValue:
    """Keep what is delivered; nothing of it is believed yet."""
    size = request.content_length or 0
    body = request.get_data() if size <= inbox.MOST_BYTES else b""
    query = request.query_string.decode("latin-1")
    url = desk().address + request.path + (f"?{query}" if query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    received = inbox.receive(desk(), Request("POST", url, headers, body), size=size)
    more = {"Retry-After": "300"} if received is inbox.Received.FULL else {}
    return "", received.value, more


def _of_list(ask: Callable[[], dict[str, Any]]) -> ResponseReturnValue:
    """Answer for a list, in the same way where it is not there and where it is not everybody's."""
    try:
        return _document(ask(), ACTIVITY)
    except NotFoundError:
        return _document(None, ACTIVITY)


def _document(document: dict[str, Any] | None, kind: str) -> ResponseReturnValue:
    if document is None:
        return "", HTTPStatus.NOT_FOUND
    headers = {"Content-Type": kind, "Cache-Control": "public, max-age=600", "Access-Control-Allow-Origin": "*"}
    return json.dumps(document), headers
