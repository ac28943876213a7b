"""Curves: from a fact's count of smallest units to a share in millionths, 0 to 1,000,000 (ranking-semantics 4).

All integer arithmetic; `halves_every` is defined by mathematics, not by a library: the float is only a quick way to
an integer that is checked wherever it could be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

ONE = 1_000_000
"""A whole, in millionths."""
_WIDEST_LOOKED_UP = 32_768
"""Curves whose ends are no further apart keep a list of their shares: a look-up is a third of the arithmetic."""
_GUARD = 0.4999
_FIXED_BITS = 200
_HALVINGS_TO_NOTHING = 60


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
        if self.high - self.low <= _WIDEST_LOOKED_UP:
            return _look_up(self, self.low, self.high, counts)
        return self.exactly(counts)

    def exactly(self, counts: Counts) -> Counts:
        """Work each share out, without looking it up."""
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
        if self.high - self.low <= _WIDEST_LOOKED_UP:
            return _look_up(self, self.low, self.high, counts)
        return self.exactly(counts)

    def exactly(self, counts: Counts) -> Counts:
        """Work each share out, without looking it up."""
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
        low, high = self.rows[0][0], self.rows[-1][0]
        return _look_up(self, low, high, counts) if high - low <= _WIDEST_LOOKED_UP else self.exactly(counts)

    def exactly(self, counts: Counts) -> Counts:
        """Work each share out, without looking it up."""
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


def _look_up(curve: Rises | Falls | Table, low: int, high: int, counts: Counts) -> Counts:
    """Look the shares up in a list that holds one for each count between the curve's ends."""
    inside = np.clip(counts, low, high)
    inside -= low
    return _shares_between(curve, low, high)[inside]


@lru_cache(maxsize=64)
def _shares_between(curve: Rises | Falls | Table, low: int, high: int) -> Counts:
    return curve.exactly(np.arange(low, high + 1, dtype=np.int64))


Curve = Halves | Rises | Falls | AtLeast | AtMost | Table | AsItIs


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
