"""Searching all entries by words and meaning; and which entries are near a subject, for who writes a rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from aggregator.errors import BadInputError
from aggregator.services import listing, narrowing, sensing
from aggregator.services.kept_search import USUAL_LIKENESS
from aggregator.services.rights import Right, may
from web.door import actor, desk
from web.notices import notify
from web.speech import gettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from aggregator.services.searching import Found

bp = Blueprint("search", __name__)

LONGEST = 500
NEAREST = 40
"""Entries shown near a subject."""
BOUNDS = (25, 70)


@dataclass(frozen=True, slots=True)
class Near:
    """An entry near a subject: how like it is, and which share of the line's points that gives, in thousandths."""

    found: Found
    like: int
    share: int


@bp.get("/search")
def index() -> str:
    """Show the field, and what was found for its words."""
    words, wish = _asked(request.args)
    narrowed = narrowing.narrowed(desk(), actor(), wish)
    after = request.args.get("after") or None
    page = sensing.search_by_sense(desk(), actor(), words, after=after, narrowed=narrowed)
    return render_template(
        "search.html",
        words=words,
        page=page if words else None,
        wish=wish,
        wish_given=narrowed is not None,
        asked={name: given for name, given in asdict(wish).items() if given},
        choices=narrowing.choices(desk(), actor()),
        keeps=may(actor(), Right.OWN_LISTS) and actor().member is not None,
    )


@bp.post("/search/keep")
def keep() -> ResponseReturnValue:
    """Make a list of what is searched for, newest first until somebody gives it another rule."""
    words, wish = _asked(request.form)
    likeness = USUAL_LIKENESS if "meaning" in request.form else None
    wanted = narrowing.to_keep(desk(), actor(), words, wish, likeness=likeness)
    title = request.form.get("title", "").strip()[: listing.LONGEST_TITLE] or words[: listing.LONGEST_TITLE]
    personal = request.form.get("whose") != "group"
    made = listing.add_list(desk(), actor(), replace(wanted, title=title), personal=personal)
    notify(gettext("The search is kept as a list. It begins with what is here already."))
    return redirect(url_for("lists.show", slug=made.slug), 303)


def _asked(given: Mapping[str, str]) -> tuple[str, narrowing.Wish]:
    """Read the words, and what the search is narrowed to."""
    wish = narrowing.Wish(**{name: given.get(name, "")[:200].strip() for name in asdict(narrowing.Wish())})
    return given.get("words", "")[:LONGEST].strip(), wish


@bp.get("/subject")
def subject() -> str:
    """Show the entries nearest to a subject, and where a line's curve would begin and end among them."""
    words = request.args.get("words", "")[:LONGEST].strip()
    lower, upper = (_hundredths(name, usual) for name, usual in zip(("from", "to"), BOUNDS, strict=True))
    if lower >= upper:
        raise BadInputError("from", "it has to be less than where all points are given")
    found = sensing.nearest_to(desk(), actor(), words, limit=NEAREST)
    near = [
        Near(one, round(one.score * 100), round(1000 * min(1, max(0, (one.score * 100 - lower) / (upper - lower)))))
        for one in found or ()
    ]
    return render_template("subject.html", words=words, near=near, answered=found is not None, lower=lower, upper=upper)


def _hundredths(name: str, usual: int) -> int:
    given = request.args.get(name, "")
    if not given:
        return usual
    if not (given.isascii() and given.isdigit() and int(given[:4]) <= 100):  # noqa: PLR2004  # a share in hundredths
        raise BadInputError(name, "a whole number from 0 to 100 is expected")
    return int(given)
