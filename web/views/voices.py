"""Which feeds count as one source, and which sources are one owner's: the page about them, and changing one feed's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.model.ids import FeedId
from aggregator.services import keys
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("voices", __name__)


@bp.get("/sources/voices")
def index() -> str:
    """Show the owners and sources that several feeds share."""
    return render_template("voices.html", owners=keys.shared(desk(), actor()))


@bp.post("/sources/<int:feed_id>/keys")
def change(feed_id: int) -> ResponseReturnValue:
    """Say what a feed counts as, with the way back in the notice."""
    source, owner = request.form.get("source", ""), request.form.get("owner", "")
    before = keys.set_keys(desk(), actor(), FeedId(feed_id), source=source, owner=owner)
    undo = url_for("voices.change", feed_id=feed_id)
    notify(gettext("It counts so from now on."), undo=undo, fields={"source": before.source, "owner": before.owner})
    return redirect(url_for("sources.show", feed_id=feed_id), 303)
