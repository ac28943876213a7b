"""A source that says it moved for good: followed at once, or told to stay, each with a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from aggregator.model.ids import FeedId
from aggregator.services import moving
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("moving", __name__)


@bp.post("/sources/<int:feed_id>/follow")
def follow(feed_id: int) -> ResponseReturnValue:
    """Fetch it from its new address."""
    before = moving.follow_move(desk(), actor(), FeedId(feed_id))
    notify(
        gettext("It is fetched from its new address."),
        undo=url_for("moving.go_back", feed_id=feed_id),
        fields={"address": before},
    )
    return redirect(url_for("sources.show", feed_id=feed_id), 303)


@bp.post("/sources/<int:feed_id>/go-back")
def go_back(feed_id: int) -> ResponseReturnValue:
    """Fetch it from where it was."""
    moving.undo_follow(desk(), actor(), FeedId(feed_id), request.form.get("address", ""))
    notify(gettext("It is fetched from where it was."))
    return redirect(url_for("sources.show", feed_id=feed_id), 303)


@bp.post("/sources/<int:feed_id>/stay")
def stay(feed_id: int) -> ResponseReturnValue:
    """Leave it where it is."""
    moving.refuse_move(desk(), actor(), FeedId(feed_id))
    notify(gettext("It stays where it is."), undo=url_for("moving.count_again", feed_id=feed_id), fields={})
    return redirect(url_for("sources.show", feed_id=feed_id), 303)


@bp.post("/sources/<int:feed_id>/count-again")
def count_again(feed_id: int) -> ResponseReturnValue:
    """Take back that it stays."""
    moving.undo_refusal(desk(), actor(), FeedId(feed_id))
    notify(gettext("What its publisher says counts again."))
    return redirect(url_for("sources.show", feed_id=feed_id), 303)
