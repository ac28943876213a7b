"""What stewards see of the fediverse: whether we are told of news, what was refused and why, who is kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError
from aggregator.services import being_followed, federating, neighbour
from web.door import actor, desk
from web.errors import told_of
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("federation", __name__)


@bp.get("/fediverse")
def show() -> str:
    """Show how it stands."""
    return _page()


@bp.post("/fediverse/push")
def push() -> ResponseReturnValue:
    """Ask to be told of news, or take that back."""
    on = request.form.get("on") == "1"
    try:
        federating.set_push(desk(), actor(), on=on)
    except BadInputError as exc:
        return _page(exc), told_of(exc).status
    return _back(gettext("They are being asked.") if on else gettext("It is being taken back."))


@bp.post("/fediverse/followed")
def followed() -> ResponseReturnValue:
    """Let lists be followed from there, or no longer."""
    on = request.form.get("on") == "1"
    try:
        being_followed.set_on(desk(), actor(), on=on)
    except BadInputError as exc:
        return _page(exc), told_of(exc).status
    return _back(gettext("It is decided so."))


@bp.post("/fediverse/lists/<slug>")
def decide(slug: str) -> ResponseReturnValue:
    """Let one list be followed from there, or not."""
    being_followed.set_open(desk(), actor(), slug, on=request.form.get("on") == "1")
    return _back(gettext("It is decided so."))


@bp.get("/about/fediverse")
def about() -> str:
    """Say to people of the fediverse whom we follow and why, and how to have it end."""
    return render_template(
        "about_fediverse.html", told=neighbour.fetcher(desk()), accounts=federating.told_of_us(desk())
    )


@bp.post("/fediverse/block")
def block() -> ResponseReturnValue:
    """Keep a server out."""
    try:
        domain = federating.block(desk(), actor(), request.form.get("domain", ""), request.form.get("why"))
    except BadInputError as exc:
        return _page(exc), told_of(exc).status
    return _back(gettext("%(domain)s is kept out, and what was held of it is removed.", domain=domain))


@bp.post("/fediverse/unblock")
def unblock() -> ResponseReturnValue:
    """Let a server in again."""
    domain = request.form.get("domain", "")
    federating.unblock(desk(), actor(), domain)
    return _back(gettext("%(domain)s is let in again.", domain=domain))


def _page(problem: BadInputError | None = None) -> str:
    told = problem and {"title": told_of(problem).title, "sentence": problem.problem}
    return render_template(
        "federation.html",
        held=federating.federation(desk(), actor()),
        ours=being_followed.being_followed(desk(), actor()),
        problem=told,
    )


def _back(text: str) -> ResponseReturnValue:
    notify(text)
    return redirect(url_for("federation.show"), 303)
