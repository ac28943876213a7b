"""A snapshot: the columns as they stood at one data version, mapped read-only."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aggregator.candidates.layout import COLUMNS, DEAD, FILES, Header

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from aggregator.candidates.layout import Array

BLOCK = 4096
"""Rows a block summary stands for. Rows lie in the order of arrival, so that most blocks are wholly old."""


class ColumnsBrokenError(ValueError):
    """A column file is too short, or not what was written; the columns are built anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Arrays of `rows` values by column name (layout.COLUMNS) at data version `version`.

    `newest_in_block` is the largest `time` of each block; `alive` is False for rows replaced or deleted since.
    `newest_arrival` is the largest first_seen (s), 0 without rows.
    """

    header: Header
    columns: Mapping[str, Array]
    alive: NDArray[np.bool_]
    newest_in_block: NDArray[np.int64]
    newest_arrival: int

    @property
    def version(self) -> int:
        """The data version of the database these columns stand at."""
        return self.header.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The vocabulary of the column `language`."""
        return self.header.languages

    def rows_after(self, time: int) -> NDArray[np.int64]:
        """Numbers of the rows of all blocks that hold a `time` later than this, in the order of arrival."""
        blocks = np.flatnonzero(self.newest_in_block > time)
        if len(blocks) == 0:
            return np.empty(0, dtype=np.int64)
        rows = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        return rows[rows < self.header.rows]


EMPTY = Snapshot(
    header=Header(database="", generation=""),
    columns={name: np.empty(0, dtype=kind) for name, kind in COLUMNS.items()},
    alive=np.empty(0, dtype=np.bool_),
    newest_in_block=np.empty(0, dtype=np.int64),
    newest_arrival=0,
)
"""What a reader has before anything was written."""


def map_snapshot(folder: Path, header: Header, before: Snapshot) -> Snapshot:
    """Map what `header` counts. Raises ColumnsBrokenError, FileNotFoundError, OSError where nothing can be mapped.

    Checksums are verified as far as `before` (an earlier snapshot of this process) has not done so already.
    """
    grown = before if before.header.generation == header.generation and before.header.rows <= header.rows else EMPTY
    files = {name: _map(folder / header.generation / name, kind, header.length(name)) for name, kind in FILES.items()}
    for name, values in files.items():
        known = grown.header.length(name)
        if zlib.crc32(values[known:].data, grown.header.sums[name]) != header.sums[name]:
            raise ColumnsBrokenError(f"{name} is not what was written")
    dead = files.pop(DEAD)
    if len(dead) and not 0 <= dead.min() <= dead.max() < header.rows:
        raise ColumnsBrokenError("a dead row that is none")
    alive = np.ones(header.rows, dtype=np.bool_)
    alive[dead] = False
    whole = min(len(grown.newest_in_block), grown.header.rows // BLOCK)
    newest = np.concatenate([grown.newest_in_block[:whole], _newest_in_block(files["time"][whole * BLOCK :])])
    arrived = files["first_seen"][grown.header.rows :]
    arrival = max(grown.newest_arrival, int(arrived.max()) if len(arrived) else 0)
    return Snapshot(header, files, alive, newest, arrival)


def _newest_in_block(times: Array) -> NDArray[np.int64]:
    if len(times) == 0:
        return np.empty(0, dtype=np.int64)
    newest: NDArray[np.int64] = np.maximum.reduceat(times, np.arange(0, len(times), BLOCK))
    return newest


def _map(path: Path, kind: np.dtype[np.generic], length: int) -> Array:
    """Map `length` values. A mapping beyond a file's end would kill the process on access: measured first."""
    if length == 0:
        return np.empty(0, dtype=kind)
    if path.stat().st_size < length * kind.itemsize:
        raise ColumnsBrokenError(f"{path.name} is too short")
    return np.memmap(path, dtype=kind, mode="r", shape=(length,)).view(np.ndarray)
