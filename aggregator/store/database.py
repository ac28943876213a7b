"""The database of an instance: opened once per process, after any fork; read and written through connections."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import exc, make_url

from aggregator.errors import BadSettingError
from aggregator.store import migrate
from aggregator.store.dialects import sqlite
from aggregator.store.failures import our_error
from aggregator.store.remembering import with_memory
from aggregator.store.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

    from aggregator.model.ports import Clock

PATIENCE = 5.0
"""Seconds a writer waits for its turn before BusyError."""


class Database:
    """One database with its two ways in.

    `read()` gives a connection that sees one state of the data throughout and cannot write; `write()` one whose
    changes are all kept at its end, or none if anything is raised. On SQLite one writer is in at a time: keep
    transactions to 64 entries or 20 ms, and never wait for anything else inside.
    """

    def __init__(
        self, *, readers: Engine, writers: Engine, turnstile: Turnstile | None, path: Path | None, clock: Clock
    ) -> None:
        self._readers = with_memory(readers)
        self._writers = writers
        self._turnstile = turnstile
        self._clock = clock
        self._one_state: ContextVar[Connection | None] = ContextVar("one_state", default=None)
        self.path = path
        """The file of a SQLite database; None on PostgreSQL."""

    @classmethod
    def open(cls, where: str | Path, *, clock: Clock, patience: float = PATIENCE) -> Database:
        """Open the SQLite file at a path, or the database behind a postgresql:// address; connects to nothing yet.

        Raises BadSettingError where the address is of another kind.
        """
        if isinstance(where, Path):
            return cls._open_sqlite(where, clock, patience)
        try:
            url = make_url(where)
        except exc.ArgumentError as error:
            raise BadSettingError("database_url", "an address like postgresql://… is expected") from error
        if url.get_backend_name() == "sqlite" and url.database:
            return cls._open_sqlite(Path(url.database), clock, patience)
        if url.get_backend_name() != "postgresql":
            raise BadSettingError("database_url", "an address like postgresql://… is expected")
        from aggregator.store.dialects import postgres  # noqa: PLC0415  # psycopg is an optional extra

        readers, writers = postgres.make_engines(url, patience=patience)
        return cls(readers=readers, writers=writers, turnstile=None, path=None, clock=clock)

    @classmethod
    def _open_sqlite(cls, path: Path, clock: Clock, patience: float) -> Database:
        readers, writers = sqlite.make_engines(path, patience=patience)
        turnstile = Turnstile(path.parent / "turnstile", patience=patience)
        return cls(readers=readers, writers=writers, turnstile=turnstile, path=path, clock=clock)

    @property
    def dialect(self) -> str:
        """The kind of database: "sqlite" or "postgresql"."""
        return self._writers.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading. Raises BusyError and StoreError, also for what the body runs into."""
        held = self._one_state.get()
        if held is not None:
            yield held
            return
        try:
            with self._readers.connect() as conn:
                yield conn
        except exc.SQLAlchemyError as error:
            raise our_error(error) from error

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Let every `read` of this thread see one state of the data until the end: what a page says fits together.

        For what only reads, and waits for nothing else: what is written meanwhile, by itself too, it does not see.
        """
        with self.read() as conn:
            token = self._one_state.set(conn)
            try:
                yield
            finally:
                self._one_state.reset(token)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection for writing. Raises BusyError, StorageFullError, ConflictError and StoreError."""
        try:
            with self._my_turn(), self._writers.begin() as conn:
                yield conn
        except exc.SQLAlchemyError as error:
            raise our_error(error) from error

    def migrate(self) -> Path | None:
        """Bring the schema up to date, in one transaction and under a lock; gives the backup made before, if any.

        Raises ConflictError where a newer release made the database, BusyError, StorageFullError.
        """
        try:
            if migrate.is_current(self._readers, self.path):
                return None
            with self._my_turn():
                return migrate.upgrade(self._writers.url, self.path, self._clock.now())
        except exc.SQLAlchemyError as error:
            raise our_error(error) from error

    def checkpoint(self) -> None:
        """Empty SQLite's write-ahead log, which still holds what was deleted. PostgreSQL looks after itself."""
        if self.path is None:
            return
        try:
            with self._my_turn():
                sqlite.checkpoint(self._writers)
        except exc.SQLAlchemyError as error:
            raise our_error(error) from error

    def renew(self) -> None:
        """Let new connections be made: an old one checks FTS5's pages against a structure it remembers from before."""
        self._readers.dispose()
        self._writers.dispose()

    def close(self) -> None:
        """Close all connections."""
        self._readers.dispose()
        self._writers.dispose()

    def _my_turn(self) -> AbstractContextManager[None]:
        return self._turnstile.pass_through() if self._turnstile else nullcontext()
