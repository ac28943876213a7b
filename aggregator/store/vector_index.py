"""The nearest vectors by pgvector: model.ports.VectorIndex on PostgreSQL, for all workers of an instance.

A table beside the migrations' own: as derived as a file, made when it is opened and dropped when the model changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from aggregator.model.candidate import Hit
from aggregator.model.ids import EntryId
from aggregator.store.bulk import Bulk
from aggregator.store.values import find_value, set_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from aggregator.store.database import Database

VERSION = "vector-index"
MOST = 1_000

_AVAILABLE = text("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
_THERE = text("SELECT to_regclass('vector_index') IS NOT NULL")
_ADD = Bulk(
    "INSERT INTO vector_index (entry_id, embedding) VALUES (?, CAST(? AS halfvec))"
    " ON CONFLICT (entry_id) DO UPDATE SET embedding = excluded.embedding"
)
_REMOVE = text("DELETE FROM vector_index WHERE entry_id = ANY(:ids)")
_COUNT = text("SELECT count(*) FROM vector_index")
_NEAREST = text(
    "SELECT entry_id, -(embedding <#> CAST(:vector AS halfvec)) FROM vector_index"
    " ORDER BY embedding <#> CAST(:vector AS halfvec) LIMIT :count"
)


def has_pgvector(database: Database) -> bool:
    """Say whether the server could keep an index of vectors."""
    if database.dialect != "postgresql":
        return False
    with database.read() as conn:
        return bool(conn.execute(_AVAILABLE).scalar_one())


class PostgresIndex:
    """One model's vectors in the database: what several workers share."""

    def __init__(self, database: Database, model: str, dimensions: int) -> None:
        """Make the table where it is missing, and anew where it holds another model's vectors."""
        self._database = database
        self._model = model
        with database.write() as conn:
            told = find_value(conn, VERSION) or ""
            if told.rpartition(" ")[0] == model and conn.execute(_THERE).scalar_one():
                return
            conn.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            conn.execute(text("DROP TABLE IF EXISTS vector_index"))
            conn.execute(
                text(
                    "CREATE TABLE vector_index (entry_id bigint PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,"
                    f" embedding halfvec({int(dimensions)}) NOT NULL)"
                )
            )
            conn.execute(text("CREATE INDEX ON vector_index USING hnsw (embedding halfvec_ip_ops)"))
            set_value(conn, VERSION, f"{model} 0")

    def __len__(self) -> int:
        with self._database.read() as conn:
            return int(conn.execute(_COUNT).scalar_one())

    @property
    def version(self) -> int:
        """The data version up to which it holds what is stored."""
        with self._database.read() as conn:
            model, _, version = (find_value(conn, VERSION) or "").rpartition(" ")
            return int(version) if model == self._model else 0

    def apply(
        self, ids: Sequence[EntryId], vectors: NDArray[np.float32], gone: Sequence[EntryId], *, version: int
    ) -> None:
        """Take in vectors, in the place of those the entries had, and let go of the entries that are gone."""
        with self._database.write() as conn:
            conn.execute(_REMOVE, {"ids": list(gone)})
            there = set(conn.execute(text("SELECT id FROM entry WHERE id = ANY(:ids)"), {"ids": list(ids)}).scalars())
            rows = zip(ids, vectors, strict=True)
            _ADD.run(conn, [(entry_id, _literal(vector)) for entry_id, vector in rows if entry_id in there])
            set_value(conn, VERSION, f"{self._model} {version}")

    def nearest(self, vector: NDArray[np.float32], count: int) -> tuple[Hit, ...]:
        """Return the entries nearest to a vector of length one, the nearest first; the score is the cosine."""
        with self._database.read() as conn:
            conn.execute(text("SELECT set_config('hnsw.ef_search', :most, true)"), {"most": str(min(count * 2, MOST))})
            rows = conn.execute(_NEAREST, {"vector": _literal(vector), "count": min(count, MOST)})
            return tuple(Hit(EntryId(entry_id), score) for entry_id, score in rows)

    def save(self) -> None:
        """Do nothing: each call to `apply` is kept by the database."""

    def heal(self) -> bool:
        """Do nothing: the database looks after its tables."""
        return False


def _literal(vector: NDArray[np.float32]) -> str:
    return "[" + ",".join(f"{number:.6g}" for number in vector.tolist()) + "]"
