"""Facts that are words: they stand in conditions (`when`, `leave_out`) and give no points by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rankers.signals.signal import Provenance


class Match(StrEnum):
    """When a label of a rule equals one of an entry."""

    EXACT = "exact"
    FOLDED = "folded"
    LANGUAGE = "language"  # pt also means pt-BR
    FOLDER = "folder"  # News also means News/Local


@dataclass(frozen=True, slots=True)
class LabelFact:
    """A fact with one label an entry, or several where `several`. `words`: the closed set it is from, if any."""

    name: str
    match: Match
    provenance: Provenance
    plain: str
    several: bool = False
    words: tuple[str, ...] = ()

    def declaration(self) -> dict[str, object]:
        """Return what a rule hash says of this fact."""
        return {
            "type": "labels" if self.several else "label",
            "match": str(self.match),
            "provenance": str(self.provenance),
        }


@dataclass(frozen=True, slots=True)
class TextFact:
    """A fact that is text: patterns look into it, nothing else does."""

    name: str
    provenance: Provenance
    plain: str
    type: str = "text"

    def declaration(self) -> dict[str, object]:
        """Return what a rule hash says of this fact."""
        return {"type": self.type, "provenance": str(self.provenance)}


LABELS = (
    LabelFact("language", Match.LANGUAGE, Provenance.DECLARED_BY_SOURCE, "The language of the entry."),
    LabelFact(
        "folder",
        Match.FOLDER,
        Provenance.GROUP_DECISION,
        "The folders in which the list's owner filed the source.",
        several=True,
    ),
    LabelFact("source", Match.EXACT, Provenance.GROUP_DECISION, "The source, by its key."),
    LabelFact("owner", Match.EXACT, Provenance.GROUP_DECISION, "Who owns the source, by key."),
    LabelFact("feed", Match.EXACT, Provenance.GROUP_DECISION, "The feed, by its address."),
    LabelFact(
        "kind",
        Match.FOLDED,
        Provenance.DECLARED_BY_SOURCE,
        "What the entry is.",
        words=("article", "note", "video", "audio", "event", "reply", "quote"),
    ),
    LabelFact(
        "has",
        Match.FOLDED,
        Provenance.CONTENT,
        "What the entry comes with.",
        several=True,
        words=("date", "author", "language", "image", "audio", "video", "full_text", "content_warning"),
    ),
    LabelFact("story", Match.EXACT, Provenance.COUNT_IN_CORPUS, "The story that the entry tells."),
)
TEXTS = (
    TextFact("title", Provenance.CONTENT, "The entry's title."),
    TextFact("text", Provenance.CONTENT, "The entry's title and text."),
    TextFact("author", Provenance.DECLARED_BY_SOURCE, "The names of its authors."),
    TextFact("category", Provenance.DECLARED_BY_SOURCE, "The publisher's own categories."),
    TextFact("content_warning", Provenance.DECLARED_BY_SOURCE, "The publisher's content warning."),
)
MEANING = TextFact("meaning", Provenance.CONTENT, "The meaning of the entry.", type="vector")
