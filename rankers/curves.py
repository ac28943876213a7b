"""Curves: from a fact's count of smallest units to a share in millionths, 0 to 1,000,000 (ranking-semantics 4).

All integer arithmetic; `halves_every` is defined by mathematics, not by a library: the float is only a quick way to
an integer that is checked wherever it could be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from rankers.reading import Reader, kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rankers.signals.signal import Signal

    Counts = NDArray[np.int64]

ONE = 1_000_000
"""A whole, in millionths."""
_GUARD = 0.4999
_FIXED_BITS = 200
_HALVINGS_TO_NOTHING = 60
_SHORTEST_TABLE, _LONGEST_TABLE = 2, 20


@dataclass(frozen=True, slots=True)
class Halves:
    """All of it at 0, half as much after every `every`."""

    kind: ClassVar[str] = "halves_every"
    every: int

    def apply(self, counts: Counts) -> Counts:
        """Return 10^6 * 2^(-x/h) to the nearest integer, ties (x/h whole) to even; x < 0 as 0."""
        counts = np.maximum(counts, 0)
        shares = np.exp2(-(counts / self.every))
        shares *= ONE
        whole = np.rint(shares)
        shares -= whole
        np.abs(shares, out=shares)
        doubtful = np.flatnonzero(shares > _GUARD)
        result = whole.astype(np.int64)
        for place in doubtful:
            result[place] = halved(int(counts[place]), self.every)
        return result

    def canonical(self) -> dict[str, object]:
        """Return the curve as it stands in the canonical rule."""
        return {self.kind: self.every}


@dataclass(frozen=True, slots=True)
class Rises:
    """Nothing up to `low`, all from `high`, straight between."""

    kind: ClassVar[str] = "rises"
    low: int
    high: int

    def apply(self, counts: Counts) -> Counts:
        """Return rd((clamp(x) - a) * 10^6, b - a)."""
        climbed = np.clip(counts, self.low, self.high)
        climbed -= self.low
        climbed *= ONE
        return rounded_quotient(climbed, self.high - self.low)

    def canonical(self) -> dict[str, object]:
        """Return the curve as it stands in the canonical rule."""
        return {self.kind: [self.low, self.high]}


@dataclass(frozen=True, slots=True)
class Falls:
    """All up to `low`, nothing from `high`, straight between."""

    kind: ClassVar[str] = "falls"
    low: int
    high: int

    def apply(self, counts: Counts) -> Counts:
        """Return rd((b - clamp(x)) * 10^6, b - a)."""
        left = self.high - np.clip(counts, self.low, self.high)
        left *= ONE
        return rounded_quotient(left, self.high - self.low)

    def canonical(self) -> dict[str, object]:
        """Return the curve as it stands in the canonical rule."""
        return {self.kind: [self.low, self.high]}


@dataclass(frozen=True, slots=True)
class AtLeast:
    """All from `bound` on, nothing below."""

    kind: ClassVar[str] = "at_least"
    bound: int

    def apply(self, counts: Counts) -> Counts:
        """Return 10^6 where x >= n."""
        return (counts >= self.bound).astype(np.int64) * ONE

    def canonical(self) -> dict[str, object]:
        """Return the curve as it stands in the canonical rule."""
        return {self.kind: self.bound}


@dataclass(frozen=True, slots=True)
class AtMost:
    """All up to `bound`, nothing above."""

    kind: ClassVar[str] = "at_most"
    bound: int

    def apply(self, counts: Counts) -> Counts:
        """Return 10^6 where x <= n."""
        return (counts <= self.bound).astype(np.int64) * ONE

    def canonical(self) -> dict[str, object]:
        """Return the curve as it stands in the canonical rule."""
        return {self.kind: self.bound}


@dataclass(frozen=True, slots=True)
class Table:
    """Straight lines between `rows` of (x, share in millionths), the end shares outside."""

    kind: ClassVar[str] = "table"
    rows: tuple[tuple[int, int], ...]

    def apply(self, counts: Counts) -> Counts:
        """Return y0 + rd((x - x0) * (y1 - y0), x1 - x0) between neighbours."""
        xs = np.array([x for x, _ in self.rows], dtype=np.int64)
        ys = np.array([y for _, y in self.rows], dtype=np.int64)
        inside = np.clip(counts, xs[0], xs[-1])
        left = np.searchsorted(xs[1:-1], inside, side="right")
        widths, climbs = np.diff(xs), np.diff(ys)
        inside -= xs[left]
        inside *= climbs[left]
        return ys[left] + rounded_quotient(inside, widths[left])

    def canonical(self) -> dict[str, object]:
        """Return the curve as it stands in the canonical rule."""
        return {self.kind: [list(row) for row in self.rows]}


@dataclass(frozen=True, slots=True)
class AsItIs:
    """The fact itself, clamped; for facts that are shares or yes/no. `one` is what counts as all of it."""

    kind: ClassVar[str] = "none"
    one: int

    def apply(self, counts: Counts) -> Counts:
        """Return the fact as millionths."""
        shares = np.clip(counts, 0, self.one)
        shares *= ONE // self.one
        return shares

    def canonical(self) -> dict[str, object]:
        """Return nothing: no curve is the default."""
        return {}


Curve = Halves | Rises | Falls | AtLeast | AtMost | Table | AsItIs
_KINDS = ("halves_every", "rises", "falls", "at_least", "at_most", "table")


def rounded_quotient(numerators: Counts, divisors: Counts | int) -> Counts:
    """Return numerators / divisors to the nearest integers, ties to even. Divisors are positive."""
    quotients = numerators // divisors
    twice = numerators - quotients * divisors
    twice *= 2
    quotients += (twice > divisors) | ((twice == divisors) & (quotients & 1).astype(np.bool_))
    return quotients


def rounded_ratio(numerator: int, divisor: int) -> int:
    """Return `numerator / divisor` to the nearest integer, ties to even: `rd` of ranking-semantics 4."""
    quotient, rest = divmod(numerator, divisor)
    return quotient + (2 * rest > divisor or (2 * rest == divisor and quotient % 2 == 1))


def halved(count: int, every: int) -> int:
    """Return 10^6 * 2^(-count/every) to the nearest integer by integers alone, ties to even."""
    halvings, rest = divmod(max(count, 0), every)
    if halvings > _HALVINGS_TO_NOTHING:
        return 0
    if rest == 0:
        return rounded_ratio(ONE, 1 << halvings)
    exponent = rest * _ln2() // every
    term = total = 1 << _FIXED_BITS
    number = 1
    while term:  # the series of exp(-exponent), terms with changing sign
        term = ((term * exponent) >> _FIXED_BITS) // number
        total += term if number % 2 == 0 else -term
        number += 1
    shift = _FIXED_BITS + halvings
    return (ONE * total + (1 << (shift - 1))) >> shift


@cache
def _ln2() -> int:
    """Return ln 2 in fixed point, by the series of 1 / (k * 2^k) with 32 spare bits."""
    spare = 32
    total = sum((1 << (_FIXED_BITS + spare - k)) // k for k in range(1, _FIXED_BITS + spare + 1))
    return total >> spare


def read_curve(line: Reader, signal: Signal) -> Curve:
    """Read the `curve` of a line of a rule; what is wrong with it is noted with the line."""
    if "curve" not in line:
        line.value("curve")
        if signal.is_share or signal.is_yes_no:
            return AsItIs(signal.scale)
        line.problem(None, f'"{signal.name}" needs a curve: only facts that are shares or yes/no go without one')
        return AsItIs(1)
    table = line.table("curve")
    if table is None:
        return AsItIs(1)
    for kind in _KINDS:
        if kind in table:
            table.value(kind)
            break
    else:
        table.done(_KINDS)
        if not table.keys():
            table.problem(None, "expected one of halves_every, rises, falls, at_least, at_most or table")
        return AsItIs(1)
    table.done(_KINDS)
    if kind == "table":
        return _read_table(table, signal)
    if kind in {"rises", "falls"}:
        return _read_slope(table, kind, signal)
    bound = table.scaled(kind, signal.scale, signal.fineness)
    if kind == "halves_every":
        if bound <= 0:
            table.problem(kind, "expected a number above 0")
        return Halves(max(bound, 1))
    return AtLeast(bound) if kind == "at_least" else AtMost(bound)


def _read_slope(table: Reader, kind: str, signal: Signal) -> Curve:
    value = table.value(kind)
    pair = value if isinstance(value, list) else []
    if len(pair) != 2:  # noqa: PLR2004  # a slope has two ends
        table.problem(kind, f"expected two numbers [from, to], found {kind_of(value)}")
        return AsItIs(1)
    low, high = (
        table.as_scaled(end, (*table.path, kind, number), signal.scale, signal.fineness)
        for number, end in enumerate(pair)
    )
    if low >= high:
        table.problem(kind, "expected two numbers of which the first is smaller")
        high = low + 1
    return Rises(low, high) if kind == "rises" else Falls(low, high)


def _read_table(table: Reader, signal: Signal) -> Curve:
    value = table.value("table")
    path = (*table.path, "table")
    if not isinstance(value, list) or not _SHORTEST_TABLE <= len(value) <= _LONGEST_TABLE:
        table.problem("table", f"expected {_SHORTEST_TABLE} to {_LONGEST_TABLE} rows [x, share]")
        return AsItIs(1)
    rows = []
    for number, row in enumerate(value):
        here = (*path, number)
        if not isinstance(row, list) or len(row) != 2:  # noqa: PLR2004  # x and share
            table.problems.add(here, "expected a row [x, share]")
            continue
        x = table.as_scaled(row[0], here, signal.scale, signal.fineness)
        share = table.as_scaled(row[1], here, ONE, "a share is counted in millionths")
        if not 0 <= share <= ONE:
            table.problems.add(here, "expected a share from 0 to 1")
        if rows and x <= rows[-1][0]:
            table.problems.add(here, "expected an x above the one before")
        rows.append((x, share))
    return Table(tuple(rows))
