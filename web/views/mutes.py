"""What a member mutes, and up to where they have seen a list: views of their own, which change no order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError
from aggregator.model.ids import MuteId
from aggregator.model.mute import MuteKind
from aggregator.services import muting, reading
from web.asked import number
from web.door import actor, desk
from web.errors import told_of
from web.notices import notify
from web.security import safe_next
from web.since import seen_until, set_seen_until
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("mutes", __name__)


@bp.get("/mutes")
def index() -> str:
    """Show what the member mutes, and the form for more."""
    return _page()


@bp.post("/mutes")
def add() -> ResponseReturnValue:
    """Mute something."""
    form = request.form
    try:
        muting.mute(desk(), actor(), form.get("kind", ""), form.get("text", ""), days=number("days", form.get("days")))
    except BadInputError as exc:
        return _page(exc), told_of(exc).status
    notify(gettext("Muted, for you alone. Lists count it and show it if you ask."))
    return redirect(url_for("mutes.index"), 303)


@bp.post("/mutes/<int:mute_id>/off")
def take_off(mute_id: int) -> ResponseReturnValue:
    """Take a mute off, with the way back in the notice."""
    gone = muting.unmute(desk(), actor(), MuteId(mute_id))
    left = "" if gone.until is None else str(max(1, (gone.until - desk().clock.now()).days))
    fields = {"kind": str(gone.kind), "text": gone.text, "days": left}
    notify(gettext("It is muted no longer."), undo=url_for("mutes.add"), fields=fields)
    return redirect(url_for("mutes.index"), 303)


@bp.post("/lists/<slug>/seen")
def seen(slug: str) -> ResponseReturnValue:
    """Remember, in the browser alone, up to where somebody has seen a list; nothing to forget it."""
    reading.lists(desk(), actor())
    before = seen_until(slug)
    set_seen_until(slug, request.form.get("until") or None)
    text = gettext("Remembered, in this browser alone.") if request.form.get("until") else gettext("Forgotten.")
    back = safe_next(request.form.get("next"), url_for("lists.show", slug=slug))
    notify(text, undo=url_for("mutes.seen", slug=slug), fields={"until": before or "", "next": back})
    return redirect(back, 303)


def _page(problem: BadInputError | None = None) -> str:
    given = request.form if problem else request.args
    return render_template(
        "mutes.html",
        mutes=muting.mutes(desk(), actor()),
        kind=given.get("kind") or str(MuteKind.WORDS),
        text=given.get("text", ""),
        problem=problem and {"title": told_of(problem).title, "sentence": problem.problem},
    )
