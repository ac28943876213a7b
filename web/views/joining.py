"""The page behind an invitation: looking uses nothing up, its form makes a member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError
from aggregator.services import inviting
from web import door
from web.notices import notify
from web.speech import gettext
from web.views.sign_in import begin
from web.visitor import visit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("joining", __name__)


@bp.get("/join/<token>")
def show(token: str) -> ResponseReturnValue:
    """Say who invites to what, and as what."""
    return _page(token)


@bp.post("/join/<token>")
def join(token: str) -> ResponseReturnValue:
    """Become a member and go to the front page, or on to a passkey where no password was chosen."""
    form = request.form
    name, password = form.get("name", ""), form.get("password", "")
    try:
        opened = inviting.join(
            door.desk(), token, name=name, password=password or None, language=form.get("language"), visit=visit()
        )
    except (BadInputError, ConflictError) as error:
        if not inviting.look_at(door.desk(), token).open:
            return _page(token)
        return _page(token, name=name[:200], problem=error.problem)
    begin(opened)
    if password:
        return redirect(url_for("pages.home"), 303)
    notify(gettext("You are in. Now make a passkey, or set a password: without one you cannot come back."))
    return redirect(url_for("account.show", _anchor="passkeys"), 303)


def _page(token: str, *, name: str = "", problem: str | None = None) -> ResponseReturnValue:
    invited = inviting.look_at(door.desk(), token)
    page = render_template("join.html", invited=invited, token=token, name=name, problem=problem)
    return page, 400 if problem else 200 if invited.open else 410
