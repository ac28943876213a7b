"""Which entries a kept search finds: by its words, or by likeness in meaning, and by what narrows it down.

Words are looked for as rules look for them, and the results kept beside the columns (leaves.py, meaning.py): a row
never changes, so neither does the answer. Whoever did not agree to being found by search is found by none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from aggregator.candidates.layout import KINDS, RESERVED

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from aggregator.candidates.columns import Columns
    from aggregator.candidates.snapshot import Snapshot
    from aggregator.model.readinglist import Search
    from rankers import TextLeaf

Finds: TypeAlias = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""Tells for rows of a snapshot which of them are found."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sought:
    """A kept search made ready: the words as patterns of text, all of which have to hold, and its meaning.

    `model` and `vector` (packed) are those of its words; None where no model has read them yet: then words alone find.
    """

    search: Search
    leaves: tuple[TextLeaf, ...]
    model: str | None = None
    vector: bytes | None = None


def finder(columns: Columns, conn: Connection, snapshot: Snapshot, sought: Sought) -> Finds:
    """Give what tells which rows of a snapshot a kept search finds."""
    search = sought.search
    first = _second(search.since) if search.since else None
    last = _second(search.until + _DAY) if search.until else None

    def finds(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (snapshot.columns["marks"][rows] & RESERVED) == 0
        time = snapshot.columns["time"][rows]
        if search.kind is not None:
            found &= snapshot.columns["kind"][rows] == KINDS.index(search.kind)
        if first is not None:
            found &= time >= first
        if last is not None:
            found &= time < last
        asked = np.flatnonzero(found)
        found[asked] = _says(columns, conn, snapshot, sought, rows[asked])
        return found

    return finds


def _says(
    columns: Columns, conn: Connection, snapshot: Snapshot, sought: Sought, rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which rows hold all words, or are like them."""
    bits = columns.leaves.bits(conn, snapshot, sought.leaves, rows)
    found = np.ones(len(rows), dtype=np.bool_)
    for held in bits.values():
        found &= held
    if sought.model is None or sought.vector is None or sought.search.likeness is None:
        return found
    near = columns.meaning.nearness(conn, snapshot, sought.model, [sought.vector], rows)
    return found | (near.present & (near.values >= sought.search.likeness * 10_000))


def _second(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
