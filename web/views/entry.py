"""One entry to read, with where it stands in the list one came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from aggregator.model.ids import Uid
from aggregator.services import editing, reading, stories
from web import reasons
from web.asked import Asked
from web.door import actor, desk
from web.enclosed import described_pictures, enclosed_files
from web.html import body_html
from web.language import page_language
from web.pictures import picture_path
from web.places import ListPlaces
from web.speech import gettext
from web.strangers import reader

if TYPE_CHECKING:
    from aggregator.model.entry import Body
    from aggregator.services.reading import EntryPage

bp = Blueprint("entry", __name__)


@bp.get("/entries/<uid>")
def show(uid: str) -> str:
    """Show an entry; `what_if` ranks its list once more for each line of the rule."""
    asked, slug = Asked.of(request.args), request.args.get("list") or None
    what_if = "what_if" in request.args
    page = reading.entry_page(
        desk(),
        reader(slug) if slug else actor(),
        Uid(uid),
        slug,
        what_if=what_if,
        language=page_language(),
        **asked.snapshot,
    )
    to = ListPlaces.of(page.standing, asked.rule) if page.standing else None
    return render_template(
        "entry.html",
        page=page,
        known=stories.meaning_of(desk(), actor(), Uid(uid)) if actor().member else None,
        body=fitted(page.body),
        files=enclosed_files(page.seen.entry),
        described=described_pictures(page.seen.entry, page.body),
        slug=slug,
        to=to,
        why=_why(page, to) if to else None,
        here_address=url_for("entry.show", uid=uid, **({"list": slug, **to.pin} if to else {})),
        back_address=url_for("lists.show", slug=slug, **to.pin) if to else None,
    )


def fitted(body: Body) -> Any:
    """Return the body of an entry as it stands in a page."""
    return body_html(
        body.content_html or body.summary_html,
        picture_path,
        region=gettext("Wide part, can be scrolled"),
        play=gettext("Listen or watch at its own place"),
    )


def _why(page: EntryPage, to: ListPlaces) -> Any:
    """Render where the entry stands; opened where the what-ifs were asked for."""
    standing, entry = page.standing, page.seen.entry
    if standing is None:
        return None
    lines = editing.rule_lines(standing.rule, language=page_language())
    title = entry.title or entry.excerpt
    return reasons.for_standing(standing, entry.uid, title, lines, to, opened=standing.what_if is not None)
