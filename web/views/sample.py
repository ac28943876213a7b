"""The sample edition: what anybody may read and take apart without signing in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from aggregator.model.ids import Uid
from aggregator.services import editing, sample
from web import reasons
from web.asked import number
from web.door import desk
from web.language import page_language
from web.places import SamplePlaces
from web.views.entry import fitted

bp = Blueprint("sample", __name__)


@bp.get("/sample")
def show() -> str:
    """Show the sample edition, ranked by one of the shipped rules."""
    start = number("start", request.args.get("start")) or 0
    language = page_language()
    page = sample.sample_list(desk().clock.now(), rule=_rule(), start=start, language=language)
    lines = editing.rule_lines(page.rule, language=language)
    to = SamplePlaces(page.rule)
    return render_template(
        "sample.html",
        page=page,
        to=to,
        lines=reasons.lines(page.rule, lines),
        scores=sum(line.part == "score" for line in lines),
        room=reasons.room(page, to),
        items=reasons.river(page, lines, to, marking=False),
    )


@bp.get("/sample/left-out")
def left_out() -> str:
    """Show what the rule leaves out of the sample."""
    page = sample.sample_left_out(desk().clock.now(), rule=_rule())
    return render_template("sample_left_out.html", page=page, to=SamplePlaces(page.rule))


@bp.get("/sample/entries/<uid>")
def entry(uid: str) -> str:
    """Show an entry of the sample, with where it stands."""
    what_if, language = "what_if" in request.args, page_language()
    page = sample.sample_entry(desk().clock.now(), Uid(uid), rule=_rule(), what_if=what_if, language=language)
    return render_template("sample_entry.html", page=page, body=fitted(page.body), **_why(page, language))


def _rule() -> str:
    return request.args.get("rule") or sample.RULE


def _why(page: Any, language: str) -> dict[str, Any]:
    standing, seen = page.standing, page.seen.entry
    lines, to = editing.rule_lines(standing.rule, language=language), SamplePlaces(standing.rule)
    opened = standing.what_if is not None
    why = reasons.for_standing(standing, seen.uid, seen.title or seen.excerpt, lines, to, opened=opened)
    return {"to": to, "why": why}
