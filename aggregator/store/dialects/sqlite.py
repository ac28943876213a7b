"""SQLite, by the wheel pysqlite3 alone: connections, files, and the words index on FTS5.

The words index keeps the text it was fed, packed, in `indexed`: removing an entry needs exactly that text, and a wrong
one corrupts the index. Computed again by a later release or another Python it might differ. Huffman's code alone halves
it, nearly as well as zlib's level 1 and for half the time.
"""

from __future__ import annotations

import os
import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pysqlite3 import dbapi2  # type: ignore[import-untyped]  # it has no stubs
from sqlalchemy import bindparam, create_engine, event, text
from sqlalchemy.pool import NullPool, QueuePool

from aggregator.model.candidate import Hit
from aggregator.model.ids import EntryId
from aggregator.store.bulk import Bulk, chunks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from aggregator.store.dialects import Phrase

dbapi2.register_adapter(bool, int)  # without it a truth value costs four times as much as a number

HIGHEST_ID = 2**63 - 1
READERS_KEPT = 4
PRAGMAS = ("synchronous = NORMAL", "secure_delete = ON", "temp_store = MEMORY", "journal_size_limit = 67108864")
"""WAL stays in the file once set. NORMAL cannot corrupt under WAL; secure_delete writes zeros over what goes."""
PRAGMAS_OF_A_NEW_FILE = ("page_size = 8192",)
"""Half an entry's page is lost on average; pages of twice the size make the file 8 % smaller, at the same cost."""

_ADD_TEXT = Bulk("INSERT INTO indexed (entry_id, text) VALUES (?, ?)")
_ADD_WORDS = Bulk("INSERT INTO words (rowid, text) VALUES (?, ?)")
_TEXTS = text("SELECT entry_id, text FROM indexed WHERE entry_id IN :ids").bindparams(bindparam("ids", expanding=True))
_DELETE_WORDS = Bulk("INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)")
_DELETE_TEXT = Bulk("DELETE FROM indexed WHERE entry_id = ?")
_SECURE_DELETE = Bulk("INSERT INTO words (words, rank) VALUES ('secure-delete', ?)")
_MERGE = Bulk("INSERT INTO words (words, rank) VALUES ('merge', ?)")
MERGED_AT_ONCE = 64
"""Pages of the words index written in one step of a merge: some milliseconds."""
# By rowid, newest first: FTS5 walks its lists in that order and stops after a page. By score it would have to look
# at every hit, and a page could not say where the next one starts.
_FIND = text(
    "SELECT rowid, -rank FROM words WHERE words MATCH :query AND rowid < :below ORDER BY rowid DESC LIMIT :limit"
)


def connect(path: Path, *, patience: float, mode: str = "rw", pragmas: Sequence[str] = ()) -> dbapi2.Connection:
    """Open a connection that begins no transaction by itself. `mode` as in SQLite's URI file names."""
    address = f"file:{quote(os.fspath(path.absolute()))}?mode={mode}"
    conn = dbapi2.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    for pragma in (*PRAGMAS, *pragmas):
        conn.execute(f"PRAGMA {pragma}")
    return conn


def make_engines(path: Path, *, patience: float) -> tuple[Engine, Engine]:
    """Return the engine for reading and the one for writing. Connects to nothing yet."""
    readers = _engine(path, patience, "BEGIN", pool_size=READERS_KEPT, max_overflow=16, pragmas=("query_only = ON",))
    writers = _engine(path, patience, "BEGIN IMMEDIATE", pool_size=1, max_overflow=1, pragmas=("foreign_keys = ON",))
    return readers, writers


def make_migration_engine(path: Path) -> Engine:
    """Return the engine migrations run on: no foreign keys, or a table rebuilt would empty those that refer to it."""
    engine = create_engine("sqlite://", module=dbapi2, creator=lambda: connect(path, patience=30), poolclass=NullPool)
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def _engine(path: Path, patience: float, begin: str, *, pragmas: tuple[str, ...], **pool: Any) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        hide_parameters=True,  # errors are logged, and what stands in parameters is nobody's business
        creator=lambda: connect(path, patience=patience, pragmas=pragmas),
        poolclass=QueuePool,
        pool_timeout=patience,
        **pool,
    )
    _begin_with(engine, begin)
    return engine


def _begin_with(engine: Engine, statement: str) -> None:
    # Without this a failed migration leaves its tables behind, and a transaction that reads first cannot write.
    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql(statement)


def prepare_file(path: Path) -> None:
    """Make the database's file, for its owner's eyes alone, if it is not there; switch its log to WAL."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    with closing(connect(path, patience=30, pragmas=PRAGMAS_OF_A_NEW_FILE)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database in use to a file of its own, whole or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(target.name + ".part")
    half.unlink(missing_ok=True)
    os.close(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with closing(connect(source, patience=30)) as conn, closing(connect(half, patience=30)) as copy:
        conn.backup(copy, pages=1000)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
    half.replace(target)


def checkpoint(engine: Engine) -> None:
    """Write the log into the file and cut it to nothing; readers still at an old state make it wait in vain."""
    raw = engine.raw_connection()
    try:
        raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]  # it is open
    finally:
        raw.close()


def add_words(conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Index entries: ids with their index texts."""
    _ADD_TEXT.run(conn, [(entry_id, _packed(words)) for entry_id, words in texts])
    _ADD_WORDS.run(conn, texts)


def _packed(words: str) -> bytes:
    packer = zlib.compressobj(1, strategy=zlib.Z_HUFFMAN_ONLY)
    return packer.compress(words.encode()) + packer.flush()


def set_words(conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Index entries anew, but for those whose text is what it was: to take a word out costs far more than to add it."""
    held = {
        entry_id: zlib.decompress(packed)
        for part in chunks([entry_id for entry_id, _ in texts])
        for entry_id, packed in conn.execute(_TEXTS, {"ids": part})
    }
    other = [(entry_id, words) for entry_id, words in texts if held.get(entry_id) != words.encode()]
    delete_words(conn, [entry_id for entry_id, _ in other])
    add_words(conn, other)


def begin_anew(conn: Connection) -> None:
    """Let words that are taken out stay in old segments until `tidy`: that costs a sixteenth of taking them out."""
    _SECURE_DELETE.run(conn, [(0,)])


def tidy(conn: Connection) -> bool:
    """Merge segments for a moment; once there is one, nothing of what was taken out is left, and it is as before."""
    raw = conn.connection.driver_connection
    assert raw is not None  # noqa: S101  # it is open, for the type checker
    before = raw.total_changes
    _MERGE.run(conn, [(MERGED_AT_ONCE,)])
    if raw.total_changes - before > 1:  # FTS5's sign that there is more to do
        return False
    _SECURE_DELETE.run(conn, [(1,)])
    return True


def delete_words(conn: Connection, ids: Sequence[int]) -> None:
    """Remove entries from the index and the texts it was fed."""
    for part in chunks(ids):
        held = [
            (entry_id, zlib.decompress(packed).decode()) for entry_id, packed in conn.execute(_TEXTS, {"ids": part})
        ]
        _DELETE_WORDS.run(conn, held)
        _DELETE_TEXT.run(conn, [(entry_id,) for entry_id, _ in held])


def find_words(conn: Connection, phrases: Sequence[Phrase], *, below: EntryId | None, limit: int) -> tuple[Hit, ...]:
    """Find entries that hold all phrases, the last arrived first; the score is BM25."""
    query = " AND ".join(f'"{" ".join(phrase.tokens)}"{"*" if phrase.prefix else ""}' for phrase in phrases)
    rows = conn.execute(_FIND, {"query": query, "below": below or HIGHEST_ID, "limit": limit})
    return tuple(Hit(EntryId(entry_id), score) for entry_id, score in rows)
