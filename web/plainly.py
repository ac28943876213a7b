"""What the engine says of an entry, in plain words: its moves and its absence as sentences.

Facts, shapes and moves are the engine's own sentences (rankers/messages), so that page, command line and statement
say the same; a language the engine does not speak yet falls back to English.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.services.reading import OutOfScope
from rankers import Sentences
from web import language
from web.speech import gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregator.services.reading import Mention, Standing
    from rankers import Absence, Explanation, Move, TermResult

FALLBACK = "en"
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class MoveTold:
    """A move from place to place, its cause as a sentence, and the entries that caused it."""

    from_: int
    to: int
    sentence: str
    named: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An Explanation whose moves are sentences."""

    position: int
    newest_first_position: int
    terms: tuple[TermResult, ...]
    total_tenths: int
    moves: tuple[MoveTold, ...]


@dataclass(frozen=True, slots=True)
class AbsenceTold:
    """Why an entry has no place among those shown: a sentence, the lines that left it out, and what it scored.

    `lead` is the entry it is told under.
    """

    sentence: str
    lines: tuple[tuple[str, str], ...] = ()
    terms: tuple[TermResult, ...] = ()
    total_tenths: int = 0
    lead: Mention | None = None


def explanation_plainly(
    told: Explanation, position: Callable[[int], int | None], mentions: Mapping[int, Mention]
) -> Told:
    """Put an explanation into words; `position` gives the places of other entries by their rows."""
    moves = tuple(_move(move, position, mentions) for move in told.moves)
    return Told(told.position or 0, told.newest_first_position, told.terms, told.total_tenths, moves)


def absence_plainly(told: Absence, mentions: Mapping[int, Mention]) -> AbsenceTold:
    """Put an absence into words."""
    sentences = {
        "withheld": gettext("The rule leaves it out."),
        "folded": gettext("It is told as part of a story, under another entry:"),
        "shown": gettext("It is on the list."),
    }
    sentence = sentences.get(told.place) or _further_down(told)
    lead = mentions.get(told.lead) if told.lead is not None else None
    return AbsenceTold(sentence, told.lines, told.terms, told.total_tenths, lead)


def out_of_scope_plainly(standing: Standing) -> AbsenceTold:
    """Say why an entry is no candidate of a list at all."""
    days = standing.list.max_age.days
    sentences = {
        OutOfScope.TOO_OLD: gettext("It is too old: this list goes back %(days)d days.", days=days),
        OutOfScope.NOT_ARRIVED: gettext("It had not arrived when this page was made."),
        OutOfScope.CUT: gettext("The list has more entries than can be ranked at once, and newer ones than this."),
        OutOfScope.NOT_FOUND: gettext("The search that this list keeps does not find it."),
        OutOfScope.OTHER_SOURCES: gettext("This list draws from other sources."),
    }
    return AbsenceTold(sentences[standing.out_of_scope or OutOfScope.OTHER_SOURCES])


def _further_down(told: Absence) -> str:
    place = gettext("It stands further down, at place %(place)d.", place=told.position or 0)
    if told.held_by is None:
        return place + " " + gettext("Its points put it there.")
    return place + " " + gettext("Its points alone would have put it on the page, but: %(why)s", why=told.held_by.why)


def _move(move: Move, position: Callable[[int], int | None], mentions: Mapping[int, Mention]) -> MoveTold:
    """Say what a step did, then the reason the rule's author gave for the step."""
    said = _sentences().move(move, position)
    named = tuple(mentions[row] for row in move.because[:MOST_NAMED] if row in mentions)
    return MoveTold(move.from_, move.to, f"{said[:1].upper()}{said[1:]}. {move.why}".rstrip(), named)


def _sentences() -> Sentences:
    try:
        return Sentences.of(language.page_language())
    except LookupError:
        return Sentences.of(FALLBACK)
