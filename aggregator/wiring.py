"""Opens the desk: the only place that picks the database, the queue, the clock, and later the model.

Light to import: what is picked is imported when it is opened, so that the supervising parent and `--help`
carry neither SQLAlchemy nor NumPy.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, BadSettingError, NotFoundError
from aggregator.model.clocks import open_clock
from aggregator.model.meaning import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.model.meaning import ModelCard
    from aggregator.model.ports import Clock, Embedder, VectorIndex
    from aggregator.services.desk import Desk
    from aggregator.settings import Settings
    from aggregator.store.database import Database


@contextmanager
def open_desk(settings: Settings, *, create: bool = False) -> Iterator[Desk]:
    """Open the instance in `settings.data`: migrated, with its group, front page and shipped rules.

    `create` makes a missing data directory, readable by its owner alone. Raises NotFoundError where it is
    missing and not to be made, BadSettingError where a setting cannot be used, BusyError.
    """
    from aggregator.candidates.columns import Columns  # noqa: PLC0415  # NumPy
    from aggregator.queue.ask import WorkerSocket  # noqa: PLC0415  # msgpack
    from aggregator.services.accounts import prepare  # noqa: PLC0415  # SQLAlchemy
    from aggregator.services.desk import Desk  # noqa: PLC0415  # the package of services

    clock = open_clock(settings.clock)
    make_data_directory(settings.data, create=create)
    secret = read_secret(settings)
    columns = Columns.open(settings.data / "columns")
    database = _database(settings, clock)
    try:
        database.migrate()
        desk = Desk(
            settings=settings,
            database=database,
            clock=clock,
            columns=columns,
            ask=WorkerSocket(settings.data / "worker.sock"),
            secret=secret,
            signing_key=read_signing_key(settings),
        )
        prepare(desk)
        yield desk
    finally:
        columns.close()
        database.close()


def open_embedder(engine: str, folder: str) -> Embedder:
    """Load a model, for the model's process alone. `folder`: weights an admin put there; empty: what is packaged.

    Raises BadSettingError where the engine or its weights are not installed.
    """
    if engine == Engine.LIGHT:
        from aggregator.semantic.light import LightEmbedder  # noqa: PLC0415  # NumPy and 150 MB of weights

        return LightEmbedder()
    if engine == Engine.FULL:
        from aggregator.semantic.embedder import FullEmbedder, languages_of  # noqa: PLC0415  # torch

        return FullEmbedder(Path(folder), languages_of(Path(folder))) if folder else FullEmbedder()
    raise BadSettingError("semantic", "full, light or none is expected")


def open_vector_index(settings: Settings, database: Database, card: ModelCard, identity: str) -> VectorIndex:
    """Open the index of a model's vectors: pgvector where the server has it, else FAISS in the data directory."""
    from aggregator.store.vector_index import PostgresIndex, has_pgvector  # noqa: PLC0415  # SQLAlchemy

    if has_pgvector(database):
        return PostgresIndex(database, card.id, card.dimensions)
    from aggregator.semantic.faiss_index import FaissIndex  # noqa: PLC0415  # FAISS, in the worker only

    return FaissIndex(settings.data / "vectors" / "index", card.id, card.dimensions, identity)


def migrate_database(settings: Settings) -> Path | None:
    """Bring the database to this release; gives the copy made before, where there was something to do.

    Raises NotFoundError where there is no instance, ConflictError for a newer release's database, BusyError.
    """
    make_data_directory(settings.data, create=False)
    database = _database(settings, open_clock(settings.clock))
    try:
        return database.migrate()
    finally:
        database.close()


def restore_database(settings: Settings, source: Path) -> str:
    """Put a copy back into a place that has no database, and bring it to this release; gives the copy's SHA-256.

    Raises ConflictError where there is a database, BadInputError for what is no copy, or on PostgreSQL.
    """
    from aggregator.store.restore import restore_copy  # noqa: PLC0415  # pysqlite3

    if settings.database_url:
        raise BadInputError("database", "it is on PostgreSQL; put it back with pg_restore")
    if not source.is_file():
        raise NotFoundError("file", source)
    make_data_directory(settings.data, create=True)
    hashed = restore_copy(source, settings.data / "broadsheet.db")
    migrate_database(settings)
    return hashed


def _database(settings: Settings, clock: Clock) -> Database:
    from aggregator.store.database import Database  # noqa: PLC0415  # SQLAlchemy

    return Database.open(settings.database_url or settings.data / "broadsheet.db", clock=clock)


def make_data_directory(data: Path, *, create: bool) -> None:
    """See that the data directory is there. Raises NotFoundError where it is missing and not to be made."""
    if data.is_dir():
        return
    if not create:
        raise NotFoundError("instance", data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise BadSettingError("data", f"cannot make {data}: {exc.strerror}") from exc


def read_secret(settings: Settings) -> bytes:
    """Return the secret of the settings, else the one kept in the data directory, made on first use."""
    if settings.secret:
        return settings.secret.encode()
    return _kept(settings.data / "secret", "secret")


def read_signing_key(settings: Settings) -> bytes:
    """Return the 32 bytes that rule versions are signed with, kept in the data directory, made on first use."""
    path = settings.data / "signing-key"
    try:
        seed = bytes.fromhex(_kept(path, "signing-key").decode())
    except ValueError:
        seed = b""
    if len(seed) != 32:  # noqa: PLR2004  # the seed of an Ed25519 key
        raise BadSettingError("data", f"{path} holds no key; put back the one that was there")
    return seed


def _kept(path: Path, name: str) -> bytes:
    """Return the random word kept in a file, made on first use."""
    if not path.exists():
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=f"{name}.")  # for its owner's eyes alone
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        # A link, not a rename: of two processes starting at once the first one's stays, and nobody reads
        # half of it.
        with suppress(FileExistsError):
            path.hardlink_to(made)
        Path(made).unlink()
    content = path.read_bytes().strip()
    if not content:
        raise BadSettingError(name, f"{path} is empty; delete it and a new one is made")
    return content
