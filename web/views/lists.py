"""The reading lists: a list, what lies further down, what was left out, what was folded, why something is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from aggregator.model.ids import Uid
from aggregator.services import editing, muting, reading, stories
from web import reasons
from web.asked import Asked
from web.door import actor, desk
from web.language import page_language
from web.places import ListPlaces
from web.room import room_on
from web.scopes import scope_in_words
from web.since import since

if TYPE_CHECKING:
    from aggregator.services.reading import FoundEntry, ListPage

bp = Blueprint("lists", __name__)


@bp.get("/lists/<slug>")
def show(slug: str) -> str:
    """Show a list under its own rule or another."""
    return show_list(slug, Asked.of(request.args))[1]


def show_list(slug: str, asked: Asked) -> tuple[ListPage, str]:
    """Give a page of a list, and render it."""
    page = reading.list_page(
        desk(),
        actor(),
        slug,
        start=asked.start or 0,
        hide_read=asked.hide_read,
        language=page_language(),
        **asked.snapshot,
    )
    page = muting.without_muted(desk(), actor(), page, show=asked.show_muted)
    return page, _list(page, asked, "lists.show")


@bp.get("/lists/<slug>/further-down")
def further(slug: str) -> str:
    """Go on in the same order after the end."""
    asked = Asked.of(request.args)
    page = reading.further_down(desk(), actor(), slug, start=asked.start, language=page_language(), **asked.snapshot)
    page = muting.without_muted(desk(), actor(), page, show=asked.show_muted)
    return _list(page, asked, "lists.further")


@bp.get("/lists/<slug>/left-out")
def left_out(slug: str) -> str:
    """Show what the rule's filter lines withheld, each with its reasons."""
    asked, line = Asked.of(request.args), request.args.get("line")
    page = reading.left_out(desk(), actor(), slug, line=line, start=asked.start or 0, **asked.snapshot)
    return render_template("left_out.html", page=page, to=ListPlaces.of(page, asked.rule), line=line)


@bp.get("/lists/<slug>/folded")
def folded(slug: str) -> str:
    """Show what was folded into stories."""
    asked, lead = Asked.of(request.args), request.args.get("lead")
    page = reading.folded(
        desk(), actor(), slug, lead=Uid(lead) if lead else None, start=asked.start or 0, **asked.snapshot
    )
    return render_template("folded.html", page=page, to=ListPlaces.of(page, asked.rule), lead=lead)


@bp.get("/lists/<slug>/why-not")
def why_not(slug: str) -> str:
    """Answer "why is this not here?" for a pasted link."""
    asked, link = Asked.of(request.args), request.args.get("link", "").strip()
    language = page_language()
    found = reading.why_not(desk(), actor(), slug, link, language=language, **asked.snapshot) if link else ()
    told = [(one, _why(one, asked.rule)) for one in found]
    return render_template("why_not.html", slug=slug, link=link, found=told, pin=asked.as_args())


def _why(found: FoundEntry, rule: str | None) -> Any:
    """Render where a found entry stands, its reasons open."""
    standing, entry = found.standing, found.seen.entry
    lines = editing.rule_lines(standing.rule, language=page_language())
    to = ListPlaces.of(standing, rule)
    return reasons.for_standing(standing, entry.uid, entry.title or entry.excerpt, lines, to, opened=True)


def _list(page: ListPage, asked: Asked, endpoint: str) -> str:
    to = ListPlaces.of(page, asked.rule)
    lines = editing.rule_lines(page.rule, language=page_language())
    views = {"hide": "read" if page.hide_read else None, "muted": "show" if page.show_muted else None}
    told = stories.marks(desk(), actor(), [item.entry.id for item in page.items])
    going = {"slug": page.list.slug, **views, **to.pin}
    return render_template(
        "list.html",
        page=page,
        asked=asked,
        to=to,
        lines=reasons.lines(page.rule, lines),
        scores=sum(line.part == "score" for line in lines),
        room=room_on(page.items),
        scope=scope_in_words(page.list),
        since=since(page.list.slug, page.items),
        pieces=reasons.river(page, lines, to, marking=True, stories=told),
        shown=" ".join(item.entry.uid for item in page.items),
        muted_address=url_for(endpoint, start=asked.start, **{**going, "muted": None if page.show_muted else "show"}),
        here_address=url_for(endpoint, start=asked.start, **going),
        next_address=url_for(endpoint, **{**going, "start": page.next_start}),
    )
