"""Marks: read, later, star, for one entry or many, and taking them back. One form a page sends them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, redirect, request, url_for

from aggregator.errors import BadInputError
from aggregator.model.ids import Uid
from aggregator.services import reading
from web.asked import Asked
from web.door import actor, desk
from web.notices import notify
from web.security import safe_next
from web.speech import gettext, ngettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from aggregator.services.reading import Undo

bp = Blueprint("marks", __name__)

MARKS: dict[str, dict[str, bool]] = {
    "read": {"read": True},
    "unread": {"read": False},
    "star": {"starred": True},
    "unstar": {"starred": False},
    "later": {"later": True},
    "unlater": {"later": False},
}
MOST_AT_ONCE = 500
LONGEST_PLACE = 6
"""Digits: no list has a million places."""


@bp.post("/marks")
def mark() -> ResponseReturnValue:
    """Do what the pressed button says: its name is the mark, its value the entry or place."""
    form = request.form
    if "above" in form:
        asked = Asked.of(form)
        done = reading.mark_above(desk(), actor(), form.get("list", ""), _place(form["above"]), **asked.snapshot)
        return _answer(done, "read", None)
    if form.get("page") == "read":
        shown = [Uid(uid) for uid in form.get("shown", "").split()[:MOST_AT_ONCE]]
        return _answer(reading.mark(desk(), actor(), shown, read=True), "read", None)
    name = next((name for name in MARKS if name in form), None)
    if name is None:
        raise BadInputError("mark", "press one of the buttons under an entry")
    return _answer(reading.mark(desk(), actor(), [Uid(form[name])], **MARKS[name]), name, form[name])


@bp.post("/undo")
def undo() -> ResponseReturnValue:
    """Take back the last marking."""
    taken_back = reading.undo(desk(), actor(), request.form.get("id", ""))
    text = ngettext("Taken back for %(num)d entry.", "Taken back for %(num)d entries.", taken_back.count)
    notify(text)
    return redirect(safe_next(request.form.get("next"), url_for("pages.home")), 303)


def _answer(done: Undo, name: str, uid: str | None) -> ResponseReturnValue:
    text = _sentence(name, done.count)
    back = safe_next(request.form.get("next"), url_for("pages.home"))
    if request.accept_mimetypes.best == "application/json":
        return jsonify(text=text, undo=done.id if done.count else None)
    undo_at = url_for("marks.undo") if done.count else None
    notify(text, undo=undo_at, fields={"id": done.id, "next": back})
    return redirect(f"{back}#e-{uid}" if uid and uid.isalnum() else back, 303)


def _sentence(name: str, count: int) -> str:
    if count == 0:
        return gettext("Nothing to change.")
    sentences = {
        "read": lambda: ngettext("Marked one as read.", "Marked %(num)d as read.", count),
        "unread": lambda: gettext("Marked as unread."),
        "star": lambda: gettext("Starred."),
        "unstar": lambda: gettext("The star is off."),
        "later": lambda: gettext("Kept for later."),
        "unlater": lambda: gettext("No longer kept for later."),
    }
    return str(sentences[name]())


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_PLACE):
        raise BadInputError("above", "the number of a place is expected")
    return int(text)
