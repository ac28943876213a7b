"""Sources: all of them with how they are doing, one of them, adding, changing, fetching and removing one."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError
from aggregator.model.ids import FeedId, Uid, is_uid
from aggregator.services import discovering, exposure, filing, keys, neighbour, objecting, subscribing
from aggregator.services.access import shown_access
from aggregator.services.reading import entry_page
from aggregator.services.rights import Right, may, require
from aggregator.services.subscribing import Removed
from web.asked import number
from web.door import actor, desk
from web.errors import told_of
from web.notices import notify
from web.speech import gettext
from web.views.treatment import treatment_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from aggregator.model.discovery import Discovery
    from aggregator.model.feed import Move
    from aggregator.model.subscription import SubscribedFeed

bp = Blueprint("sources", __name__)

PAGE = 200
TROUBLED = 50
NOTHING_FOUND = HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/sources")
def index() -> str:
    """Show the sources by folder, those in trouble first."""
    held = subscribing.sources(desk(), actor())
    start = number("start", request.args.get("start")) or 0
    troubled = [source for source in held if source.feed.health.streak and source.feed.health.fault]
    return render_template(
        "sources.html",
        total=len(held),
        failing=len(troubled),
        in_trouble=troubled[:TROUBLED] if start == 0 else (),
        folders=[(folder, list(sources)) for folder, sources in groupby(held[start : start + PAGE], _folder)],
        account=neighbour.account(desk(), actor()) if start == 0 else None,
        moves=_moves(held) if start == 0 else (),
        waiting=objecting.waiting(desk(), actor()) if start == 0 else (),
        next_start=start + PAGE if start + PAGE < len(held) else None,
    )


@bp.get("/sources/add")
def add() -> str:
    """Show the form for one address."""
    require(actor(), Right.CHANGE_SOURCES)
    return _add_page()


@bp.post("/sources/add")
def add_this() -> ResponseReturnValue:
    """Subscribe to the feed of an address; what is wrong with it, or several to choose from, stand beside the field."""
    address, folder = request.form.get("address", "").strip(), request.form.get("folder", "").strip()
    try:
        if "as_is" not in request.form:
            found = discovering.discover(desk(), actor(), address)
            if len(found.feeds) != 1:
                return _add_page(address, folder, found=found), HTTPStatus.OK if found.feeds else NOTHING_FOUND
            address = found.feeds[0].address
        added = subscribing.add_source(desk(), actor(), address, folder=folder or None)
    except (BadInputError, ConflictError) as exc:
        return _add_page(address, folder, exc), told_of(exc).status
    notify(gettext("Added. It is being fetched."))
    return redirect(url_for("sources.show", feed_id=added.feed.id), 303)


@bp.get("/sources/<int:feed_id>")
def show(feed_id: int) -> str:
    """Show one source and how it is doing."""
    source = subscribing.source(desk(), actor(), FeedId(feed_id))
    moves = [move for move in neighbour.recent_moves(desk(), actor()) if move.feed_id == source.feed.id]
    about = request.args.get("entry", "")
    access = shown_access(desk(), actor(), source.feed.id) if may(actor(), Right.CHANGE_SOURCES) else None
    return render_template(
        "source.html",
        beside=keys.beside(desk(), actor(), source.feed.id),
        source=source,
        moves=moves,
        access=access,
        folders=filing.all_folders(desk(), actor()),
        treatment=treatment_of(feed_id),
        spans=exposure.SPANS,
        objections=objecting.log_of(desk(), actor(), source.feed.id),
        about=entry_page(desk(), actor(), Uid(about)).seen.entry if is_uid(about) else None,
    )


@bp.post("/sources/<int:feed_id>/change")
def change(feed_id: int) -> ResponseReturnValue:
    """Give a source another name or other folders."""
    subscribing.rename(desk(), actor(), FeedId(feed_id), request.form.get("title", "").strip() or None)
    filing.file_source(desk(), actor(), FeedId(feed_id), _folders_given())
    return _back_to(feed_id, gettext("The change is kept."))


@bp.post("/sources/<int:feed_id>/refresh")
def refresh(feed_id: int) -> ResponseReturnValue:
    """Have a source fetched now."""
    report = subscribing.refresh(desk(), actor(), [FeedId(feed_id)], wait=5.0)
    if report is None:
        return _back_to(feed_id, gettext("It is being fetched. Look again in a moment."))
    if report.failed:
        return _back_to(feed_id, gettext("It was fetched, without success: below is why."))
    text = gettext("Fetched: %(new)d new, %(changed)d changed.", new=report.entries_new, changed=report.entries_changed)
    return _back_to(feed_id, text)


@bp.post("/sources/refresh")
def refresh_all() -> ResponseReturnValue:
    """Have all sources fetched that are due."""
    due = subscribing.due_sources(desk(), actor())
    if due:
        subscribing.refresh(desk(), actor(), due)
    notify(gettext("They are being fetched.") if due else gettext("None is due just now."))
    return redirect(url_for("sources.index"), 303)


@bp.post("/sources/<int:feed_id>/pause")
def pause(feed_id: int) -> ResponseReturnValue:
    """Stop fetching a source."""
    subscribing.pause(desk(), actor(), FeedId(feed_id))
    return _back_to(feed_id, gettext("Paused. Its entries stay."))


@bp.post("/sources/<int:feed_id>/resume")
def resume(feed_id: int) -> ResponseReturnValue:
    """Fetch a paused source again."""
    subscribing.resume(desk(), actor(), FeedId(feed_id))
    return _back_to(feed_id, gettext("It is fetched again."))


@bp.post("/sources/<int:feed_id>/full-text")
def full_text(feed_id: int) -> ResponseReturnValue:
    """Fetch the whole text of a source's entries from their pages, or stop to."""
    on = request.form.get("on") == "1"
    subscribing.set_full_text(desk(), actor(), FeedId(feed_id), on=on)
    if on:
        return _back_to(feed_id, gettext("The newest and all coming entries are fetched with their whole text."))
    return _back_to(feed_id, gettext("Entries stay as the feed brings them."))


@bp.post("/sources/<int:feed_id>/remove")
def remove(feed_id: int) -> ResponseReturnValue:
    """Remove a source, with the way back in the notice."""
    gone = subscribing.remove(desk(), actor(), FeedId(feed_id))
    fields = {"title": gone.title or "", "why": gone.why or "", "folders": "\n".join(gone.folders)}
    notify(gettext("Removed."), undo=url_for("sources.restore", feed_id=feed_id), fields=fields)
    return redirect(url_for("sources.index"), 303)


@bp.post("/sources/<int:feed_id>/restore")
def restore(feed_id: int) -> ResponseReturnValue:
    """Take a removal back."""
    form = request.form
    gone = Removed(FeedId(feed_id), form.get("title") or None, form.get("why") or None, _folders_given())
    subscribing.restore(desk(), actor(), gone)
    return _back_to(feed_id, gettext("It is back."))


def _add_page(
    address: str = "",
    folder: str = "",
    problem: BadInputError | ConflictError | None = None,
    found: Discovery | None = None,
) -> str:
    return render_template(
        "add_source.html",
        address=address,
        folder=folder,
        found=found,
        problem=problem and {"title": told_of(problem).title, "sentence": problem.problem},
        folders=filing.all_folders(desk(), actor()),
    )


def _back_to(feed_id: int, text: str) -> ResponseReturnValue:
    notify(text)
    return redirect(url_for("sources.show", feed_id=feed_id), 303)


def _moves(held: Sequence[SubscribedFeed]) -> list[tuple[SubscribedFeed, Move]]:
    by_feed = {source.feed.id: source for source in held}
    moves = neighbour.recent_moves(desk(), actor())
    return [(by_feed[move.feed_id], move) for move in moves if move.feed_id in by_feed]


def _folders_given() -> tuple[str, ...]:
    return tuple(line.strip() for line in request.form.get("folders", "").splitlines() if line.strip())


def _folder(source: SubscribedFeed) -> str:
    return source.subscription.folders[0] if source.subscription.folders else ""
