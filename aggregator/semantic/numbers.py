"""Vectors as they are kept and as rules read them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TITLE_WEIGHT = 2.0
"""How often a title counts beside the beginning of its text: fitted, tests/long/meaning.py."""


def mixed(titles: NDArray[np.float32], texts: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mix the vectors of titles and of texts into those of entries, of length one."""
    both = TITLE_WEIGHT * titles + texts
    return of_length_one(both)


def of_length_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors, a row each, scaled to the length one; what has no length stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
    return scaled


def to_half(vector: NDArray[np.float32]) -> bytes:
    """Pack a vector for the store."""
    return vector.astype("<f2").tobytes()


def from_half(packed: bytes) -> NDArray[np.float32]:
    """Unpack a vector; of length one but for the rounding."""
    return np.frombuffer(packed, dtype="<f2").astype(np.float32)


def int8_of(vector: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return a vector as rules read it: rint(127 * v / max|v|) (ranking-semantics 6)."""
    largest = float(np.abs(vector).max(initial=0.0))
    if largest == 0.0:
        return np.zeros(len(vector), dtype=np.int8)
    return np.rint(127.0 * vector.astype(np.float64) / largest).astype(np.int8)


def likeness(vectors: NDArray[np.int8], other: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return the cosine of int8 vectors, a row each, and another one, in millionths, nothing below 0.

    `rd(10^6 a.b, isqrt(a.a) isqrt(b.b))`. The sums are whole numbers below 2^24 up to 1,040 numbers a vector, so that
    float32 holds them exactly in whatever order they are added.
    """
    exact = "f4" if len(other) <= 1_040 else "f8"  # noqa: PLR2004  # 127 * 127 * 1040 < 2^24
    rows: NDArray[np.floating[Any]] = vectors.astype(exact)
    one: NDArray[np.floating[Any]] = other.astype(exact)
    dots = (rows @ one).astype(np.int64)
    squares = np.einsum("ij,ij->i", rows, rows).astype(np.int64)
    lengths = np.floor(np.sqrt(squares.astype(np.float64))).astype(np.int64)
    scale = lengths * int(np.floor(np.sqrt(float(one @ one))))
    quotient, rest = np.divmod(np.maximum(dots, 0) * 1_000_000, np.maximum(scale, 1))
    up = (2 * rest > scale) | ((2 * rest == scale) & (quotient % 2 == 1))
    near: NDArray[np.int64] = np.minimum(quotient + up, 1_000_000)
    return np.where(scale > 0, near, 0)
