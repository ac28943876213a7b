"""The candidate columns: a derived cache of the entries, one mapped file a column (docs/decisions/0003).

The database is the truth. `sync` brings the columns up to it and may be called by anybody: it does nothing while
another process holds the lock, which a running worker does all the time (`hold`). `snapshot` is for readers.
"""

from __future__ import annotations

import errno
import os
import secrets
import zlib
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from aggregator.candidates.disk import Disk, try_lock
from aggregator.candidates.layout import COLUMNS, DEAD, DEAD_TYPE, Header, encode
from aggregator.candidates.leaves import LeafFiles
from aggregator.candidates.meaning import MeaningFiles
from aggregator.candidates.snapshot import EMPTY, map_snapshot
from aggregator.store import entries, values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from aggregator.candidates.snapshot import Snapshot
    from aggregator.model.candidate import ColumnRow

_Stamp: TypeAlias = tuple[int, int, int]
CHUNK = 5_000
"""Rows read from the database at a time."""
COMPACT_FROM = 20_000
"""Dead rows from which on, once they are a third of all, the living are written to files of their own."""


class Columns:
    """The columns in one directory, for the threads of one process."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._directory = directory
        self._disk = disk
        self._turn = Lock()  # one thread of this process syncs at a time
        self._mapping = Lock()
        self._stamp: _Stamp | None = None
        self._current = EMPTY
        self._index: _RowIndex | None = None
        self._held = ExitStack()
        self.leaves = LeafFiles(directory, disk)
        self.meaning = MeaningFiles(directory, disk)
        self._holds = False

    @classmethod
    def open(cls, directory: Path, *, disk: Disk | None = None) -> Columns:
        """Open the columns of `directory`, which need not be there yet."""
        return cls(directory, disk or Disk())

    def snapshot(self) -> Snapshot:
        """Give the newest whole state: one `stat` where nothing moved. Empty where there is none to be read."""
        stamp = self._header_stamp()
        if stamp is None:
            return EMPTY
        if stamp != self._stamp:
            with self._mapping, suppress(OSError):  # no file or memory left to map with: the older state will do
                if stamp != self._stamp:
                    self._current = self._load(stamp)
                    self._stamp = stamp
        return self._current

    def hold(self) -> bool:
        """Keep the writer's lock until `close`, as the worker does; gives whether it was free."""
        with self._turn:
            if not self._holds:
                self._disk.make_folder(self._directory)
                self._holds = self._held.enter_context(try_lock(self._lock_path))
            return self._holds

    def close(self) -> None:
        """Let go of the lock."""
        with self._turn:
            self._held.close()
            self._holds = False

    def sync(self, conn: Connection, *, wait: bool = True) -> bool:
        """Bring the columns to the database's data version; False where another process has the lock.

        `wait` False: nor wait for another thread of this process that is at it.
        A header that is corrupt, foreign, or ahead of the database, and files that are not what was written,
        lead to a rebuild. Raises OSError where the disk refuses; what was there before stays readable.
        """
        if not self._turn.acquire(blocking=wait):
            return False
        with ExitStack() as stack:
            stack.callback(self._turn.release)
            self._disk.make_folder(self._directory)
            if not self._holds and not stack.enter_context(try_lock(self._lock_path)):
                return False
            self._follow(conn)
            return True

    @property
    def _lock_path(self) -> Path:
        return self._directory / "lock"

    @property
    def _header_path(self) -> Path:
        return self._directory / "header"

    def _header_stamp(self) -> _Stamp | None:
        try:
            found = os.stat(self._header_path)  # noqa: PTH116  # a third of the cost of Path.stat, on every page
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _load(self, stamp: _Stamp) -> Snapshot:
        """Map what the header counts; twice, since a new generation may take the files away between the two.

        Columns that are broken lose their header: that is what makes whoever holds the lock build them anew.
        """
        for _ in range(2):
            with suppress(ValueError, KeyError, TypeError, FileNotFoundError):
                header = Header.from_bytes(self._header_path.read_bytes())
                return map_snapshot(self._directory, header, self._current)
        if self._header_stamp() == stamp:
            self._header_path.unlink(missing_ok=True)
        return EMPTY

    def _follow(self, conn: Connection) -> None:
        target = values.data_version(conn)
        identity = values.database_identity(conn)
        now = self.snapshot()
        if self._header_stamp() not in {None, self._stamp}:  # it could not be mapped: nothing may be written over it
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        if now.header.database != identity or now.version > target:
            now = EMPTY
        elif now.version == target:
            return
        header = now.header
        if now is EMPTY:
            header = Header(database=identity, generation=self._new_generation())
        index, self._index = self._index, None  # a failure half way leaves none rather than a wrong one
        if index is None or (index.generation, index.rows) != (header.generation, header.rows):
            index = _RowIndex(header.generation, now)
        newest = header.version
        while rows := entries.changed_since(conn, newest, CHUNK):
            header = self._append(header, rows, index)
            newest = rows[-1].version
        header = replace(header, version=target)
        if header.dead >= COMPACT_FROM and header.dead * 3 >= header.rows:
            header = self._compact(header)
        self._publish(header)
        self._index = index

    def _append(self, header: Header, rows: Sequence[ColumnRow], index: _RowIndex) -> Header:
        """Write rows behind what counts, and the numbers of the rows they replace; nothing counts yet."""
        living = [row for row in rows if not row.deleted]
        old = index.replace(
            [row.entry_id for row in living], [row.entry_id for row in rows if row.deleted], header.rows
        )
        arrays, languages = encode(living, header.languages)
        sums = dict(header.sums)
        for name, array in {**arrays, DEAD: old.astype(DEAD_TYPE)}.items():
            data = array.tobytes()
            path = self._directory / header.generation / name
            self._disk.write(path, header.length(name) * array.dtype.itemsize, data)
            sums[name] = zlib.crc32(data, sums[name])
        return replace(
            header,
            rows=header.rows + len(living),
            dead=header.dead + len(old),
            languages=languages,
            sums=sums,
        )

    def _compact(self, header: Header) -> Header:
        """Write the living rows into a generation of their own."""
        full = map_snapshot(self._directory, header, EMPTY)
        generation = self._new_generation(keep=header.generation)
        sums = dict.fromkeys(header.sums, 0)
        for name in COLUMNS:
            data = full.columns[name][full.alive].tobytes()
            self._disk.write(self._directory / generation / name, 0, data)
            sums[name] = zlib.crc32(data)
        rows = int(np.count_nonzero(full.alive))
        return replace(header, generation=generation, rows=rows, dead=0, sums=sums)

    def _new_generation(self, keep: str | None = None) -> str:
        """Make a folder for files that are written anew, after dropping what failed attempts left behind."""
        counted = self.snapshot().header.generation
        self._drop_all_but({counted, keep or counted})
        generation = secrets.token_hex(8)
        self._disk.make_folder(self._directory / generation)
        return generation

    def _publish(self, header: Header) -> None:
        """Let `header` count, then drop the files that no longer do."""
        made = self._directory / "header.new"
        made.unlink(missing_ok=True)
        self._disk.write(made, 0, header.to_bytes())
        self._disk.replace(made, self._header_path)
        self._drop_all_but({header.generation})

    def _drop_all_but(self, generations: set[str]) -> None:
        for folder in self._directory.iterdir():
            if folder.is_dir() and folder.name not in generations:
                self._disk.delete_folder(folder)


class _RowIndex:
    """The living row of each entry, -1 where there is none: 4 bytes an entry id ever given."""

    def __init__(self, generation: str, snapshot: Snapshot) -> None:
        self.generation = generation
        self.rows = snapshot.header.rows
        living = np.flatnonzero(snapshot.alive)
        ids = snapshot.columns["entry_id"][living]
        self._row_of = np.full(int(ids.max()) + 1 if len(ids) else 0, -1, dtype=np.int32)
        self._row_of[ids] = living

    def replace(self, living: Sequence[int], deleted: Sequence[int], first_row: int) -> NDArray[np.int32]:
        """Note that `living` entries now stand in the rows from `first_row` on; gives the rows that died."""
        ids = np.array([*living, *deleted], dtype=np.int64)
        largest = int(ids.max())
        if largest >= len(self._row_of):
            grown = np.full(max(largest + 1, len(self._row_of) * 5 // 4), -1, dtype=np.int32)
            grown[: len(self._row_of)] = self._row_of
            self._row_of = grown
        old = self._row_of[ids]
        self._row_of[ids[: len(living)]] = np.arange(first_row, first_row + len(living))
        self._row_of[ids[len(living) :]] = -1
        self.rows = first_row + len(living)
        return old[old >= 0]
