"""What differs between SQLite and PostgreSQL; neither module inherits from the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from aggregator.model.candidate import Hit
    from aggregator.model.ids import EntryId


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand next to each other; `prefix`: the last one is a word's beginning."""

    tokens: tuple[str, ...]
    prefix: bool


class WordsIndex(Protocol):
    """What each dialect's module does for the words index."""

    def add_words(self, conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
        """Index entries that are not in the index: ids with their index texts (text/words.py)."""

    def set_words(self, conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
        """Index entries anew; those whose text is what it was cost next to nothing."""

    def delete_words(self, conn: Connection, ids: Sequence[int]) -> None:
        """Remove entries from the index so that no word of theirs stays in it."""

    def begin_anew(self, conn: Connection) -> None:
        """Make ready for all entries to be indexed anew; what that leaves behind goes with `tidy`."""

    def tidy(self, conn: Connection) -> bool:
        """Take a step towards the end of what `begin_anew` began; tells whether that was the last."""

    def find_words(
        self, conn: Connection, phrases: Sequence[Phrase], *, below: EntryId | None, limit: int
    ) -> tuple[Hit, ...]:
        """Find entries that hold all phrases, the last arrived first, those with ids below `below`."""


def words_index(conn: Connection) -> WordsIndex:
    """Return the words index of a connection's database."""
    if conn.dialect.name == "sqlite":
        from aggregator.store.dialects import sqlite  # noqa: PLC0415  # one of the two is ever needed

        return sqlite
    from aggregator.store.dialects import postgres  # noqa: PLC0415  # psycopg is an optional extra

    return postgres
