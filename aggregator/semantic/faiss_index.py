"""The nearest vectors by FAISS: model.ports.VectorIndex in memory, with a file that a worker starts from.

Half-precision numbers with ids: exact to the rounding, 2 bytes a number, and an entry can be taken out again. The file
is a cache. It says by checksum whether it is what was written; whatever else it is, the index is filled anew from the
store, and search goes on by words meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

import faiss
import numpy as np

from aggregator.model.candidate import Hit
from aggregator.model.ids import EntryId

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT = "broadsheet-vectors/1"
MOST = 1_000


class FaissIndex:
    """One model's vectors. Threads may ask while one takes in."""

    def __init__(self, path: Path, model: str, dimensions: int, database: str) -> None:
        """Start from the file at `path` if it holds this model's vectors of this database, else from nothing."""
        faiss.omp_set_num_threads(1)
        self._path = path
        self._named = {"format": FORMAT, "model": model, "dimensions": dimensions, "database": database}
        self._dimensions = dimensions
        self._lock = Lock()
        self._ids: set[int] = set()
        self._stamp: tuple[int, int, int] | None = None
        self._version = 0
        self._index = self._empty()
        self._load()

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def version(self) -> int:
        """The data version up to which it holds what is stored; 0 where it begins anew."""
        return self._version

    def apply(
        self, ids: Sequence[EntryId], vectors: NDArray[np.float32], gone: Sequence[EntryId], *, version: int
    ) -> None:
        """Take in vectors, in the place of those the entries had, and let go of the entries that are gone."""
        with self._lock:
            out = [each for each in {*ids, *gone} if each in self._ids]
            if out:
                self._index.remove_ids(faiss.IDSelectorBatch(np.array(out, dtype=np.int64)))
                self._ids.difference_update(out)
            if ids:
                self._index.add_with_ids(np.ascontiguousarray(vectors), np.array(ids, dtype=np.int64))
                self._ids.update(ids)
            self._version = version

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[Hit, ...]:
        """Return the entries nearest to a vector of length one, the nearest first; the score is the cosine."""
        with self._lock:
            scores, ids = self._index.search(vector.reshape(1, -1), max(1, min(count, MOST, len(self._ids))))
        found = zip(ids[0].tolist(), scores[0].tolist(), strict=True)
        return tuple(Hit(EntryId(entry_id), score) for entry_id, score in found if entry_id >= 0)

    def save(self) -> None:
        """Write the file anew, whole or not at all."""
        with self._lock:
            body = faiss.serialize_index(self._index).tobytes()
            head = {**self._named, "version": self._version, "sha256": hashlib.sha256(body).hexdigest()}
        made = self._path.with_name(self._path.name + ".part")
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(json.dumps(head).encode() + b"\n" + body)
        made.replace(self._path)
        self._stamp = self._found_stamp()

    def heal(self) -> bool:
        """Write the file again where it is no longer the one that was written; says whether it had to."""
        if self._stamp is None or self._found_stamp() == self._stamp:
            return False
        self.save()
        return True

    def _found_stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _load(self) -> None:
        try:
            stamp = self._found_stamp()
            head, _, body = self._path.read_bytes().partition(b"\n")
            told = json.loads(head)
            if any(told.get(name) != value for name, value in self._named.items()):
                return
            if hashlib.sha256(body).hexdigest() != told["sha256"]:
                return
        except (OSError, ValueError, KeyError, AttributeError):
            return
        with suppress(RuntimeError):  # written by another release of FAISS
            index = faiss.deserialize_index(np.frombuffer(body, dtype=np.uint8))
            if not isinstance(index, faiss.IndexIDMap2):
                return
            ids = faiss.vector_to_array(index.id_map)
            self._index, self._ids, self._version, self._stamp = index, set(ids.tolist()), told["version"], stamp

    def _empty(self) -> faiss.IndexIDMap2:
        kind = faiss.ScalarQuantizer.QT_fp16
        return faiss.IndexIDMap2(faiss.IndexScalarQuantizer(self._dimensions, kind, faiss.METRIC_INNER_PRODUCT))
