"""Paid posts."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, flag_column

SIGNAL = Signal(
    name="paid",
    type=Type.YES_NO,
    unit="yes or no",
    scale=1,
    provenance=Provenance.DECLARED_BY_SOURCE,
    reads=("paid",),
    plain="Whether the publisher marked the entry as paid for.",
    compute=flag_column("paid"),
)
