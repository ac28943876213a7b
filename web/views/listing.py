"""Lists themselves: all of them, making and changing one, its editions. What a list shows is in lists.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.entry import Kind
from aggregator.model.readinglist import Scope, Search
from aggregator.model.timetable import WEEK
from aggregator.services import editing, editions, filing, keys, listing, reading, subscribing
from aggregator.services.kept_search import USUAL_LIKENESS
from aggregator.services.listing import ListWish
from aggregator.services.rights import Right, may, require
from web.asked import Asked
from web.door import actor, desk
from web.errors import told_of
from web.notices import notify
from web.scopes import scope_in_words, timetable_in_words, weekday_names
from web.speech import gettext
from web.strangers import reader
from web.views.lists import show_list

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from aggregator.model.ids import FeedId
    from aggregator.model.readinglist import ReadingList

bp = Blueprint("listing", __name__)
LONGEST_PATH = 4000


@bp.get("/lists")
def index() -> str:
    """Show all lists with what each draws from, its rule and its editions."""
    require(actor(), Right.READ)
    found = reading.lists(desk(), actor())
    by_rule = {version.rule_id: version for version in editing.rules(desk(), actor())}
    told = [
        {
            "list": each,
            "rule": by_rule.get(each.rule_id),
            "scope": scope_in_words(each, _feed_titles(each)),
            "editions": timetable_in_words(each),
            "changes": may(actor(), Right.OWN_LISTS if each.personal else Right.CHANGE_LISTS),
        }
        for each in found
    ]
    return render_template("lists.html", told=told)


@bp.get("/lists/new")
def new() -> str:
    """Show the form for a list."""
    require(actor(), Right.OWN_LISTS)
    return _form(ListWish("", "many-voices"), personal=not may(actor(), Right.CHANGE_LISTS))


@bp.post("/lists/new")
def make() -> ResponseReturnValue:
    """Make a list."""
    personal = request.form.get("whose") == "mine"
    try:
        made = listing.add_list(desk(), actor(), _wish(), slug=request.form.get("slug", "").strip(), personal=personal)
    except (BadInputError, ConflictError) as exc:
        return _form(_given(), personal=personal, problem=exc), told_of(exc).status
    notify(gettext("The list is made."))
    return redirect(url_for("lists.show", slug=made.slug), 303)


@bp.post("/lists/folder")
def of_folder() -> ResponseReturnValue:
    """Lead to the feeds of a folder: those of the list that draws from it alone."""
    found = listing.list_of_folder(desk(), actor(), request.form.get("path", "")[:LONGEST_PATH])
    return redirect(url_for("following.show", slug=found.slug), 303)


@bp.get("/lists/<slug>/change")
def change(slug: str) -> str:
    """Show what a list is, to be changed."""
    held, wish = listing.list_to_change(desk(), actor(), slug)
    return _form(wish, held=held, personal=held.personal)


@bp.post("/lists/<slug>/change")
def change_this(slug: str) -> ResponseReturnValue:
    """Change a list, and where it stands among the others."""
    held, _ = listing.list_to_change(desk(), actor(), slug)
    try:
        listing.change_list(desk(), actor(), slug, _wish())
        place = request.form.get("place", "").strip()
        if place.isascii() and place.isdigit():
            listing.put_list(desk(), actor(), slug, int(place[:4]))
    except (BadInputError, ConflictError) as exc:
        return _form(_given(), held=held, personal=held.personal, problem=exc), told_of(exc).status
    notify(gettext("The change is kept."))
    return redirect(url_for("lists.show", slug=slug), 303)


@bp.post("/lists/<slug>/remove")
def remove(slug: str) -> ResponseReturnValue:
    """Remove a list, with the way back in the notice."""
    listing.remove_list(desk(), actor(), slug)
    notify(gettext("The list is removed."), undo=url_for("listing.restore", slug=slug))
    return redirect(url_for("listing.index"), 303)


@bp.post("/lists/<slug>/restore")
def restore(slug: str) -> ResponseReturnValue:
    """Take a removal back."""
    listing.restore_list(desk(), actor(), slug)
    notify(gettext("It is back."))
    return redirect(url_for("lists.show", slug=slug), 303)


@bp.get("/lists/<slug>/editions")
def all_editions(slug: str) -> str:
    """Show the kept editions of a list."""
    page = editions.editions(desk(), reader(slug), slug, before=Asked.of(request.args).at)
    return render_template("editions.html", page=page, kept_days=editions.KEPT_DAYS)


@bp.get("/lists/<slug>/editions/<at>")
def edition(slug: str, at: str) -> str:
    """Show one edition, at the address that stays."""
    views = {name: request.args.get(name, "") for name in ("hide", "muted", "start", "before")}
    page, text = show_list(slug, Asked.of({**views, "at": at}), "listing.edition")
    if page.edition is None:
        raise NotFoundError("edition", at)
    return text


def _form(
    wish: ListWish,
    *,
    personal: bool,
    held: ReadingList | None = None,
    problem: BadInputError | ConflictError | None = None,
) -> str:
    sources = {each.feed.id: each.feed.address for each in subscribing.sources(desk(), actor())}
    mine = [each for each in reading.lists(desk(), actor()) if each.personal == personal]
    return render_template(
        "list_form.html",
        wish=wish,
        held=held,
        personal=personal,
        feeds=request.form.get("feeds") or "\n".join(sources[each] for each in wish.scope.feeds if each in sources),
        place=next((place for place, each in enumerate(mine, 1) if held and each.id == held.id), None),
        rules=editing.rules(desk(), actor()),
        folders=filing.all_folders(desk(), actor()),
        weekdays=weekday_names(),
        kinds=tuple(Kind),
        usual_likeness=USUAL_LIKENESS,
        problem=problem and {"title": told_of(problem).title, "sentence": problem.problem},
    )


def _wish() -> ListWish:
    """Read the form. Raises BadInputError for a feed the group does not have."""
    given = _given()
    return replace(given, scope=replace(given.scope, feeds=_feeds()))


def _given() -> ListWish:
    """Read the form as it was written, but for the feeds."""
    form = request.form
    return ListWish(
        title=form.get("title", "").strip(),
        rule=form.get("rule", ""),
        scope=Scope(
            folders=tuple(form.getlist("folders")),
            languages=tuple(form.get("languages", "").replace(",", " ").split()),
            search=_search(),
        ),
        days=_whole(form.get("days", "")),
        times=tuple(form.get("times", "").replace(",", " ").split()),
        weekdays=tuple(int(day) for day in form.getlist("weekdays") if day in set(map(str, WEEK))),
        time_zone=form.get("time_zone", "").strip() or "UTC",
    )


def _whole(text: str) -> int:
    """Read a whole number; 0, which is none of those that can be meant, for anything else."""
    return int(text[:6]) if text.isascii() and text.isdigit() else 0


def _search() -> Search | None:
    """Read what a list is to find; None where no words are given. Raises BadInputError for a day that is none."""
    form = request.form
    words, kind, like = form.get("words", "").strip(), form.get("kind", ""), form.get("likeness", "").strip()
    if not words:
        return None
    return Search(
        words,
        _whole(like) if like else None,
        Kind(kind) if kind in set(Kind) else None,
        _day("since"),
        _day("until"),
    )


def _day(name: str) -> date | None:
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise BadInputError(name, gettext("A day such as 2026-02-18 is expected.")) from exc


def _feeds() -> tuple[FeedId, ...]:
    found = []
    for address in request.form.get("feeds", "").split():
        try:
            found.append(keys.source_at(desk(), actor(), address).feed.id)
        except NotFoundError as exc:
            raise BadInputError("feeds", gettext("%(address)s is no source here.", address=address[:200])) from exc
    return tuple(found)


def _feed_titles(each: ReadingList) -> list[str]:
    if not each.scope.feeds:
        return []
    held = {one.feed.id: one.subscription.title or one.feed.title for one in subscribing.sources(desk(), actor())}
    return [held[feed_id] for feed_id in each.scope.feeds if feed_id in held]
