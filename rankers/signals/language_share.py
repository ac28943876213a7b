"""How common a language is in a list."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="language_share",
    type=Type.SHARE,
    unit="millionths",
    scale=1000000,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("language_share",),
    plain="Which share of this list's entries of the last 28 days is in the same language.",
    compute=number_column("language_share"),
)
