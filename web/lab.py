"""The words of the page where rules are tried: inputs, facts, shapes, lines to begin with, warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.formats import count, line_name, ordinal, share
from web.speech import lazy_gettext as _l

if TYPE_CHECKING:
    from flask import Flask

    from aggregator.services.lab import Warned

INPUTS: dict[str, str] = {
    "title": _l("Title"),
    "plain": _l("In a sentence"),
    "length": _l("Places until the end (empty: no end)"),
    "id": _l("Name (a-z, 0-9, hyphen)"),
    "why": _l("Why"),
    "points": _l("Points"),
    "signal": _l("Looks at"),
    "seed": _l("Drawn with"),
    "text": _l("Words that describe it"),
    "examples": _l("Examples, one a line"),
    "limit": _l("At most"),
    "window": _l("Among how many neighbours"),
    "by": _l("By"),
    "each": _l("Places each in a round"),
    "depth": _l("Among the first"),
    "keep": _l("Led by"),
}

FACTS: dict[str, str] = {
    "age_hours": _l("its age, in hours"),
    "source_pace": _l("entries a day of its source"),
    "source_room": _l("room its source had lately, in per cent of a fair share"),
    "lottery": _l("a draw by lot"),
    "story_sources": _l("sources that tell its story"),
    "first_report": _l("reported first"),
    "copy": _l("nearly the same text as an earlier one"),
    "words": _l("its length, in words"),
    "reading_minutes": _l("minutes to read"),
    "language_share": _l("part of its language in the list, 0 to 1"),
    "folder_share": _l("part of its folder in the list, 0 to 1"),
    "paid": _l("marked as paid for"),
    "pick": _l("place as an editor's pick"),
    "language": _l("its language"),
    "folder": _l("its folder"),
    "source": _l("its source, by key"),
    "owner": _l("who owns its source, by key"),
    "feed": _l("its feed, by address"),
    "kind": _l("what it is: article, note, video, audio, event, reply, quote"),
    "has": _l("what it comes with: date, author, language, image, audio, video, full_text, content_warning"),
    "title": _l("words in the title"),
    "text": _l("words in title or text"),
    "author": _l("its author"),
    "category": _l("the publisher's category"),
    "content_warning": _l("words of the content warning"),
}
"""Facts a condition may ask for; those that are numbers or yes and no may also give points."""

SHAPES: dict[str, str] = {
    "": _l("as much as the fact says"),
    "halves_every": _l("half as much every"),
    "rises": _l("nothing up to … all from"),
    "falls": _l("all up to … nothing from"),
    "at_least": _l("all from"),
    "at_most": _l("all up to"),
    "table": _l("by a table"),
}

CHOICES: dict[str, str] = {
    "highest": _l("the highest entry"),
    "earliest": _l("the first report"),
    "newest": _l("the newest report"),
    "source": _l("source"),
    "owner": _l("owner"),
    "folder": _l("folder"),
    "language": _l("language"),
    "meaning": _l("meaning"),
}

STEPS: dict[str, str] = {
    "one-per-story": _l("Each story once"),
    "max-per-source": _l("At most so many of one source"),
    "take-turns": _l("Take turns"),
    "spread": _l("What is alike stands apart"),
    "shares": _l("Places kept for groups"),
    "pin": _l("Editors' picks on top"),
}

BEGINNINGS: dict[str, str] = {
    "new": _l("Points for what is new"),
    "loud": _l("Fewer points for sources that post a lot"),
    "quiet": _l("Points for sources that post seldom"),
    "room": _l("Points for sources that had little room lately"),
    "long": _l("Points for long texts"),
    "words": _l("Points for words in the text"),
    "folder": _l("Points for a folder"),
    "lottery": _l("A little chance"),
    "out-paid": _l("Leave out what is paid for"),
    "out-words": _l("Leave out words in the title"),
    "out-kind": _l("Leave out short posts"),
    "one-per-story": STEPS["one-per-story"],
    "max-per-source": STEPS["max-per-source"],
    "take-turns": STEPS["take-turns"],
    "spread": STEPS["spread"],
    "pin": STEPS["pin"],
}

MODES: dict[str, str] = {
    "all": _l("all of this holds"),
    "any": _l("one of this holds"),
    "none": _l("none of this holds"),
}


WARNINGS: dict[str, str] = {
    "left-out": _l("“%(line)s” leaves out %(share)s of all entries. Few lists mean to lose so much."),
    "never": _l("“%(line)s” touches no entry at all: nothing here fits it."),
    "missing": _l(
        "“%(line)s” cannot read %(share)s of the entries: what it looks at is not known of them, "
        "and they get 0 points from it."
    ),
    "alone": _l("“%(line)s” decides these places by itself: no other line changes them."),
    "crowded": _l("%(name)s alone has %(share)s of the room."),
    "broken": _l("“%(line)s” keeps its promise no longer: a later step undid it."),
    "gave-way": _l(
        "“%(line)s” could not be kept everywhere: it gave way at %(count)s of the places, first at the %(place)s, "
        "because nothing that fits better was waiting."
    ),
    "empty": _l("Nothing is left to be shown."),
}
"""What aggregator/services/lab.py warns of; %(line)s is the line, and the rest what it found."""


def init_app(app: Flask) -> None:
    """Hand the tables to templates."""
    app.jinja_env.filters["warned"] = warned
    app.jinja_env.globals["lab"] = {
        "inputs": INPUTS, "facts": FACTS, "shapes": SHAPES, "choices": CHOICES, "steps": STEPS,
        "beginnings": BEGINNINGS, "modes": MODES,
    }  # fmt: skip


def warned(one: Warned) -> str:
    """Say what is questionable in a rule, in a sentence."""
    place = ordinal(one.place) if one.place else ""
    values = {"line": line_name(one.line), "share": share(one.share), "name": one.name, "place": place}
    return str(WARNINGS[one.kind]) % {**values, "count": count(one.count)}
