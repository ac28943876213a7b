"""Try a change: a rule as form and text, the page it would make beside the one there is, and publishing it.

Whoever may publish writes at a draft that is kept; whoever may only try gets the changed form back in the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError, BusyError, ConflictError
from aggregator.services import drafting, editing, trying
from aggregator.services.rights import Right, may
from aggregator.services.rule_form import change_text, read_form
from rankers import RuleError
from web import reasons
from web.asked import Asked, stamp
from web.door import actor, desk, lists
from web.language import page_language
from web.notices import notify
from web.places import TrialPlaces
from web.speech import gettext

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from aggregator.services.drafting import Desktop
    from aggregator.services.pages import FoundEntry
    from aggregator.services.rule_form import RuleForm
    from aggregator.services.trying import Trial
    from rankers import Diff, Problem

bp = Blueprint("trying", __name__)

VIEWS = ("form", "text")
MOST_PROBLEMS = 50
LONGEST_LINK = 2000


@dataclass(frozen=True, slots=True)
class Bench:
    """How somebody tries: beside which list, as form or text, on the entries of an instant, asking for which link."""

    slug: str
    list: str
    view: str
    at: datetime | None
    link: str

    @classmethod
    def of(cls, slug: str) -> Bench:
        """Read it from the address or the form."""
        given = request.values
        first = lists()[0].slug if lists() else ""
        view = given.get("view", VIEWS[0])
        at = Asked.of({"at": given.get("at", "")}).at
        link = given.get("link", "").strip().replace("\x00", "\ufffd")[:LONGEST_LINK]  # PostgreSQL holds no NUL
        return cls(slug, given.get("list") or first, view if view in VIEWS else VIEWS[0], at, link)

    def address(self, **more: Any) -> str:
        """Return the address of the page."""
        at = stamp(self.at) if self.at else None
        kept = {"slug": self.slug, "list": self.list, "view": self.view, "at": at, "link": self.link or None}
        return url_for("trying.show", **{**kept, **more})


@bp.get("/rules/<slug>/try")
def show(slug: str) -> str:
    """Show a rule with handles, and the page it would make."""
    return _page(Bench.of(slug), drafting.desktop(desk(), actor(), slug))


@bp.post("/rules/<slug>/try")
def change(slug: str) -> ResponseReturnValue:
    """Take what was changed over into the text: kept as a draft, or shown again to who may not keep one."""
    bench, text = Bench.of(slug), _typed()
    if not may(actor(), Right.PUBLISH_RULES):
        return _page(bench, drafting.desktop(desk(), actor(), slug, text=text))
    drafting.save(desk(), actor(), slug, text)
    view = request.form.get("turn-to", bench.view)
    return redirect(bench.address(view=view, _anchor=_anchor()), 303)


@bp.post("/rules/<slug>/try/preview")
def preview(slug: str) -> str:
    """Show the page that what is typed would make; nothing is kept."""
    bench = Bench.of(slug)
    found = drafting.desktop(desk(), actor(), slug, text=_typed())
    return render_template(
        "try_preview.html", found=found, bench=bench, problems=found.problems, **_tried(bench, found)
    )


@bp.post("/rules/<slug>/try/discard")
def discard(slug: str) -> ResponseReturnValue:
    """Put the draft aside, with the way back in the notice."""
    drafting.discard(desk(), actor(), slug)
    notify(gettext("The draft is discarded."), undo=url_for("trying.undo", slug=slug))
    return redirect(Bench.of(slug).address(), 303)


@bp.post("/rules/<slug>/try/undo")
def undo(slug: str) -> ResponseReturnValue:
    """Take back the last change, or the discarding."""
    drafting.undo(desk(), actor(), slug)
    notify(gettext("Taken back."), undo=url_for("trying.undo", slug=slug))
    return redirect(Bench.of(slug).address(), 303)


@bp.post("/rules/<slug>/try/go-on")
def go_on(slug: str) -> ResponseReturnValue:
    """Go on from the version that was published meanwhile."""
    drafting.go_on_from_current(desk(), actor(), slug)
    return redirect(Bench.of(slug).address(), 303)


@bp.post("/rules/<slug>/try/publish")
def publish(slug: str) -> ResponseReturnValue:
    """Publish the draft with a reason; what stands against it is said on the page, and nothing is lost."""
    reason = request.form.get("reason", "")
    try:
        version = drafting.publish_draft(desk(), actor(), slug, reason)
    except (BadInputError, ConflictError, RuleError) as exc:
        found = drafting.desktop(desk(), actor(), slug)
        problem = gettext("This text is no rule yet.") if isinstance(exc, RuleError) else exc.problem
        page = _page(Bench.of(slug), found, refused=problem, reason=reason)
        return page, 409 if isinstance(exc, ConflictError) else 400
    notify(gettext("Published as version %(number)d.", number=version.number))
    return redirect(url_for("rules.version", slug=slug, number=version.number), 303)


def _typed() -> str:
    """Return the text as the inputs or the text field have it now."""
    if "text" in request.form:
        return request.form["text"].replace("\r\n", "\n")
    base = request.form.get("toml", "").replace("\r\n", "\n")
    try:
        return change_text(base, request.form)
    except RuleError:
        return base  # it is no TOML, and was shown as text


def _anchor() -> str | None:
    """Return the line that was pressed, so that the page comes back to it."""
    pressed = request.form.get("do", "").split()
    return "line-" + "-".join(pressed[1].split(".")[:2]) if len(pressed) > 1 else None


def _page(bench: Bench, found: Desktop, **more: Any) -> str:
    form = _form(found.text)
    return render_template(
        "try.html",
        found=found,
        bench=bench if form else replace(bench, view="text"),
        form=form,
        problems=found.problems[:MOST_PROBLEMS],
        at_lines=_by_line(found.problems),
        keeps=may(actor(), Right.PUBLISH_RULES),
        since=editing.changes(found.base, found.current, language=page_language()) if found.behind else None,
        **_tried(bench, found),
        **more,
    )


def _form(text: str) -> RuleForm | None:
    try:
        return read_form(text)
    except RuleError:
        return None


def _by_line(problems: tuple[Problem, ...]) -> dict[str, list[Problem]]:
    """Sort the problems by the line they are about, "" for those of the whole rule."""
    sorted_: dict[str, list[Problem]] = {}
    for problem in problems[:MOST_PROBLEMS]:
        name = ".".join(map(str, problem.path[:2])) if len(problem.path) > 1 else ""
        sorted_.setdefault(name, []).append(problem)
    return sorted_


def _tried(bench: Bench, found: Desktop) -> dict[str, Any]:
    """Try the text, where it is a rule: the trial and what it changes, or why there is none just now."""
    trial: Trial | None = None
    changes: Diff | None = None
    busy = False
    language = page_language()
    if not found.problems:
        try:
            trial = trying.try_text(
                desk(), actor(), bench.list, found.current, found.text, at=bench.at, link=bench.link, language=language
            )
            changes = editing.changes_to(found.current, trial.document, language=language)
        except BusyError:
            busy = True
    asked = [(each, _why(bench, each.found)) for each in trial.asked] if trial else []
    return {"trial": trial, "changes": changes, "busy": busy, "asked": asked}


def _why(bench: Bench, found: FoundEntry) -> Any:
    """Render where an entry that was asked for stands by the draft, its reasons open."""
    standing, entry = found.standing, found.seen.entry
    lines = editing.rule_lines(standing.rule, language=page_language())
    to = TrialPlaces(bench.list, bench.address())
    return reasons.for_standing(standing, entry.uid, entry.title or entry.excerpt, lines, to, opened=True)
