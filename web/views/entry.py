"""One entry to read, with where it stands in the list one came from."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for

from aggregator.errors import BusyError, FetchError
from aggregator.model.ids import Uid
from aggregator.services import beside, editing, reading, stories
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
from web.words import fault_sentence

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from aggregator.model.entry import Body, Entry
    from aggregator.model.extras import Chapter
    from aggregator.services.reading import EntryPage

bp = Blueprint("entry", __name__)


@bp.get("/entries/<uid>")
def show(uid: str) -> str:
    """Show an entry; `what_if` ranks its list once more for each line of the rule, `chapters` fetches their file."""
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
    pinned = {"list": slug, **to.pin} if to else {}
    chapters, trouble = _chapters(page.seen.entry, fetch="chapters" in request.args)
    return render_template(
        "entry.html",
        page=page,
        known=stories.meaning_of(desk(), actor(), Uid(uid)) if actor().member else None,
        body=fitted(page.body),
        files=enclosed_files(page.seen.entry),
        described=described_pictures(page.seen.entry, page.body),
        transcripts=beside.one_a_language(page.seen.entry),
        chapters=chapters,
        chapters_trouble=trouble,
        fetch_chapters=None if chapters else url_for("entry.show", uid=uid, chapters=1, **pinned),
        slug=slug,
        to=to,
        why=_why(page, to) if to else None,
        here_address=url_for("entry.show", uid=uid, **pinned),
        back_address=url_for("lists.show", slug=slug, **to.pin) if to else None,
    )


@bp.get("/entries/<uid>/transcripts/<int:number>")
def transcript(uid: str, number: int) -> ResponseReturnValue:
    """Show what is said in an entry's recording, fetched for who asks."""
    named = beside.named_transcript(desk(), actor(), Uid(uid), number)
    spoken = trouble = None
    try:
        spoken = beside.read_transcript(desk(), actor(), named)
    except (FetchError, BusyError) as exc:
        trouble = _sentence(exc)
    page = render_template(
        "transcript.html",
        entry=named.entry,
        file=named.transcript,
        spoken=spoken,
        trouble=trouble,
        body=_safe(spoken.html) if spoken else None,
        listen=next((one.listen for one in enclosed_files(named.entry) if one.listen), None),
    )
    return page, HTTPStatus.OK if trouble is None else HTTPStatus.BAD_GATEWAY


def _chapters(entry: Entry, *, fetch: bool) -> tuple[tuple[Chapter, ...], str | None]:
    """Give the chapters the document tells, else those of their file where they are to be fetched; and what failed."""
    if entry.extras.chapters or not fetch or not entry.extras.chapters_file:
        return entry.extras.chapters, None
    try:
        found = beside.read_chapters(desk(), actor(), entry.uid)
    except (FetchError, BusyError) as exc:
        return (), _sentence(exc)
    return found, None if found else gettext("The file names no chapters that can be shown.")


def _sentence(error: FetchError | BusyError) -> str:
    if isinstance(error, FetchError):
        return fault_sentence(error.fault)
    return gettext("It cannot be asked for just now. Try again in a minute.")


def fitted(body: Body) -> Any:
    """Return the body of an entry as it stands in a page."""
    return _safe(body.content_html or body.summary_html)


def _safe(clean: str) -> Any:
    return body_html(
        clean,
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
