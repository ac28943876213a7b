"""What programs can ask, for people to read, and the document programs read it from."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from web.api.v1 import openapi
from web.api.v1.operations import A_MINUTE, OPERATIONS

bp = Blueprint("api_page", __name__)


@bp.get("/api")
def show() -> str:
    """List all operations."""
    return render_template("api.html", operations=OPERATIONS, root=openapi.ROOT, a_minute=A_MINUTE)


@bp.get("/api/v1/openapi.json")
def document() -> Response:
    """Hand out the OpenAPI document."""
    response = Response(openapi.as_json(), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
