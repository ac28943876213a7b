"""Meaning: vectors of entries and topics, stories, and copies. What is missing here is worked out again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Instant, RowId
from aggregator.store.tables.base import metadata


def _entry_id() -> Column[int]:
    return Column("entry_id", RowId, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)


# `version` comes from `counter`, so that caches of vectors can follow. The name is not "vector": on PostgreSQL a table
# has a type of its name, and pgvector has that one.
entry_vector = Table(
    "entry_vector",
    metadata,
    _entry_id(),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("entry_version", BigInteger, nullable=False),  # of the entry when it was read
    Column("model", Text, nullable=False),
    Column("content", LargeBinary(16), nullable=False, index=True),  # hash of what was read
    Column("vector", LargeBinary),  # half-precision, little-endian; NULL: the model cannot read the entry
)

topic_vector = Table(
    "topic_vector",
    metadata,
    Column("model", Text, primary_key=True),
    Column("content", LargeBinary(16), primary_key=True),  # hash of the topic's text
    Column("vector", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

story = Table(
    "story",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),  # of the entry that began it, also when that is gone
    Column("began", Instant, nullable=False),
    Column("latest", Instant, nullable=False, index=True),
)

# An entry joins a story once and stays. `near` and the parts of the likeness (millionths) are the reason.
story_entry = Table(
    "story_entry",
    metadata,
    _entry_id(),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("story_id", RowId, ForeignKey("story.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("near", BigInteger),  # an entry; NULL: it began the story
    Column("likeness", Integer, nullable=False),
    Column("meaning", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    Column("names", Integer, nullable=False),
)

# Entries with the same `copy_group` are the same text; `how` says by what an entry was known as that.
copy = Table(
    "copy",
    metadata,
    _entry_id(),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("copy_group", BigInteger, nullable=False, index=True),
    Column("how", Text),  # address | text | shingles; NULL: first of its group
    Column("likeness", Integer, nullable=False),  # millionths
)
