"""What programs can ask, for people to read, and the document programs read it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template

from web.api.v1 import openapi
from web.api.v1.operations import A_MINUTE, OPERATIONS

if TYPE_CHECKING:
    from web.api.v1.operations import Operation

bp = Blueprint("api_page", __name__)


ORDER = ("lists", "entries", "search", "sources", "rules", "marks")


def _place(found: Operation) -> int:
    return ORDER.index(found.path.split("/")[1])


@bp.get("/api")
def show() -> str:
    """List all operations."""
    return render_template("api.html", operations=sorted(OPERATIONS, key=_place), root=openapi.ROOT, a_minute=A_MINUTE)


@bp.get("/api/v1/openapi.json")
def document() -> Response:
    """Hand out the OpenAPI document."""
    response = Response(openapi.as_json(), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
