"""What the engine says of an entry, in plain words: its moves and its absence as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext

from web.formats import ordinal, points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rankers import Absence, Explanation, Move, TermResult

MICRO_PER_TENTH = 100_000
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class MoveTold:
    """A move from place to place, and its cause as a sentence."""

    from_: int
    to: int
    sentence: str


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
    """Why an entry has no place among those shown: a sentence, the lines that left it out, and what it scored."""

    sentence: str
    lines: tuple[tuple[str, str], ...]
    terms: tuple[TermResult, ...]
    total_tenths: int


def explanation_plainly(told: Explanation, titles: Mapping[int, str]) -> Told:
    """Put an explanation into words; `titles` names the entries of the page by their rows."""
    moves = tuple(MoveTold(move.from_, move.to, _move(move, titles)) for move in told.moves)
    return Told(told.position or 0, told.newest_first_position, told.terms, told.total_tenths, moves)


def absence_plainly(told: Absence) -> AbsenceTold:
    """Put an absence into words."""
    sentences = {
        "withheld": gettext("The rule leaves it out."),
        "folded": gettext("It is told as part of a story, under another entry."),
        "shown": gettext("It is on the list."),
    }
    sentence = sentences.get(told.place) or _further_down(told)
    return AbsenceTold(sentence, told.lines, told.terms, told.total_tenths)


def _further_down(told: Absence) -> str:
    place = gettext("It stands further down, at place %(place)d.", place=told.position or 0)
    if told.held_by is None:
        return place + " " + gettext("Its points put it there.")
    return place + " " + gettext("Its points alone would have put it on the page, but: %(why)s", why=told.held_by.why)


def _move(move: Move, titles: Mapping[int, str]) -> str:
    """Say why a step put the entry elsewhere: what happened, then the reason the rule's author gave."""
    known = [f"“{titles[row]}”" for row in move.because if row in titles]
    named = "; ".join(known[:MOST_NAMED])
    return " ".join(part for part in (_cause(move, named), move.why) if part)


def _cause(move: Move, named: str) -> str:
    if move.reason == "held":
        return gettext("It gave way to %(named)s.", named=named) if named else gettext("It gave way to others.")
    if move.reason == "like":
        cost = points(move.amount // MICRO_PER_TENTH, sign=False)
        other = named or gettext("another")
        return gettext("It gave way for being like %(named)s: %(points)s points.", named=other, points=cost)
    if move.reason == "turn":
        return gettext("It waited for the %(turn)s turn of its source.", turn=ordinal(move.amount))
    if move.reason == "share":
        return gettext("It was brought forward for “%(group)s”.", group=move.key)
    sentences = {
        "overtook": gettext("Others had to wait."),
        "story": gettext("It stands where the first report of its story stood."),
        "pick": gettext("An editor picked it."),
    }
    return sentences.get(move.reason, "")
