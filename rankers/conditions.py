"""Typed conditions: what `when` and `leave_out` ask of an entry (ranking-semantics 3).

Two-valued: a test on a missing fact is false, whatever it asks; so `none` around it is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rankers.candidates import LabelSets
from rankers.patterns import TextLeaf
from rankers.signals import LABEL_FACTS, SIGNALS, fact_named
from rankers.signals.labels import LabelFact, Match
from rankers.signals.signal import Signal
from rankers.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from rankers.candidates import CandidateTable

    Bits = NDArray[np.bool_]

ALL_KEYS = ("any", "all", "none")


class Condition(Protocol):
    """One test or a combination of tests."""

    def match(self, table: CandidateTable) -> Bits:
        """Return for each row whether the condition holds."""
        ...

    def canonical(self) -> dict[str, object]:
        """Return the condition as it stands in the canonical rule."""
        ...

    def facts(self) -> Iterator[str]:
        """Yield the names of the facts it reads."""
        ...

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield its text patterns."""
        ...

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield its tests on labels."""
        ...

    def size(self) -> int:
        """Return how many single tests it makes."""
        ...

    def needs_paid(self, *, wanted: bool) -> bool:
        """Tell whether it can be `wanted` because an entry is marked as paid for."""
        ...


@dataclass(frozen=True, slots=True)
class NumberTest:
    """`fact = { at_least = …, at_most = … }`, both inclusive, in smallest units."""

    signal: Signal
    at_least: int | None
    at_most: int | None

    def match(self, table: CandidateTable) -> Bits:
        """Return where the fact is present and within the bounds."""
        numbers = self.signal.compute(table, "")
        if numbers is None:
            return np.zeros(len(table), dtype=np.bool_)
        bits: Bits = numbers.present.copy()
        if self.at_least is not None:
            bits &= numbers.values >= self.at_least
        if self.at_most is not None:
            bits &= numbers.values <= self.at_most
        return bits

    def canonical(self) -> dict[str, object]:
        """Return the test under the name of its fact."""
        bounds = {"at_least": self.at_least, "at_most": self.at_most}
        return _named(self.signal.name, {key: bound for key, bound in bounds.items() if bound is not None})

    def facts(self) -> Iterator[str]:
        """Yield its one fact."""
        yield self.signal.name

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield nothing: there is no text in it."""
        yield from ()

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield nothing: it asks for no label."""
        yield from ()

    def size(self) -> int:
        """Return 1."""
        return 1

    def needs_paid(self, *, wanted: bool) -> bool:  # noqa: ARG002  # one of the Protocol's methods
        """Return False: no number tells it."""
        return False


@dataclass(frozen=True, slots=True)
class FlagTest:
    """`fact = true` or `fact = false`."""

    signal: Signal
    value: bool

    def match(self, table: CandidateTable) -> Bits:
        """Return where the fact is present and as asked."""
        numbers = self.signal.compute(table, "")
        if numbers is None:
            return np.zeros(len(table), dtype=np.bool_)
        bits: Bits = numbers.present & (numbers.values.astype(np.bool_) == self.value)
        return bits

    def canonical(self) -> dict[str, object]:
        """Return the test under the name of its fact."""
        return {self.signal.name: self.value}

    def facts(self) -> Iterator[str]:
        """Yield its one fact."""
        yield self.signal.name

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield nothing: there is no text in it."""
        yield from ()

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield nothing: it asks for no label."""
        yield from ()

    def size(self) -> int:
        """Return 1."""
        return 1

    def needs_paid(self, *, wanted: bool) -> bool:
        """Tell whether being paid for makes it `wanted`."""
        return self.signal.name == "paid" and self.value == wanted


@dataclass(frozen=True, slots=True)
class LabelTest:
    """`fact = "x"` or `fact = ["x", "y"]`: one of the entry's labels is one of these."""

    fact: LabelFact
    values: tuple[str, ...]

    def match(self, table: CandidateTable) -> Bits:
        """Return where a label is present and equals one of the values; looks at each known label once.

        A table made from a receipt has the answer as a column of bits, and the labels stay where they were.
        """
        answered = table.leaves.get(self.key)
        if answered is not None:
            return answered
        column = (table.sets if self.fact.several else table.labels).get(self.fact.name)
        if column is None:
            return np.zeros(len(table), dtype=np.bool_)
        known = column.sets if isinstance(column, LabelSets) else column.vocabulary
        return _answers(self, known)[column.codes]

    def holds(self, labels: str | tuple[str, ...]) -> bool:
        """Tell whether a label, or one of several, equals one of the values."""
        return self._equals(labels) if isinstance(labels, str) else any(map(self._equals, labels))

    @property
    def key(self) -> str:
        """Return the name of its column of bits in a receipt."""
        return f"{self.fact.name}={'|'.join(self.values)}"

    def _equals(self, label: str) -> bool:
        match self.fact.match:
            case Match.EXACT:
                return label in self.values
            case Match.FOLDED:
                return fold(label) in map(fold, self.values)
            case Match.LANGUAGE:
                return _is_or_below(label, self.values, "-")
            case Match.FOLDER:
                return _is_or_below(label, self.values, "/")

    def canonical(self) -> dict[str, object]:
        """Return the test under the name of its fact, its values always a list."""
        return {self.fact.name: list(self.values)}

    def facts(self) -> Iterator[str]:
        """Yield its one fact."""
        yield self.fact.name

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield nothing: labels are compared, not searched."""
        yield from ()

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield itself."""
        yield self

    def size(self) -> int:
        """Return how many values it compares with."""
        return len(self.values)

    def needs_paid(self, *, wanted: bool) -> bool:  # noqa: ARG002  # one of the Protocol's methods
        """Return False: no label tells it."""
        return False


@dataclass(frozen=True, slots=True)
class TextTest:
    """`fact = "pattern"` or a list of them: one of the patterns is found."""

    fact: str
    patterns: tuple[str, ...]

    def match(self, table: CandidateTable) -> Bits:
        """Return where one of the leaves' bits is set; a leaf that the table lacks is false."""
        bits = np.zeros(len(table), dtype=np.bool_)
        for leaf in self.leaves():
            column = table.leaves.get(leaf.key)
            if column is not None:
                bits |= column
        return bits

    def canonical(self) -> dict[str, object]:
        """Return the test under the name of its fact, its patterns always a list."""
        return {self.fact: list(self.patterns)}

    def facts(self) -> Iterator[str]:
        """Yield its one fact."""
        yield self.fact

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield a leaf for each pattern."""
        for pattern in self.patterns:
            yield TextLeaf(self.fact, pattern)

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield nothing: it asks for no label."""
        yield from ()

    def size(self) -> int:
        """Return how many patterns it looks for."""
        return len(self.patterns)

    def needs_paid(self, *, wanted: bool) -> bool:
        """Tell whether its words are on the list of words for paid posts."""
        from rankers.paid import is_paid_word  # noqa: PLC0415  # the list is large and few rules ask for it

        return wanted and any(map(is_paid_word, self.patterns))


@dataclass(frozen=True, slots=True)
class Every:
    """A table of several tests: all of them hold. With `key` "all" it was written as `all = […]`."""

    parts: tuple[Condition, ...]
    key: str = ""

    def match(self, table: CandidateTable) -> Bits:
        """Return where every part holds."""
        bits = self.parts[0].match(table)
        for part in self.parts[1:]:
            bits = bits & part.match(table)
        return bits

    def canonical(self) -> dict[str, object]:
        """Return all parts in one table, or as a list where they were written as one."""
        if self.key:
            return {self.key: [part.canonical() for part in self.parts]}
        merged: dict[str, object] = {}
        for part in self.parts:
            _merge(merged, part.canonical())
        return merged

    def facts(self) -> Iterator[str]:
        """Yield the facts of all parts."""
        for part in self.parts:
            yield from part.facts()

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield the patterns of all parts."""
        for part in self.parts:
            yield from part.leaves()

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield the tests on labels of all parts."""
        for part in self.parts:
            yield from part.label_tests()

    def size(self) -> int:
        """Return the number of tests in all parts."""
        return sum(part.size() for part in self.parts)

    def needs_paid(self, *, wanted: bool) -> bool:
        """Tell whether any part can be `wanted` because of a paid mark."""
        return any(part.needs_paid(wanted=wanted) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Some:
    """`any = […]` where one part holds, or `none = […]` where no part does."""

    key: str
    parts: tuple[Condition, ...]

    def match(self, table: CandidateTable) -> Bits:
        """Return where one part holds, or none does."""
        bits = self.parts[0].match(table)
        for part in self.parts[1:]:
            bits = bits | part.match(table)
        return bits if self.key == "any" else ~bits

    def canonical(self) -> dict[str, object]:
        """Return the list under its key."""
        return {self.key: [part.canonical() for part in self.parts]}

    def facts(self) -> Iterator[str]:
        """Yield the facts of all parts."""
        for part in self.parts:
            yield from part.facts()

    def leaves(self) -> Iterator[TextLeaf]:
        """Yield the patterns of all parts."""
        for part in self.parts:
            yield from part.leaves()

    def label_tests(self) -> Iterator[LabelTest]:
        """Yield the tests on labels of all parts."""
        for part in self.parts:
            yield from part.label_tests()

    def size(self) -> int:
        """Return the number of tests in all parts."""
        return sum(part.size() for part in self.parts)

    def needs_paid(self, *, wanted: bool) -> bool:
        """Tell whether any part can be `wanted` because of a paid mark; `none` turns the question round."""
        return any(part.needs_paid(wanted=wanted == (self.key == "any")) for part in self.parts)


def known_facts(topics: tuple[str, ...]) -> Mapping[str, Signal | LabelFact | None]:
    """Return the facts a condition may ask for, by name; text facts map to None."""
    labels = {name: fact for name, fact in LABEL_FACTS.items() if name != "story"}
    texts = dict.fromkeys(("title", "text", "author", "category", "content_warning"))
    themes = {f"topic.{name}": fact_named(f"topic.{name}") for name in topics}
    return {**SIGNALS, **labels, **texts, **{k: v for k, v in themes.items() if isinstance(v, Signal)}}


@lru_cache(maxsize=64)
def _answers(test: LabelTest, known: tuple[str | tuple[str, ...], ...]) -> Bits:
    """Ask each known label once for all blocks of a table. The last one answers code -1: missing is false."""
    return np.array([*map(test.holds, known), False], dtype=np.bool_)


def _is_or_below(label: str, values: tuple[str, ...], separator: str) -> bool:
    folded = fold(label)
    return any(folded == value or folded.startswith(value + separator) for value in map(fold, values))


def _named(name: str, value: object) -> dict[str, object]:
    """Nest a dotted name as it is written: topic.x = … is {topic: {x: …}}."""
    first, dot, rest = name.partition(".")
    return {first: {rest: value}} if dot else {name: value}


def _merge(into: dict[str, object], part: dict[str, object]) -> None:
    for key, value in part.items():
        held = into.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            held.update(value)
        else:
            into[key] = value
