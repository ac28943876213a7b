"""The one-time link: its page changes nothing, sending its form uses it up and opens a session. And signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, session, url_for

from aggregator.services import accounts
from aggregator.services.accounts import LinkState
from web import door
from web.views.sign_in import begin
from web.visitor import visit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("setup", __name__)

OPEN = {LinkState.SET_UP, LinkState.SIGN_IN, LinkState.RECOVER}
STATUSES = {LinkState.USED: 410, LinkState.EXPIRED: 410, LinkState.UNKNOWN: 404}


@bp.get("/set-up/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what the link would do; whoever previews the address uses nothing up."""
    return _page(token)


@bp.post("/set-up/<token>")
def use(token: str) -> ResponseReturnValue:
    """Use the link up and go to the front page, signed in."""
    if accounts.link_state(door.desk(), token) not in OPEN:
        return _page(token)
    opened = accounts.use_link(
        door.desk(),
        token,
        name=request.form.get("name"),
        instance_name=request.form.get("instance_name"),
        language=request.form.get("language"),
        password=request.form.get("password") or None,
        device=visit().device,
    )
    begin(opened)
    return redirect(url_for("pages.home"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session here and in the store."""
    token = session.get(door.TOKEN)
    if token:
        accounts.sign_out(door.desk(), token)
    session.clear()
    return redirect(url_for("pages.home"), 303)


def _page(token: str) -> ResponseReturnValue:
    state = accounts.link_state(door.desk(), token)
    return render_template("set_up.html", state=state.value, token=token), STATUSES.get(state, 200)
