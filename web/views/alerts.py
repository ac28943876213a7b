"""Alerts of a list: one's own, and the page that the link in a letter opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, url_for

from aggregator.errors import BadInputError
from aggregator.services import accounts, alerts
from web.door import actor, desk
from web.errors import told_of
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("alerts", __name__)
HOURS = frozenset(map(str, alerts.HOURS))


@bp.get("/lists/<slug>/alerts")
def index(slug: str) -> str:
    """Show one's alerts of a list."""
    return _page(slug)


@bp.post("/lists/<slug>/alerts")
def add(slug: str) -> ResponseReturnValue:
    """Make an alert."""
    form = request.form
    hours = form.get("hours", "")
    try:
        made = alerts.add_alert(
            desk(),
            actor(),
            slug,
            by=form.get("by", ""),
            address=form.get("address", ""),
            hours=int(hours) if hours in HOURS else 0,
        )
    except BadInputError as exc:
        return _page(slug, exc), told_of(exc).status
    if made.confirmed:
        notify(gettext("You are told of what is new from now on."))
    else:
        notify(gettext("A letter is on its way to that address. Alerts begin once its link was followed."))
    return redirect(url_for("alerts.index", slug=slug), 303)


@bp.post("/lists/<slug>/alerts/<int:alert>/end")
def end(slug: str, alert: int) -> ResponseReturnValue:
    """End an alert."""
    alerts.end_alert(desk(), actor(), slug, alert)
    notify(gettext("This alert has ended."))
    return redirect(url_for("alerts.index", slug=slug), 303)


@bp.get("/alerts/<word>")
def show(word: str) -> str:
    """Show what the link in a letter can do; looking at it does nothing."""
    return render_template("alert.html", opened=alerts.open_alert(desk(), word), word=word, stopped=False)


@bp.post("/alerts/<word>/confirm")
def confirm(word: str) -> ResponseReturnValue:
    """Say that the address wants this. No cookie is read: the link is the proof."""
    _nobody()
    alerts.confirm_alert(desk(), word)
    return redirect(url_for("alerts.show", word=word), 303)


@bp.post("/alerts/<word>/stop")
def stop(word: str) -> str:
    """Stop it; mail programs do so themselves (RFC 8058). No cookie is read: the link is the proof."""
    _nobody()
    opened = alerts.open_alert(desk(), word)
    alerts.stop_alert(desk(), word)
    return render_template("alert.html", opened=opened, word=word, stopped=True)


def _nobody() -> None:
    """Answer as to somebody who is not signed in, whoever's browser this is."""
    g.actor = accounts.actor_of(desk(), None)


def _page(slug: str, problem: BadInputError | None = None) -> str:
    return render_template(
        "alerts.html",
        page=alerts.alerts_page(desk(), actor(), slug),
        given=request.form,
        problem=problem and {"title": told_of(problem).title, "sentence": problem.problem},
    )
