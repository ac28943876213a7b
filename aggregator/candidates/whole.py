"""Division of whole numbers to the nearest, ties to even: `rd` of ranking-semantics 4, for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def divide(numerator: NDArray[np.int64], denominator: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numerator / denominator rounded half to even, for denominators above 0."""
    quotient, rest = np.divmod(numerator, denominator)
    twice = 2 * rest
    up = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    rounded: NDArray[np.int64] = quotient + up
    return rounded
