"""Vectors as they are kept and as rules read them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TITLE_WEIGHT = 2.0
"""How often a title counts beside the beginning of its text: fitted, tests/benchmarks/bench_meaning.py."""


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
