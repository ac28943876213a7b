"""What is said in a recording, as it can be read: from a transcript file that an entry names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One paragraph: plain text, the seconds at which it begins, and who speaks, where the file tells them."""

    text: str
    start: int | None = None
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A transcript: paragraphs, or clean HTML where the file is a page. Neither where nothing in it can be read."""

    lines: tuple[Said, ...] = ()
    html: str = ""
    cut: bool = False  # the file holds more
