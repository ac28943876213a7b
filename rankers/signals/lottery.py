"""Chance that anyone can recompute: one number for each source and day (ranking-semantics 4)."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rankers.candidates import Numbers
from rankers.signals.signal import Provenance, Signal, Type

if TYPE_CHECKING:
    from rankers.candidates import CandidateTable


@lru_cache(maxsize=16384)
def draw(seed: str, day: str, source: str) -> int:
    """Return the number drawn for a source on a day, 0 to 999,999."""
    digest = hashlib.sha256(f"lottery/1\n{seed}\n{day}\n{source}".encode()).digest()
    return int.from_bytes(digest[:8]) * 1_000_000 >> 64


def _drawn(table: CandidateTable, seed: str) -> Numbers | None:
    sources = table.labels.get("source")
    if sources is None:
        return None
    here = np.unique(sources.codes)
    numbers = np.zeros(len(sources.vocabulary) + 1, dtype=np.int64)  # the last one is for code -1
    for code in here[here >= 0].tolist():
        numbers[code] = draw(seed, table.day, sources.vocabulary[code])
    return Numbers(numbers[sources.codes], sources.codes >= 0)


SIGNAL = Signal(
    name="lottery",
    type=Type.SHARE,
    unit="millionths",
    scale=1_000_000,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("source", "day"),
    plain="A number drawn by lot for each source and day, the same for all its entries.",
    compute=_drawn,
)
