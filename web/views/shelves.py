"""The two shelves: what is kept for later, and what is starred."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from aggregator.services import reading
from web.door import actor, desk
from web.speech import gettext

bp = Blueprint("shelves", __name__)


@bp.get("/later")
def later() -> str:
    """Show what the member keeps for later."""
    return render_template(
        "shelf.html",
        shelf="later",
        page=reading.shelf(desk(), actor(), "later", after=request.args.get("after")),
        title=gettext("Later"),
        about=gettext("What you put aside to read, the last one first."),
        nothing=gettext("Nothing is put aside. Press “Later” under an entry."),
    )


@bp.get("/starred")
def starred() -> str:
    """Show what the member starred."""
    return render_template(
        "shelf.html",
        shelf="starred",
        page=reading.shelf(desk(), actor(), "starred", after=request.args.get("after")),
        title=gettext("Starred"),
        about=gettext("What you want to find again, the last one first."),
        nothing=gettext("Nothing is starred. Press “Star” under an entry."),
    )
