"""How much room a source had."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="source_room",
    type=Type.NUMBER,
    unit="per cent",
    scale=1,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("source_room",),
    plain="How much room the source had in this list over the last 28 days, in per cent of a fair share.",
    compute=number_column("source_room"),
)
