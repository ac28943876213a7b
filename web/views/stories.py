"""Stories: who told one, in which order, and why each entry joined it; and what is like an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template

from aggregator.model.ids import Uid
from aggregator.services import reading, sensing, stories
from web.door import actor, desk
from web.formats import share
from web.speech import gettext

if TYPE_CHECKING:
    from aggregator.services.stories import SameText, Telling

bp = Blueprint("stories", __name__)
LIKE = 20
"""Entries of a page of what is like one."""
MILLIONTHS_PER_HUNDREDTH = 10_000


@bp.get("/stories/<int:number>")
def show(number: int) -> str:
    """Show a story: its tellings in the order they appeared, each with the reason it joined."""
    page = stories.story_page(desk(), actor(), number)
    seconds = [one.place.time for one in page.tellings]
    span = max(1, max(seconds) - min(seconds))
    told = [(one, why_joined(one), round((one.place.time - min(seconds)) * 1000 / span)) for one in page.tellings]
    return render_template("story.html", page=page, told=told, why_same=why_same)


@bp.get("/entries/<uid>/like")
def like(uid: str) -> str:
    """Show what is most like an entry in meaning."""
    page = reading.entry_page(desk(), actor(), Uid(uid))
    found = sensing.more_like(desk(), actor(), Uid(uid), limit=LIKE)
    known = stories.meaning_of(desk(), actor(), Uid(uid))
    return render_template("like.html", page=page, found=found, known=known)


def why_joined(telling: Telling) -> Any:
    """Say in plain words why an entry joined its story."""
    place, near = telling.place, telling.near
    if place.near is None:
        return gettext("It began the story.")
    parts = {"all": _hundredths(place.likeness), "meaning": _hundredths(place.meaning)}
    if near is None:
        return gettext("Like an entry that is gone since: %(all)s, its meaning %(meaning)s.", **parts)
    other = {"title": near.entry.title or near.entry.excerpt, "source": near.feed_title}
    if place.words or place.names:
        shared = {"words": _hundredths(place.words), "names": _hundredths(place.names)}
        return gettext(
            "Like “%(title)s” (%(source)s): %(all)s. Meaning %(meaning)s, rare words %(words)s, names %(names)s.",
            **parts, **other, **shared,
        )  # fmt: skip
    return gettext(
        "Like “%(title)s” (%(source)s): %(all)s. By meaning alone (%(meaning)s): no rare word or name is shared.",
        **parts, **other,
    )  # fmt: skip


def why_same(same: SameText) -> str:
    """Say in plain words by what an entry was known as the same text."""
    how = same.place.how
    if how == "address":
        return gettext("It links to the same page.")
    if how == "text":
        return gettext("Its text is the same to the letter.")
    if how == "shingles":
        return gettext("Nearly the same text: %(share)s of it.", share=_hundredths(same.place.likeness))
    return gettext("The same text was found in another entry later.")


def _hundredths(millionths: int) -> str:
    return share(round(millionths / MILLIONTHS_PER_HUNDREDTH) * 10)
