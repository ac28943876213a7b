"""The lines of a rule: subjects, filters, terms and test cases. Every line says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rankers.curves import AsItIs

if TYPE_CHECKING:
    from rankers.conditions import Condition
    from rankers.curves import Curve
    from rankers.signals.signal import Signal


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject in words: one text, or examples of which the nearest counts."""

    id: str
    text: str | None
    examples: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the texts that describe it, each of which may be the nearest."""
        return self.examples if self.text is None else (self.text,)

    def canonical(self) -> dict[str, object]:
        """Return the topic as it stands in the canonical rule."""
        if self.text is not None:
            return {"id": self.id, "text": self.text}
        return {"id": self.id, "examples": list(self.examples)}


@dataclass(frozen=True, slots=True)
class Filter:
    """A line that leaves entries out."""

    id: str
    leave_out: Condition
    why: str

    def canonical(self) -> dict[str, object]:
        """Return the filter as it stands in the canonical rule."""
        return {"id": self.id, "leave_out": self.leave_out.canonical(), "why": self.why}


@dataclass(frozen=True, slots=True)
class Term:
    """A line that gives points: by a signal and its curve, behind a gate (`when`), or all of them by the gate alone.

    points: -1000..1000, whole. seed: what the lottery is drawn with, the rule's id unless the line says otherwise.
    """

    id: str
    signal: Signal | None
    when: Condition | None
    curve: Curve
    points: int
    why: str
    seed: str
    own_seed: bool

    def canonical(self) -> dict[str, object]:
        """Return the term as it stands in the canonical rule."""
        keys: dict[str, object] = {"id": self.id, "points": self.points, "why": self.why}
        if self.signal is not None:
            keys["signal"] = self.signal.name
            if not isinstance(self.curve, AsItIs):
                keys["curve"] = self.curve.canonical()
        if self.when is not None:
            keys["when"] = self.when.canonical()
        if self.own_seed:
            keys["seed"] = self.seed
        return keys


@dataclass(frozen=True, slots=True)
class TestCase:
    """A case that the rule's own text asks for: one entry above another. It is no part of the rule's hash."""

    __test__ = False  # pytest: not a class of tests

    above: str
    below: str
    why: str
