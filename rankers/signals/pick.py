"""An editor's pick."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="pick",
    type=Type.NUMBER,
    unit="places",
    scale=1,
    provenance=Provenance.GROUP_DECISION,
    reads=("pick",),
    plain="The place at which an editor, by name, picked the entry.",
    compute=number_column("pick"),
)
