"""Reprinted texts."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, flag_column

SIGNAL = Signal(
    name="copy",
    type=Type.YES_NO,
    unit="yes or no",
    scale=1,
    provenance=Provenance.CONTENT,
    reads=("copy",),
    plain="Whether the text is nearly the same as an earlier one of another source.",
    compute=flag_column("copy"),
)
