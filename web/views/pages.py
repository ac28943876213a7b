"""Pages of plain words, and where `/` leads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from aggregator.services import neighbour
from web.door import desk, lists

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


@bp.get("/about/fetcher")
def fetcher() -> str:
    """Say to publishers who fetches their feeds; the User-Agent names this page."""
    told = neighbour.fetcher(desk())
    return render_template(
        "fetcher.html",
        fetcher=told,
        contact_link=told.contact if told.contact.startswith(("https://", "http://", "mailto:")) else None,
        soonest_minutes=told.soonest // timedelta(minutes=1),
        quiet_hours=told.quiet // timedelta(hours=1),
        latest_hours=told.latest // timedelta(hours=1),
        full_days=told.full_every.days,
        connections=told.connections,
        requests=told.requests_a_minute,
    )


@bp.get("/keys")
def keys() -> str:
    """List the keys, and switch them off."""
    return render_template("keys.html")


@bp.get("/more")
def more() -> str:
    """List all pages, for the bar at the thumb."""
    return render_template("more.html")
