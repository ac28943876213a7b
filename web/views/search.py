"""Searching the words of all entries."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from aggregator.services import sensing
from web.door import actor, desk

bp = Blueprint("search", __name__)

LONGEST = 500


@bp.get("/search")
def index() -> str:
    """Show the field, and what was found for its words."""
    words = request.args.get("words", "")[:LONGEST].strip()
    after = request.args.get("after") or None
    page = sensing.search_by_sense(desk(), actor(), words, after=after)
    return render_template("search.html", words=words, page=page if words else None)
