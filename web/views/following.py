"""Following a list from another reader: its addresses, the member's secret one, and whether it is everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.model.sharing import Sharing
from aggregator.services import being_followed, sharing
from aggregator.services.rights import Right, may
from web.door import actor, desk
from web.feeds_out.preparing import absolute
from web.notices import notify
from web.speech import gettext
from web.strangers import reader
from web.views.feeds import KINDS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("following", __name__)


@bp.get("/lists/<slug>/follow")
def show(slug: str) -> str:
    """Show where a list can be followed."""
    found = sharing.following(desk(), reader(slug), slug)
    everybodys = [(name, absolute(url_for("feeds.of_list", slug=slug, kind=kind))) for kind, _, name in KINDS]
    word = found.word
    own = [(name, absolute(url_for("feeds.private", word=word, kind=kind))) for kind, _, name in KINDS] if word else []
    return render_template(
        "follow.html",
        found=found,
        everybodys=everybodys,
        own=own,
        handle=being_followed.handle_of(desk(), slug),
        recommends=sharing.recommends(desk()),
        recommended=[absolute(url_for("blogroll.recommendations")), absolute(url_for("blogroll.show"))],
        decides=found.ours and may(actor(), Right.SHARE_LISTS),
    )


@bp.post("/lists/<slug>/follow/renew")
def renew(slug: str) -> ResponseReturnValue:
    """Make a secret address; the one before ends."""
    sharing.renew_address(desk(), actor(), slug)
    return _back(slug, gettext("This is your address. Give it to nobody you would not show the list to."))


@bp.post("/lists/<slug>/follow/end")
def end(slug: str) -> ResponseReturnValue:
    """End the secret address."""
    sharing.end_address(desk(), actor(), slug)
    return _back(slug, gettext("The address has ended. Whoever asks there finds nothing."))


@bp.post("/lists/<slug>/follow/everybody")
def decide(slug: str) -> ResponseReturnValue:
    """Decide whether everybody may follow a list, and how much of each entry goes out."""
    chosen = Sharing(public="public" in request.form, full_text="full_text" in request.form)
    sharing.set_sharing(desk(), actor(), slug, chosen)
    sharing.set_recommends(desk(), actor(), on="recommended" in request.form)
    return _back(slug, gettext("It is decided so."))


def _back(slug: str, text: str) -> ResponseReturnValue:
    notify(text)
    return redirect(url_for("following.show", slug=slug), 303)
