"""Searching all entries by words and meaning; and which entries are near a subject, for who writes a rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from aggregator.errors import BadInputError
from aggregator.services import narrowing, sensing
from web.door import actor, desk

if TYPE_CHECKING:
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
    words = request.args.get("words", "")[:LONGEST].strip()
    wish = narrowing.Wish(**{name: request.args.get(name, "")[:200].strip() for name in asdict(narrowing.Wish())})
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
    )


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
