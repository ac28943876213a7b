"""Statements that run for many rows at once, past SQLAlchemy's compiler: the measured path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

T = TypeVar("T")

LONGEST_IN = 500
"""Values in one IN (…): few statements, and far from the limits of both databases."""


class Bulk:
    """One statement both databases understand, its places written as `?`."""

    def __init__(self, sql: str) -> None:
        self._of = {"sqlite": sql, "postgresql": sql.replace("?", "%s")}

    def run(self, conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run the statement once a row, in one call; no rows, no call."""
        if rows:
            conn.exec_driver_sql(self._of[conn.dialect.name], list(rows))

    def run_one(self, conn: Connection, row: tuple[Any, ...]) -> int:
        """Run the statement for one row; gives how many rows it wrote."""
        return conn.exec_driver_sql(self._of[conn.dialect.name], row).rowcount


def insert_into(table: str, columns: Sequence[str]) -> str:
    """Return the INSERT of these columns, its places written as `?`."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def chunks(values: Sequence[T], size: int = LONGEST_IN) -> Iterator[Sequence[T]]:
    """Cut values into parts of at most `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
