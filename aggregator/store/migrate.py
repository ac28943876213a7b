"""Brings a database to the newest schema: numbered steps, forward only, all of them in one transaction.

A step is a file in migrations/versions named vNNNN_what.py, its revision "NNNN". Append, never edit one that was
released. SQLite: no table is rebuilt by hand; use Alembic's batch mode, and our own DDL for the words index.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Table, Text, column, create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from aggregator.errors import ConflictError, StoreError
from aggregator.store import words
from aggregator.store.dialects import sqlite

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import URL, Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x42524F4144  # "BROAD": one migration at a time on PostgreSQL

_ALEMBIC = select(column("version_num", Text)).select_from(Table("alembic_version", MetaData()))


def newest() -> str:
    """Return the newest revision, from the file names alone: Alembic takes longer to import than most commands."""
    names = (re.fullmatch(r"v(\d{4})_\w+\.py", path.name) for path in (MIGRATIONS / "versions").iterdir())
    return max(found[1] for found in names if found)


def revision(conn: Connection) -> str | None:
    """Return the revision a database is at; None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(_ALEMBIC).scalar()


def is_current(engine: Engine, path: Path | None) -> bool:
    """Tell whether there is nothing to do. A file that is not there yet is not made by asking."""
    if path is not None and not path.exists():
        return False
    with engine.connect() as conn:
        return revision(conn) == newest()


def upgrade(url: URL, path: Path | None, now: datetime) -> Path | None:
    """Run the missing steps; the backup of a SQLite database that held something is made first.

    The caller has the turnstile. Gives the backup's path. Raises ConflictError for a newer release's database.
    """
    if path is not None:
        sqlite.prepare_file(path)
        engine = sqlite.make_migration_engine(path)
    else:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as conn:
        held = revision(conn)
    backup = None
    if path is not None and held is not None and held < newest():
        backup = _back_up(path, held, now)
    with engine.begin() as conn:
        _run(conn)
    return backup


def _back_up(path: Path, held: str, now: datetime) -> Path:
    backup = path.parent / "backups" / f"{path.stem}-{held}-{now:%Y%m%dT%H%M%SZ}{path.suffix}"
    sqlite.copy_database(path, backup)
    # A step that fails at each start must not fill the disk with copies of the same.
    for older in backup.parent.glob(f"{path.stem}-{held}-*{path.suffix}"):
        if older != backup:
            older.unlink()
    return backup


def _run(conn: Connection) -> None:
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    held = revision(conn)  # again: another process may have been quicker
    if held is not None and held > newest():
        raise ConflictError("database", f"a newer release made it (schema {held}); this one knows {newest()}")
    from alembic import command  # noqa: PLC0415  # 0.2 s that only a migration should cost
    from alembic.config import Config  # noqa: PLC0415  # as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
    if held is None:
        words.set_current(conn)  # there is nothing in it yet
    # The steps ran without foreign keys.
    if conn.dialect.name == "sqlite" and conn.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreError("SQLITE_CONSTRAINT_FOREIGNKEY")
