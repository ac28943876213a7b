"""How many tell the same story."""

from __future__ import annotations

from rankers.signals.signal import Provenance, Signal, Type, number_column

SIGNAL = Signal(
    name="story_sources",
    type=Type.NUMBER,
    unit="independent sources",
    scale=1,
    provenance=Provenance.COUNT_IN_CORPUS,
    reads=("story_sources",),
    plain="How many independent sources report the same story, counted up to 20.",
    compute=number_column("story_sources"),
)
