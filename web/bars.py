"""How wide points are drawn. Pure; everything in tenths of a point and in hundredths of the width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rankers import TermResult

WHOLE = 100
GAP = 1


@dataclass(frozen=True, slots=True)
class Scale:
    """`minus` and `plus` are the tenths of a point that the width has room for on either side of zero."""

    minus: int
    plus: int

    @property
    def axis(self) -> float:
        """Where zero is."""
        return round(WHOLE * self.minus / self._all, 2)

    def width(self, tenths: int) -> float:
        """Return the width of a bar."""
        return round(min(WHOLE, WHOLE * abs(tenths) / self._all), 2)

    def start(self, tenths: int) -> float:
        """Return where a bar begins: negative ones end at zero."""
        return round(self.axis - self.width(tenths), 2) if tenths < 0 else self.axis

    def pieces(self, terms: Sequence[TermResult]) -> list[tuple[float, float]]:
        """Return (start, width) of every positive term, one behind the other with a gap between them."""
        start, found = self.axis, []
        for term in terms:
            if term.tenths > 0:
                width = self.width(term.tenths)
                found.append((round(start, 2), round(max(width - GAP, GAP / 2), 2)))
                start += width
        return found

    def taken(self, terms: Sequence[TermResult]) -> float:
        """Return the width of all negative terms together."""
        return self.width(sum(term.tenths for term in terms if term.tenths < 0))

    @property
    def _all(self) -> int:
        return (self.minus + self.plus) or 1


def bar_scale(points: Sequence[int]) -> Scale:
    """Make the scale on which the largest line of a rule fills its side."""
    return Scale(10 * max((-p for p in points if p < 0), default=0), 10 * max((p for p in points if p > 0), default=0))


def strip_scale(points: Sequence[int]) -> Scale:
    """Make the scale on which all lines of a rule together fill the width."""
    return Scale(10 * sum(-p for p in points if p < 0), 10 * sum(p for p in points if p > 0))
