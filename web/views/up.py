"""Whether the process answers: for whatever watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify

from aggregator.services import health
from web.door import desk

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("up", __name__)


@bp.get("/up")
def show() -> ResponseReturnValue:
    """Name each part and whether it answers; 503 only where pages cannot be served, as without the database."""
    parts = health.up(desk())
    serving = all(part.ok for part in parts if part.name == "database")
    answer = jsonify(ok=serving, parts={part.name: part.ok for part in parts})
    answer.headers["Cache-Control"] = "no-store"
    return answer, 200 if serving else 503
