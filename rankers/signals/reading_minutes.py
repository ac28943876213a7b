"""How long reading takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rankers.candidates import Numbers
from rankers.signals.signal import Provenance, Signal, Type

if TYPE_CHECKING:
    from rankers.candidates import CandidateTable

WORDS_A_MINUTE = 230


def _minutes(table: CandidateTable, _seed: str) -> Numbers | None:
    words = table.numbers.get("words")
    if words is None:
        return None
    return Numbers(-(-words.values // WORDS_A_MINUTE), words.present)


SIGNAL = Signal(
    name="reading_minutes",
    type=Type.NUMBER,
    unit="minutes",
    scale=1,
    provenance=Provenance.CONTENT,
    reads=("words",),
    plain="How many minutes reading takes, at 230 words a minute.",
    compute=_minutes,
)
