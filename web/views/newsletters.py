"""Where newsletters are read from: a form for whoever looks after the instance."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError
from aggregator.model.mailbox import Mailbox
from aggregator.services import newsletters
from web.asked import number
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("newsletters", __name__)
PORT = 993


@bp.get("/sources/newsletters")
def show() -> str:
    """Show where newsletters are read from."""
    return _page(None, None)


@bp.post("/sources/newsletters")
def change() -> ResponseReturnValue:
    """Keep what was entered; what is wrong with it stands above the form."""
    form = request.form
    wanted = None
    try:
        wanted = Mailbox(
            server=form.get("server", "").strip(),
            user=form.get("user", "").strip(),
            password=form.get("password", ""),
            folder=form.get("folder", "").strip() or "INBOX",
            port=number("port", form.get("port") or None) or PORT,
        )
        newsletters.set_mailbox(desk(), actor(), wanted)
    except BadInputError as exc:
        return _page(wanted, exc), HTTPStatus.UNPROCESSABLE_ENTITY
    notify(gettext("Kept. The folder is looked into within a moment, and every ten minutes."))
    return redirect(url_for("newsletters.show"), 303)


@bp.post("/sources/newsletters/forget")
def forget() -> ResponseReturnValue:
    """Read no newsletters any more."""
    newsletters.forget_mailbox(desk(), actor())
    notify(gettext("Forgotten. What was read stays."))
    return redirect(url_for("newsletters.show"), 303)


def _page(entered: Mailbox | None, problem: BadInputError | None) -> str:
    held = newsletters.shown_mailbox(desk(), actor())
    return render_template("newsletters.html", held=held, form=entered or held, problem=problem and problem.problem)
