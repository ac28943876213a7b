"""Looking after the database itself: is it whole, and a copy of it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, ConflictError, StoreError
from aggregator.store import words
from aggregator.store.dialects import sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from aggregator.store.database import Database

MOST_PROBLEMS = 20

# What no foreign key holds: markers outlive their entries, and the words index is no table of Core.
_LOOSE_ENDS = {
    "seen-markers of entries that are missing": (
        "SELECT count(*) FROM seen WHERE entry_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.id = seen.entry_id)"
    ),
    "entries without a seen-marker": (
        "SELECT count(*) FROM entry WHERE NOT EXISTS (SELECT 1 FROM seen"
        " WHERE seen.feed_id = entry.feed_id AND seen.time = entry.time AND seen.entry_id = entry.id)"
    ),
    "entries without a body": (
        "SELECT count(*) FROM entry WHERE NOT EXISTS (SELECT 1 FROM entry_body WHERE entry_id = entry.id)"
    ),
}
_LOOSE_WORDS = {
    "entries that are not in the words index": (
        "SELECT count(*) FROM entry WHERE NOT EXISTS (SELECT 1 FROM indexed WHERE entry_id = entry.id)"
    ),
    "entries in the words index that are missing": (
        "SELECT count(*) FROM indexed WHERE NOT EXISTS (SELECT 1 FROM entry WHERE entry.id = indexed.entry_id)"
    ),
}


def find_problems(database: Database) -> tuple[str, ...]:
    """Look for damage; gives what was found in the database's own words, nothing where all is well.

    On SQLite this reads every page, and the words index within a write, so that nobody changes it meanwhile. A
    PostgreSQL server checks its pages and constraints itself.
    Raises BusyError.
    """
    database.renew()
    with database.read() as conn:
        left = words.count_left(conn)
        older = (f"{left} entries still stand in the words index as an earlier version put them",) if left else ()
        if database.path is None:
            return (*_loose_ends(conn, _LOOSE_ENDS), *older)
        pages = conn.exec_driver_sql(f"PRAGMA integrity_check({MOST_PROBLEMS})").scalars()
        found = [line for line in pages if line != "ok"]
        orphans = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_PROBLEMS)
        found += [f"a row of {orphan[0]} refers to one of {orphan[2]} that is missing" for orphan in orphans]
        found += (*_loose_ends(conn, _LOOSE_ENDS | _LOOSE_WORDS), *older)
    return (*found, *_words_problems(database))


def _words_problems(database: Database) -> tuple[str, ...]:
    try:
        with database.write() as conn:
            conn.exec_driver_sql("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    except StoreError as exc:
        return (f"the words index: {exc}",)
    return ()


def _loose_ends(conn: Connection, queries: Mapping[str, str]) -> tuple[str, ...]:
    counts = ((conn.exec_driver_sql(query).scalar_one(), what) for what, query in queries.items())
    return tuple(f"{count} {what}" for count, what in counts if count)


def back_up(database: Database, target: Path) -> None:
    """Copy a SQLite database in use to `target`, whole or not at all.

    Raises ConflictError where there is such a file, BadInputError on PostgreSQL, which has tools of its own.
    """
    if database.path is None:
        raise BadInputError("database", "it is on PostgreSQL; copy it with pg_dump")
    if target.exists():
        raise ConflictError("backup", f"{target} is there already")
    sqlite.copy_database(database.path, target)
