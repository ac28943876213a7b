"""How common a folder is in a list."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="folder_share",
    type=Type.SHARE,
    unit="millionths",
    scale=1000000,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("folder_share",),
    plain="Which share of this list's entries of the last 28 days stands in the same folder.",
    compute=number_column("folder_share"),
)
