"""What the models of meaning found, a value a row of the columns: stories, copies, vectors, nearness to topics.

Stories and copies are followed in memory by data version, 4 bytes a row; vectors and nearness lie in files beside the
columns, as word tests do: a row never changes, so neither does its vector, and what is unknown is asked for again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from aggregator.model.ids import EntryId
from aggregator.semantic.numbers import from_half, int8_of, likeness
from aggregator.store import stories, vectors
from rankers import Numbers, Vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from aggregator.candidates.disk import Disk
    from aggregator.candidates.layout import Array
    from aggregator.candidates.snapshot import Snapshot

    Changed = Callable[[Connection, int, int], tuple[tuple[int, int, int], ...]]
    NumbersOf = Callable[[Connection, Sequence[int]], dict[int, int]]

CHUNK = 5_000
PRESENT, ABSENT = 1, 2
"""Codes of a row's vector; 0 is unknown. ABSENT: the model cannot read the entry."""
BLOCK = 8_192
"""Rows whose vectors are in memory at a time."""


class Followed:
    """One number an entry, 0 where there is none, by row of a snapshot."""

    def __init__(self, changed: Changed, of: NumbersOf) -> None:
        self._changed = changed
        self._of = of
        self._turn = Lock()
        self._generation = ""
        self._version = 0
        self._values = np.zeros(0, dtype=np.int32)

    def rows(self, conn: Connection, snapshot: Snapshot) -> NDArray[np.int32]:
        """Give the numbers of all rows, as the database has them now."""
        with self._turn:
            if self._generation != snapshot.header.generation or len(self._values) > snapshot.header.rows:
                self._generation, self._version = snapshot.header.generation, 0
                self._values = np.zeros(0, dtype=np.int32)
            known = len(self._values)
            ids = snapshot.columns["entry_id"]
            held = np.concatenate([self._values, np.zeros(snapshot.header.rows - known, dtype=np.int32)])
            if self._version and known < len(held):
                of = self._of(conn, ids[known:].tolist())
                held[known:] = [of.get(entry_id, 0) for entry_id in ids[known:].tolist()]
            order: NDArray[np.intp] | None = None
            while found := self._changed(conn, self._version, CHUNK):
                if order is None:
                    alive = np.flatnonzero(snapshot.alive)
                    order = alive[np.argsort(ids[alive], kind="stable")]
                _put(held, ids, order, found)
                self._version = found[-1][1]
            self._values = held
            return held


def _put(
    held: NDArray[np.int32], ids: NDArray[np.int64], order: NDArray[np.intp], found: Sequence[tuple[int, int, int]]
) -> None:
    asked = np.array([entry_id for entry_id, _, _ in found], dtype=np.int64)
    numbers = np.array([number for _, _, number in found], dtype=np.int32)
    sorted_ids = ids[order]
    places = np.searchsorted(sorted_ids, asked)
    there = places < len(sorted_ids)
    there[there] = sorted_ids[places[there]] == asked[there]
    held[order[places[there]]] = numbers[there]


class MeaningFiles:
    """Stories, copies and vectors beside one directory of columns."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._directory = directory
        self._disk = disk
        self.stories = Followed(stories.stories_changed, stories.stories_of)
        self.copies = Followed(stories.copies_changed, stories.copy_groups_of)

    def vectors(
        self, conn: Connection, snapshot: Snapshot, model: str, dimensions: int, rows: NDArray[np.int64]
    ) -> Vectors:
        """Give the int8 vectors of some rows; those not known yet are read from the database."""
        path = self._path(snapshot, f"vector\n{model}")
        kind = np.dtype([("code", "u1"), ("vector", "i1", (dimensions,))])
        held = _read(path, kind, rows)
        unknown = np.flatnonzero(held["code"] == 0)
        for start in range(0, len(unknown), CHUNK):
            part = unknown[start : start + CHUNK]
            entry_ids = snapshot.columns["entry_id"][rows[part]].tolist()
            found = vectors.of_entries(conn, model, [EntryId(each) for each in entry_ids])
            known = [
                (place, found[entry_id]) for place, entry_id in zip(part, entry_ids, strict=True) if entry_id in found
            ]
            for place, packed in known:
                held["code"][place] = ABSENT if packed is None else PRESENT
                if packed is not None:
                    held["vector"][place] = int8_of(from_half(packed))
            self._keep(path, kind, rows, held, [place for place, _ in known])
        return Vectors(held["vector"], held["code"] == PRESENT)

    def nearness(
        self,
        conn: Connection,
        snapshot: Snapshot,
        model: str,
        topics: Sequence[bytes],
        rows: NDArray[np.int64],
    ) -> Numbers:
        """Give how near some rows are to the nearest of a topic's vectors (packed), in millionths."""
        best = np.zeros(len(rows), dtype=np.int64)
        present = np.ones(len(rows), dtype=np.bool_)
        for packed in topics:
            values, known = self._near(conn, snapshot, model, packed, rows)
            best, present = np.maximum(best, values), present & known
        return Numbers(best, present)

    def _near(
        self, conn: Connection, snapshot: Snapshot, model: str, packed: bytes, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        path = self._path(snapshot, f"topic\n{model}\n{packed.hex()}")
        kind = np.dtype("<i4")  # the nearness and one, 0 where unknown
        held = _read(path, kind, rows)
        topic = int8_of(from_half(packed))
        unknown = np.flatnonzero(held == 0)
        for start in range(0, len(unknown), BLOCK):
            part = unknown[start : start + BLOCK]
            found = self.vectors(conn, snapshot, model, len(topic), rows[part])
            held[part] = np.where(found.present, likeness(found.values, topic) + 1, 0)
        self._keep(path, kind, rows, held, unknown[held[unknown] != 0])
        return np.maximum(held.astype(np.int64) - 1, 0), held > 0

    def _path(self, snapshot: Snapshot, name: str) -> Path:
        hashed = hashlib.sha256(name.encode()).hexdigest()[:32]
        return self._directory / snapshot.header.generation / f"meaning-{hashed}"

    def _keep(
        self,
        path: Path,
        kind: np.dtype[Any],
        rows: NDArray[np.int64],
        values: Array,
        places: Sequence[int] | NDArray[np.intp],
    ) -> None:
        """Write the stretch from the first to the last of these places in one go, what stands between them kept."""
        if len(places) == 0:
            return
        chosen = rows[np.asarray(places)]
        first, last = int(chosen.min()), int(chosen.max())
        stretch = _read(path, kind, np.arange(first, last + 1))
        stretch[chosen - first] = values[np.asarray(places)]
        with suppress(OSError):  # a full disk costs the work again next time, nothing else
            self._disk.write(path, first * kind.itemsize, stretch.tobytes())


def _read(path: Path, kind: np.dtype[Any], rows: NDArray[np.int64]) -> Array:
    """Read the records of some rows; zeros where the file is missing or ends before."""
    found = np.zeros(len(rows), dtype=kind)
    if len(rows) == 0:
        return found
    first, last = int(rows.min()), int(rows.max())
    try:
        held = np.fromfile(path, dtype=kind, offset=first * kind.itemsize, count=last + 1 - first)
    except OSError:
        return found
    inside = rows - first < len(held)
    found[inside] = held[rows[inside] - first]
    return found
