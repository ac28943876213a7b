"""A signal of a plug-in: whether an entry is read in three minutes."""

from __future__ import annotations

from rankers.candidates import CandidateTable, Numbers
from rankers.signals.signal import Provenance, Signal, Type

MOST_WORDS = 690


def _short(table: CandidateTable, _seed: str) -> Numbers | None:
    words = table.numbers.get("words")
    if words is None:
        return None
    return Numbers((words.values <= MOST_WORDS).astype("int64"), words.present)


SIGNAL = Signal(
    name="short_read",
    type=Type.YES_NO,
    unit="yes or no",
    scale=1,
    provenance=Provenance.CONTENT,
    reads=("words",),
    plain="Whether it is read in three minutes.",
    compute=_short,
)
