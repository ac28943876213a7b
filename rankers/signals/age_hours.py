"""How old an entry is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rankers.candidates import Numbers
from rankers.signals.signal import Provenance, Signal, Type

if TYPE_CHECKING:
    from rankers.candidates import CandidateTable


def _age(table: CandidateTable, _seed: str) -> Numbers:
    return Numbers(np.maximum(table.now - table.time, 0), table.age_known)


SIGNAL = Signal(
    name="age_hours",
    type=Type.NUMBER,
    unit="seconds",
    scale=3600,
    provenance=Provenance.TIME,
    reads=("time", "age_known"),
    plain="How long ago the entry was published, or first seen where it has no date.",
    compute=_age,
)
