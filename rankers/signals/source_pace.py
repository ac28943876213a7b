"""How much a source posts."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="source_pace",
    type=Type.NUMBER,
    unit="thousandths of an entry a day",
    scale=1000,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("source_pace",),
    plain="How many entries a day the source posted over the last 28 days.",
    compute=number_column("source_pace"),
)
