"""Objections to how a source is treated, and their answers: said on the page of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from aggregator.model.ids import FeedId, ObjectionId
from aggregator.services import objecting
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("objections", __name__)


@bp.post("/sources/<int:feed_id>/objections")
def add(feed_id: int) -> ResponseReturnValue:
    """Write an objection down, with the way back in the notice."""
    form = request.form
    made = objecting.object_to(desk(), actor(), FeedId(feed_id), form.get("text", ""), entry=form.get("entry"))
    text = gettext("Your objection stands in the log. The editors owe you an answer within 14 days.")
    return _back(feed_id, text, url_for("objections.withdraw", objection_id=made))


@bp.post("/objections/<int:objection_id>/withdraw")
def withdraw(objection_id: int) -> ResponseReturnValue:
    """Take one's own objection back."""
    gone = objecting.withdraw(desk(), actor(), ObjectionId(objection_id))
    text = gettext("Your objection is taken back.")
    return _back(gone.feed_id, text, url_for("objections.put_back", objection_id=objection_id))


@bp.post("/objections/<int:objection_id>/put-back")
def put_back(objection_id: int) -> ResponseReturnValue:
    """Put it back."""
    back = objecting.put_back(desk(), actor(), ObjectionId(objection_id))
    return _back(back.feed_id, gettext("Your objection stands in the log again."))


@bp.post("/objections/<int:objection_id>/answer")
def answer(objection_id: int) -> ResponseReturnValue:
    """Answer an objection, or say the answer otherwise."""
    told = objecting.answer(desk(), actor(), ObjectionId(objection_id), request.form.get("text", ""))
    text = gettext("Your answer stands in the log.")
    return _back(told.feed_id, text, url_for("objections.take_back", objection_id=objection_id))


@bp.post("/objections/<int:objection_id>/take-back")
def take_back(objection_id: int) -> ResponseReturnValue:
    """Take one's own answer back; its text waits in the form."""
    told = objecting.take_back_answer(desk(), actor(), ObjectionId(objection_id))
    return _back(told.feed_id, gettext("Your answer is taken back. Its text waits in the form."))


def _back(feed_id: int, text: str, undo: str | None = None) -> ResponseReturnValue:
    notify(text, undo=undo)
    return redirect(url_for("sources.show", feed_id=feed_id, _anchor="objections"), 303)
