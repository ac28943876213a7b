"""One entry to read, with where it stands in the list one came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext

from aggregator.model.ids import Uid
from aggregator.services import editing, reading
from web import reasons
from web.asked import Asked
from web.door import actor, desk
from web.html import body_html
from web.pictures import picture_path

if TYPE_CHECKING:
    from aggregator.services.reading import EntryPage

bp = Blueprint("entry", __name__)


@bp.get("/entries/<uid>")
def show(uid: str) -> str:
    """Show an entry; `what_if` ranks its list once more for each line of the rule."""
    asked = Asked.of(request.args)
    slug = request.args.get("list") or None
    page = reading.entry_page(desk(), actor(), Uid(uid), slug, what_if="what_if" in request.args, **asked.snapshot)
    pin = {"list": slug, **asked.as_args()} if slug else {}
    body = body_html(
        page.body.content_html or page.body.summary_html,
        picture_path,
        region=gettext("Wide part, can be scrolled"),
        play=gettext("Listen or watch at its own place"),
    )
    return render_template(
        "entry.html",
        page=page,
        body=body,
        pin=pin,
        slug=slug,
        why=_why(page),
        here_address=url_for("entry.show", uid=uid, **pin),
        back_address=url_for("lists.show", slug=slug, **asked.as_args()) if slug else None,
    )


def _why(page: EntryPage) -> object:
    """Render where the entry stands; opened where the what-ifs were asked for."""
    standing = page.standing
    if standing is None:
        return None
    rule = editing.rule_page(desk(), actor(), standing.rule.slug, standing.rule.number)
    entry = page.seen.entry
    points = [line.points for line in rule.lines]
    opened = standing.what_if is not None
    return reasons.for_standing(standing, entry.uid, entry.title or entry.excerpt, points, opened=opened)
