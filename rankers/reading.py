"""Reading the tables of a rule: every value checked, every problem noted with its place, nothing guessed.

A method that finds a problem notes it and returns a stand-in, so that all problems of a rule are told at once;
a document is only made when none was noted.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeGuard

from rankers.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rankers.places import Path

LARGEST_NUMBER = 10**12
"""No count of smallest units in a rule is larger; it keeps every product of a curve within int64."""


class Problems:
    """The problems of one text, with the places of its keys.

    in_smallest_units: the text is a canonical rule, whose numbers are counts already.
    """

    def __init__(self, file: str, places: Mapping[Path, tuple[int, int]], *, in_smallest_units: bool = False) -> None:
        self._file = file
        self._places = places
        self.in_smallest_units = in_smallest_units
        self.found: list[Problem] = []

    def add(self, path: Path, message: str) -> None:
        """Note a problem at the place of `path`, or of the nearest thing around it that has a place."""
        place = path
        while place and place not in self._places:
            place = place[:-1]
        line, column = self._places.get(place, (1, 1))
        self.found.append(Problem(self._file, line, column, message, path))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' (did you mean "x"?)' for the known word nearest to `word`, or nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""


def one_of(words: Iterable[str]) -> str:
    """Write words as a choice: 'a, b or c'."""
    words = list(words)
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Tell whether a TOML value is a number; `true` is none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """Name the kind of a TOML value for a message."""
    if isinstance(value, bool):
        return "true or false"
    for kinds, name in (((int, Decimal), "a number"), ((str,), "a text"), ((list,), "a list"), ((dict,), "a table")):
        if isinstance(value, kinds):
            return name
    return "a date or time"


class Reader:
    """One table of a rule. Keys that nobody asked for are unknown: call `done` at the end."""

    def __init__(self, table: Mapping[str, object], path: Path, problems: Problems) -> None:
        self._table = table
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def names(self) -> list[str]:
        """Return the keys as written."""
        return list(self._table)

    def problem(self, key: str | None, message: str) -> None:
        """Note a problem at a key, or at the table."""
        self.problems.add(self.path if key is None else (*self.path, key), message)

    def value(self, key: str) -> object:
        """Return what stands at a key, None where it is absent, and count the key as known."""
        self._asked.add(key)
        return self._table.get(key)

    def need(self, key: str, what: str) -> object:
        """Return what stands at a key that must be there."""
        value = self.value(key)
        if key not in self._table:
            self.problem(None, f'"{key}" is missing: expected {what}')
        return value

    def text(self, key: str, *, longest: int, needed: bool = True) -> str | None:
        """Return a text in NFC, trimmed, of 1 to `longest` characters."""
        value = self.need(key, "a text") if needed else self.value(key)
        if value is None:
            return None
        return self.as_text(value, (*self.path, key), longest=longest)

    def as_text(self, value: object, path: Path, *, longest: int) -> str | None:
        """Return a value as a text, whatever key or list it stands in."""
        if not isinstance(value, str):
            self.problems.add(path, f"expected a text, found {kind_of(value)}")
            return None
        text = unicodedata.normalize("NFC", value).strip()
        if not text:
            self.problems.add(path, "expected a text, found an empty one")
        elif len(text) > longest:
            self.problems.add(path, f"expected at most {longest} characters, found {len(text)}")
        return text

    def whole(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        """Return a whole number within `low`..`high`; `default` None: it must be there."""
        what = f"a whole number from {low} to {high}"
        value = self.need(key, what) if default is None else self.value(key)
        if value is None:
            return low if default is None else default
        if not is_number(value) or not _is_finite(value) or value != int(value) or not low <= value <= high:
            self.problem(key, f"expected {what}, found {_shown(value)}")
            return low
        return int(value)

    def scaled(self, key: str, scale: int, unit: str, *, default: int | None = None) -> int:
        """Return a written number as a count of smallest units."""
        value = self.need(key, "a number") if default is None else self.value(key)
        if value is None:
            return default or 0
        return self.as_scaled(value, (*self.path, key), scale, unit)

    def as_scaled(self, value: object, path: Path, scale: int, unit: str) -> int:
        """Return a value as a count of smallest units, whatever key or list it stands in."""
        if self.problems.in_smallest_units:
            scale = 1
        if not is_number(value):
            self.problems.add(path, f"expected a number, found {kind_of(value)}")
            return 0
        if not _is_finite(value) or not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            self.problems.add(path, f"expected a number up to {LARGEST_NUMBER // scale}, found {_shown(value)}")
            return 0
        count = Decimal(value) * scale
        if count != int(count):
            self.problems.add(path, f"{_shown(value)} is too fine: {unit}")
            return 0
        if abs(count) > LARGEST_NUMBER:
            self.problems.add(path, f"expected a number up to {LARGEST_NUMBER // scale}, found {_shown(value)}")
        return int(count)

    def choice(self, key: str, words: Sequence[str], *, default: str | None = None) -> str:
        """Return one of `words`; `default` None: it must be there."""
        value = self.need(key, one_of(words)) if default is None else self.value(key)
        if value is None:
            return default or words[0]
        if not isinstance(value, str) or value not in words:
            hint = nearest(value, words) if isinstance(value, str) else ""
            self.problem(key, f"expected {one_of(words)}, found {_shown(value)}{hint}")
            return default or words[0]
        return value

    def table(self, key: str) -> Reader | None:
        """Return the table at a key, None where it is absent."""
        value = self.value(key)
        if value is None:
            return None
        return self.as_table(value, (*self.path, key))

    def as_table(self, value: object, path: Path) -> Reader | None:
        """Return a value as a table, whatever key or list it stands in."""
        if not isinstance(value, dict):
            self.problems.add(path, f"expected a table, found {kind_of(value)}")
            return None
        return Reader(value, path, self.problems)

    def tables(self, key: str) -> list[Reader]:
        """Return the tables of a list of tables, none where it is absent."""
        value = self.value(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(key, f"expected tables headed [[{key}]], found {kind_of(value)}")
            return []
        read = [self.as_table(item, (*self.path, key, number)) for number, item in enumerate(value)]
        return [table for table in read if table is not None]

    def done(self, known: Iterable[str] = ()) -> None:
        """Note every key that nobody asked for; `known` are further words to offer as what was meant."""
        words = sorted({*self._asked, *known})
        for key in self._table:
            if key not in self._asked:
                hint = nearest(key, words) or f": expected {one_of(words)}"
                self.problem(key, f'"{key}" is not known here{hint}')


def _is_finite(value: int | Decimal) -> bool:
    """Tell whether a number is finite and small enough to be multiplied without filling the memory."""
    if isinstance(value, int):
        return True
    return value.is_finite() and -30 < value.adjusted() < 30  # noqa: PLR2004  # far beyond any number of a rule


def _shown(value: object) -> str:
    """Write a value as it may stand in a message."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value[:40]}"'
    if is_number(value):
        return f"{value}"[:40]
    return kind_of(value)
