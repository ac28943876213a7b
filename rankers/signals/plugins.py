"""Signals of other packages, found by the entry point `broadsheet.signals`.

They come through the door our own signals come through: a `Signal`, listed by name. What is not ours is held to its
declaration while it runs: it sees the columns it declares and no more, and what it returns is looked at. A plug-in
that cannot be admitted is named in `problems` and left out; the rest goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import numpy as np

from rankers.candidates import Numbers
from rankers.problems import SignalError
from rankers.signals.signal import Provenance, Signal, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.metadata import EntryPoint

    from rankers.candidates import CandidateTable
    from rankers.signals.signal import Compute

GROUP = "broadsheet.signals"
LARGEST = 10**15  # a fact this far from 0 still leaves room for what curves do with it
COLUMNS = frozenset({
    "now", "day", "time", "age_known", "source_pace", "words", "language_share", "folder_share", "source_room",
    "story_sources", "pick", "language", "source", "owner", "feed", "kind", "story", "folder", "has", "paid", "copy",
    "first_report",
})  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
_LONGEST_PLAIN = 200
_MOST_SCALE = 10**9


@dataclass(frozen=True, slots=True)
class Admitted:
    """The signals that may be used, by name, and a sentence for each plug-in that may not."""

    signals: Mapping[str, Signal]
    problems: tuple[str, ...]


def found() -> tuple[EntryPoint, ...]:
    """Return what the installed packages offer, in the order of their names."""
    return tuple(sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)))


def admit(offered: Iterable[EntryPoint], taken: Iterable[str]) -> Admitted:
    """Load what is offered; `taken` are names that are facts already."""
    signals: dict[str, Signal] = {}
    problems: list[str] = []
    names = set(taken)
    for point in offered:
        origin = point.dist.name if point.dist else point.value
        try:
            signal = point.load()
        except Exception as fault:  # noqa: BLE001  # a stranger's module may raise anything while it is imported
            problems.append(f"{origin}: {point.value} cannot be loaded: {type(fault).__name__}: {fault}")
            continue
        wrong = [f"{origin}: {point.value} {problem}" for problem in _problems(signal, names)]
        if wrong:
            problems += wrong
            continue
        names.add(signal.name)
        signals[signal.name] = replace(signal, origin=origin, compute=_held(signal, origin))
    return Admitted(signals, tuple(problems))


def _problems(offered: object, taken: set[str]) -> Iterator[str]:
    if not isinstance(offered, Signal):
        yield f"is {type(offered).__name__}, not a Signal"
        return
    signal: Any = offered  # a stranger's: nothing of its fields is sure yet
    if not isinstance(signal.name, str) or not _NAME.fullmatch(signal.name):
        yield f"has a name of another form than lower_case: {signal.name!r}"
    if signal.name in taken:
        yield f"has a name that is a fact already: {signal.name}"
    if not isinstance(signal.provenance, Provenance) or not isinstance(signal.type, Type):
        yield "has a type or provenance there is not; what readers do is none of them"
    if not signal.reads or set(signal.reads) - COLUMNS:
        yield f"must read some of the columns there are, and reads {', '.join(sorted(set(signal.reads) - COLUMNS))}"
    if not isinstance(signal.scale, int) or not 1 <= signal.scale <= _MOST_SCALE:
        yield f"has a scale that is not 1 to {_MOST_SCALE}: {signal.scale}"
    if not isinstance(signal.plain, str) or not 1 <= len(signal.plain.strip()) <= _LONGEST_PLAIN:
        yield f"needs a plain sentence of at most {_LONGEST_PLAIN} characters"


def _held(signal: Signal, origin: str) -> Compute:
    """Return the signal's function within its bounds. It raises SignalError where the plug-in does what it may not."""
    run, reads = signal.compute, frozenset(signal.reads)
    low, high = {Type.SHARE: (0, 1_000_000), Type.YES_NO: (0, 1)}.get(signal.type, (-LARGEST, LARGEST))

    def compute(table: CandidateTable, seed: str) -> Numbers | None:
        try:
            numbers = run(table.only(reads), seed)
        except Exception as fault:
            raise SignalError(signal.name, origin, f"{type(fault).__name__}: {fault}") from fault
        if numbers is not None and (problem := _wrong(numbers, len(table), low, high)):
            raise SignalError(signal.name, origin, problem)
        return numbers

    return compute


def _wrong(numbers: object, size: int, low: int, high: int) -> str:
    if not isinstance(numbers, Numbers):
        return f"gave {type(numbers).__name__}, not Numbers"
    columns: tuple[tuple[Any, type[np.generic]], ...] = ((numbers.values, np.int64), (numbers.present, np.bool_))
    for array, kind in columns:
        if not isinstance(array, np.ndarray) or array.dtype != kind or array.shape != (size,):
            return f"gave something else than {np.dtype(kind).name} for each of {size} rows"
    told = numbers.values[numbers.present]
    if told.size and (told.min() < low or told.max() > high):
        return f"gave a number that is not {low} to {high}"
    return ""
