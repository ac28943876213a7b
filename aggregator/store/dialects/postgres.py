"""PostgreSQL, by psycopg 3: connections, and the words index as tsvectors of the same tokens that SQLite is fed.

A tsvector keeps at most 256 places of a word and none beyond 16,383, so a long text stands in several parts, each
of which begins with the end of the one before so that phrases across the cut are found.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from aggregator.errors import BadSettingError
from aggregator.model.candidate import Hit
from aggregator.model.ids import EntryId
from aggregator.store.bulk import Bulk
from aggregator.text.words import BOUNDARY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import URL, Connection, Engine

    from aggregator.store.dialects import Phrase

HIGHEST_ID = 2**63 - 1
PART = 2_000  # tokens
OVERLAP = 64  # tokens: the longest phrase found across a cut
LONGEST_TOKEN = 500  # characters; PostgreSQL refuses more than 2,046 bytes

_ADD_WORDS = Bulk("INSERT INTO entry_words (entry_id, part, words) VALUES (?, ?, CAST(? AS tsvector))")
_SET_WORDS = Bulk(
    "INSERT INTO entry_words (entry_id, part, words) VALUES (?, ?, CAST(? AS tsvector)) ON CONFLICT (entry_id, part)"
    " DO UPDATE SET words = excluded.words WHERE entry_words.words <> excluded.words"
)
_DELETE_LATER_PARTS = Bulk("DELETE FROM entry_words WHERE entry_id = ? AND part > ?")
_DELETE_WORDS = text("DELETE FROM entry_words WHERE entry_id = ANY(:ids)")


def make_engines(url: URL, *, patience: float) -> tuple[Engine, Engine]:
    """Return the engine for reading and the one for writing, on one pool. Raises BadSettingError without psycopg."""
    options = f"-c timezone=UTC -c lock_timeout={int(patience * 1000)}"
    try:
        writers = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={"options": options, "connect_timeout": max(2, int(patience))},
            hide_parameters=True,  # errors are logged, and what stands in parameters is nobody's business
            pool_pre_ping=True,
            pool_size=4,
            max_overflow=16,
            pool_timeout=patience,
        )
    except ModuleNotFoundError as error:
        raise BadSettingError("database_url", "PostgreSQL needs broadsheet[postgres] to be installed") from error
    readers = writers.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return readers, writers


def add_words(conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Index entries: ids with their index texts."""
    _ADD_WORDS.run(
        conn, [(entry_id, part, words) for entry_id, text in texts for part, words in enumerate(vectors(text))]
    )


def set_words(conn: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Index entries anew; a part that is what it was is left alone."""
    parts = [(entry_id, part, words) for entry_id, text in texts for part, words in enumerate(vectors(text))]
    _SET_WORDS.run(conn, parts)
    _DELETE_LATER_PARTS.run(conn, list({entry_id: part for entry_id, part, _ in parts}.items()))


def begin_anew(conn: Connection) -> None:
    """Do nothing: a row that is replaced is gone."""


def tidy(conn: Connection) -> bool:  # noqa: ARG001  # the other database needs it
    """Do nothing: nothing was left behind."""
    return True


def delete_words(conn: Connection, ids: Sequence[int]) -> None:
    """Remove entries from the index."""
    conn.execute(_DELETE_WORDS, {"ids": list(ids)})


def vectors(index: str) -> Iterator[str]:
    """Write an index text as tsvector literals, a part each. Tokens are letters, marks and digits: nothing to quote.

    The boundary is a place without a token.
    """
    tokens = [token[:LONGEST_TOKEN] for token in index.split()]
    for start in count(0, PART - OVERLAP):
        places = enumerate(tokens[start : start + PART], 1)
        yield " ".join(f"'{token}':{place}" for place, token in places if token != BOUNDARY)
        if start + PART >= len(tokens):
            return


def find_words(conn: Connection, phrases: Sequence[Phrase], *, below: EntryId | None, limit: int) -> tuple[Hit, ...]:
    """Find entries that hold all phrases, the last arrived first; the score is ts_rank of the first phrase."""
    others = "".join(
        " AND EXISTS (SELECT 1 FROM entry_words o WHERE o.entry_id = w.entry_id"
        f" AND o.words @@ CAST(:query{place} AS tsquery))"
        for place in range(1, len(phrases))
    )
    statement = text(
        "SELECT w.entry_id, max(ts_rank(w.words, CAST(:query0 AS tsquery))) FROM entry_words w"
        f" WHERE w.words @@ CAST(:query0 AS tsquery) AND w.entry_id < :below{others}"
        " GROUP BY w.entry_id ORDER BY w.entry_id DESC LIMIT :limit"
    )
    queries = {f"query{place}": _tsquery(phrase) for place, phrase in enumerate(phrases)}
    rows = conn.execute(statement, {**queries, "below": below or HIGHEST_ID, "limit": limit})
    return tuple(Hit(EntryId(entry_id), score) for entry_id, score in rows)


def _tsquery(phrase: Phrase) -> str:
    words = [f"'{token[:LONGEST_TOKEN]}'" for token in phrase.tokens]
    return " <-> ".join(words) + (":*" if phrase.prefix else "")
