"""Pages of plain words, and where `/` leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from web.door import lists

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Lead members to the front page, everybody else to the sample edition."""
    own = lists()
    return redirect(url_for("lists.show", slug=own[0].slug) if own else url_for("sample.show"))


@bp.get("/what-we-do-not-record")
def not_recorded() -> str:
    """Say what is not recorded, and what is."""
    return render_template("not_recorded.html")


@bp.get("/keys")
def keys() -> str:
    """List the keys, and switch them off."""
    return render_template("keys.html")


@bp.get("/more")
def more() -> str:
    """List all pages, for the bar at the thumb."""
    return render_template("more.html")
