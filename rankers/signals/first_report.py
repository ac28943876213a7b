"""Who reported first."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, flag_column

SIGNAL = Signal(
    name="first_report",
    type=Type.YES_NO,
    unit="yes or no",
    scale=1,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("first_report",),
    plain="Whether the entry was the first of its story.",
    compute=flag_column("first_report"),
)
