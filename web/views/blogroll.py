"""The sources of this instance, recommended to everybody where a steward said so, and the lists one can follow."""

from __future__ import annotations

from flask import Blueprint, Response

from aggregator.services import outgoing
from web.door import desk

bp = Blueprint("blogroll", __name__)


@bp.get("/.well-known/recommendations.opml")
def recommendations() -> Response:
    """Hand out the sources this instance recommends, where readers look for them."""
    return _opml(outgoing.recommendations(desk()))


@bp.get("/blogroll.opml")
def show() -> Response:
    """Hand out the same under the address that blogrolls have."""
    return _opml(outgoing.recommendations(desk()))


@bp.get("/lists.opml")
def lists() -> Response:
    """Hand out the lists everybody may follow, for readers that subscribe to all of them at once."""
    return _opml(outgoing.list_of_lists(desk()))


def _opml(data: bytes) -> Response:
    response = Response(data, content_type="text/x-opml; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={outgoing.EVERY}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
