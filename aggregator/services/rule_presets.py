"""Lines to begin with: each is whole, so that a page can be tried at once; its reason is the editor's to change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


@dataclass(frozen=True, slots=True)
class Preset:
    """A line of a rule: `part` is where it goes, `line` what is written there."""

    part: str
    line: dict[str, Any]

    def line_for(self, taken: AbstractSet[str]) -> dict[str, Any]:
        """Give the line under an id that no other line has."""
        if "id" not in self.line:
            return dict(self.line)
        name = self.line["id"]
        ids = (name if number == 1 else f"{name}-{number}" for number in count(1))
        return {**self.line, "id": next(each for each in ids if each not in taken)}


def _score(name: str, points: int, why: str, **keys: Any) -> Preset:
    return Preset("score", {"id": name, **keys, "points": points, "why": why})


def _step(name: str, why: str, **keys: Any) -> Preset:
    return Preset("arrange", {"step": name, **keys, "why": why})


PRESETS: dict[str, Preset] = {
    "new": _score(
        "new", 20, "What happened today matters more than what happened last week.",
        signal="age_hours", curve={"halves_every": 24},
    ),
    "loud": _score(
        "posts-a-lot", -10, "Whoever posts more should not get more room for it.",
        signal="source_pace", curve={"rises": [3, 30]},
    ),
    "quiet": _score(
        "seldom-heard", 10, "Who seldom speaks should not be missed.", signal="source_pace", curve={"falls": [1, 5]}
    ),
    "room": _score(
        "little-room-lately", 10, "Who had little room in the last weeks has some now.",
        signal="source_room", curve={"falls": [50, 200]},
    ),
    "long": _score(
        "long-text", 10, "What took long to write may take long to read.", signal="words", curve={"rises": [500, 2000]}
    ),
    "words": _score(
        "about", 10, "This is what the list is read for.", when={"text": ["write a word here"]}
    ),
    "folder": _score(
        "from-a-folder", 10, "These sources are heard first.", when={"folder": "News"}
    ),
    "lottery": _score(
        "lot", 5, "A little chance, the same for everybody, lets others come up.", signal="lottery"
    ),
    "out-paid": Preset(
        "filter", {"id": "no-paid", "leave_out": {"paid": True}, "why": "Paid posts are left out."}
    ),
    "out-words": Preset(
        "filter", {"id": "not-about", "leave_out": {"title": ["write a word here"]}, "why": "Not for this list."}
    ),
    "out-kind": Preset(
        "filter", {"id": "no-short-posts", "leave_out": {"kind": "note"}, "why": "This list is for longer texts."}
    ),
    "one-per-story": _step("one-per-story", "A story is told once; the other reports are one click below it."),
    "max-per-source": _step(
        "max-per-source", "Many voices within what one sees at a glance.", limit=2, window=10
    ),
    "take-turns": _step("take-turns", "Everyone has a turn before anyone has a second one.", by="source"),
    "spread": _step("spread", "Entries that are alike stand apart.", by="source", points=10),
    "pin": _step("pin", "What the editors picked stands on top."),
}  # fmt: skip
