"""The reading lists: a list, what lies further down, what was left out, what was folded, why something is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from aggregator.model.ids import Uid
from aggregator.services import editing, muting, reading, stories
from web import reasons
from web.asked import Asked
from web.door import actor, desk, one_state
from web.language import page_language
from web.places import ListPlaces
from web.scopes import scope_in_words
from web.since import since
from web.strangers import reader

if TYPE_CHECKING:
    from aggregator.services.reading import FoundEntry, ListPage

bp = Blueprint("lists", __name__)


@bp.get("/lists/<slug>")
def show(slug: str) -> str:
    """Show a list under its own rule or another."""
    return show_list(slug, Asked.of(request.args), "lists.show")[1]


def show_list(slug: str, asked: Asked, endpoint: str) -> tuple[ListPage, str]:
    """Give a page of a list, and render it; it stays at `endpoint`."""
    with one_state():
        return _show_list(slug, asked, endpoint)


def _show_list(slug: str, asked: Asked, endpoint: str) -> tuple[ListPage, str]:
    page = reading.list_page(
        desk(),
        reader(slug),
        slug,
        start=asked.start or 0,
        hide_read=asked.hide_read,
        before=asked.before,
        language=page_language(),
        **asked.snapshot,
    )
    page = muting.without_muted(desk(), actor(), page, show=asked.show_muted)
    return page, _list(page, asked, endpoint)


@bp.get("/lists/<slug>/further-down")
def further(slug: str) -> str:
    """Go on in the same order after the end."""
    asked = Asked.of(request.args)
    with one_state():
        page = reading.further_down(
            desk(), reader(slug), slug, start=asked.start, language=page_language(), **asked.snapshot
        )
        page = muting.without_muted(desk(), actor(), page, show=asked.show_muted)
        return _list(page, asked, "lists.further")


@bp.get("/lists/<slug>/left-out")
def left_out(slug: str) -> str:
    """Show what the rule's filter lines withheld, each with its reasons."""
    asked, line = Asked.of(request.args), request.args.get("line")
    page = reading.left_out(desk(), reader(slug), slug, line=line, start=asked.start or 0, **asked.snapshot)
    return render_template("left_out.html", page=page, to=ListPlaces.of(page, asked.rule), line=line)


@bp.get("/lists/<slug>/folded")
def folded(slug: str) -> str:
    """Show what was folded into stories."""
    asked, lead = Asked.of(request.args), request.args.get("lead")
    page = reading.folded(
        desk(), reader(slug), slug, lead=Uid(lead) if lead else None, start=asked.start or 0, **asked.snapshot
    )
    return render_template("folded.html", page=page, to=ListPlaces.of(page, asked.rule), lead=lead)


@bp.get("/lists/<slug>/why-not")
def why_not(slug: str) -> str:
    """Answer "why is this not here?" for a pasted link."""
    asked, link = Asked.of(request.args), request.args.get("link", "").strip()
    language, asker = page_language(), reader(slug)
    found = reading.why_not(desk(), asker, slug, link, language=language, **asked.snapshot) if link else ()
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
    marking = actor().member is not None
    told = stories.marks(desk(), actor(), [item.entry.id for item in page.items]) if marking else {}
    return render_template(
        "list.html",
        page=page,
        asked=asked,
        to=to,
        lines=reasons.lines(page.rule, lines),
        scores=sum(line.part == "score" for line in lines),
        room=reasons.room(page, to),
        scope=scope_in_words(page.list),
        since=since(page.list.slug, page.items),
        items=reasons.river(page, lines, to, marking=marking, stories=told),
        shown=" ".join(item.entry.uid for item in page.items),
        addresses=_addresses(page, asked, endpoint, to.pin),
    )


def _addresses(page: ListPage, asked: Asked, endpoint: str, pin: dict[str, Any]) -> dict[str, str]:
    """Give where this page itself is and where it goes on, read and muted entries shown or not.

    An edition stays at its own address, which names its instant and needs no more to stay what it is.
    """
    kept = {"at": pin["at"]} if endpoint == "listing.edition" else pin
    views = {"hide": "read" if asked.hide_read else None, "muted": "show" if asked.show_muted else None}
    here = {"slug": page.list.slug, "start": asked.start, **views, **kept}
    changed: dict[str, dict[str, Any]] = {
        "here": {},
        "next": {"start": page.next_start, "before": page.next_before},
        "read": {"hide": None if asked.hide_read else "read"},
        "muted": {"muted": None if asked.show_muted else "show"},
    }
    return {name: url_for(endpoint, **{**here, **change}) for name, change in changed.items()}
