"""Named values of the instance, and its data version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from aggregator.errors import NotFoundError
from aggregator.store.bulk import Bulk
from aggregator.store.tables import counter, value

if TYPE_CHECKING:
    from sqlalchemy import Connection

IDENTITY = "database-identity"
"""Minted by the first migration: tells caches of another database from ours."""
INSTANCE_NAME = "instance-name"
"""What its people call it; there is none before it was set up."""

_FIND = select(value.c.content).where(value.c.name == bindparam("name"))
_VERSION = select(counter.c.version)
_SET = Bulk(
    "INSERT INTO value (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content"
)
_TAKE = Bulk("UPDATE counter SET version = version + ?, last_entry = last_entry + ? WHERE id = 1")
# Not by RETURNING: for that SQLite opens a savepoint, at each of which FTS5 writes what it had gathered so far.
_TAKEN = "SELECT version, last_entry FROM counter"


def find_value(conn: Connection, name: str) -> str | None:
    """Return a named value."""
    return conn.execute(_FIND, {"name": name}).scalar()


def get_value(conn: Connection, name: str) -> str:
    """Return a named value. Raises NotFoundError."""
    found = find_value(conn, name)
    if found is None:
        raise NotFoundError("value", name)
    return found


def instance_name(conn: Connection) -> str:
    """Return what the instance is called."""
    return find_value(conn, INSTANCE_NAME) or "Broadsheet"


def set_value(conn: Connection, name: str, content: str) -> None:
    """Keep a value under a name."""
    _SET.run(conn, [(name, content)])


def delete_value(conn: Connection, name: str) -> None:
    """Forget a named value."""
    conn.execute(delete(value).where(value.c.name == name))


def database_identity(conn: Connection) -> str:
    """Return the hex word that stands for this database, copies included."""
    return get_value(conn, IDENTITY)


def data_version(conn: Connection) -> int:
    """Return the data version: it grows with each change that a ranking may see."""
    return int(conn.execute(_VERSION).scalar_one())


def touch(conn: Connection) -> None:
    """Let the data version grow: something a ranking may see has changed that is no entry."""
    take_numbers(conn, versions=1)


def take_numbers(conn: Connection, *, versions: int, entries: int = 0) -> tuple[int, int]:
    """Take so many versions and entry ids; gives the last of each, so the first is that minus the number plus one.

    Other writers wait for the end of this transaction: versions become visible in their order.
    """
    _TAKE.run_one(conn, (versions, entries))
    version, last_entry = conn.exec_driver_sql(_TAKEN).one()
    return version, last_entry
