"""How long a text is."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="words",
    type=Type.NUMBER,
    unit="words",
    scale=1,
    provenance=Provenance.CONTENT,
    reads=("words",),
    plain="How many words the longest text has that we hold.",
    compute=number_column("words"),
)
