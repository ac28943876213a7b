"""Looking after the database itself: is it whole, and a copy of it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, BroadsheetError, ConflictError
from aggregator.store.dialects import sqlite

if TYPE_CHECKING:
    from pathlib import Path

    from aggregator.store.database import Database

MOST_PROBLEMS = 20


def find_problems(database: Database) -> tuple[str, ...]:
    """Look for damage; gives what was found in the database's own words, nothing where all is well.

    On SQLite this reads every page, and the words index within a write, so that nobody changes it meanwhile. A
    PostgreSQL server checks its pages and constraints itself: here it only has to answer.
    """
    with database.read() as conn:
        if database.path is None:
            conn.exec_driver_sql("SELECT 1")
            return ()
        pages = conn.exec_driver_sql(f"PRAGMA integrity_check({MOST_PROBLEMS})").scalars()
        found = [line for line in pages if line != "ok"]
        orphans = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_PROBLEMS)
        found += [f"a row of {orphan[0]} refers to one of {orphan[2]} that is missing" for orphan in orphans]
    return (*found, *_words_problems(database))


def _words_problems(database: Database) -> tuple[str, ...]:
    try:
        with database.write() as conn:
            conn.exec_driver_sql("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    except BroadsheetError as exc:
        return (f"the words index: {exc}",)
    return ()


def back_up(database: Database, target: Path) -> None:
    """Copy a SQLite database in use to `target`, whole or not at all.

    Raises ConflictError where there is such a file, BadInputError on PostgreSQL, which has tools of its own.
    """
    if database.path is None:
        raise BadInputError("database", "it is on PostgreSQL; copy it with pg_dump")
    if target.exists():
        raise ConflictError("backup", f"{target} is there already")
    sqlite.copy_database(database.path, target)
