"""How a source is reached that asks for a password or lies behind a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from aggregator.model.access import Access
from aggregator.model.ids import FeedId
from aggregator.services.access import set_access
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("access", __name__)


@bp.post("/sources/<int:feed_id>/access")
def change(feed_id: int) -> ResponseReturnValue:
    """Keep what was entered in place of what was kept; nothing entered forgets it."""
    form = request.form
    wanted = Access(
        user=form.get("user", "").strip(),
        password=form.get("password", ""),
        token=form.get("token", "").strip(),
        proxy=form.get("proxy", "").strip(),
    )
    set_access(desk(), actor(), FeedId(feed_id), wanted)
    notify(gettext("Forgotten.") if wanted == Access() else gettext("Kept. It is being tried."))
    return redirect(url_for("sources.show", feed_id=feed_id), 303)
