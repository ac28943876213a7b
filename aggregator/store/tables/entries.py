"""Entries, their bodies, what was ever seen, and what members marked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Instant, RowId, UidBytes
from aggregator.store.tables.base import metadata

# `id` and `version` come from `counter`, so ids are known before the rows are written, in bulk.
entry = Table(
    "entry",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("uid", UidBytes, nullable=False, unique=True),
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), nullable=False),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("time", Instant, nullable=False, index=True),
    Column("first_seen", Instant, nullable=False),
    Column("age_known", Boolean, nullable=False),
    Column("published", Instant),
    Column("updated", Instant),
    Column("guid", Text),
    Column("link", Text),
    Column("link_hash", BigInteger, index=True),  # 8 bytes of a hash: an index over addresses is ten times as big
    Column("title", Text, nullable=False),
    Column("authors", Text),  # JSON, NULL where empty
    Column("language", Text),
    Column("kind", Text, nullable=False),
    Column("categories", Text),  # JSON, NULL where empty
    Column("enclosures", Text),  # JSON, NULL where empty
    Column("image", Text),
    Column("comments", Text),
    Column("excerpt", Text, nullable=False),
    Column("words", Integer),
    Column("paid", Boolean, nullable=False),
    Column("has", Integer, nullable=False),  # bits in the order of model.candidate.HAS
    Column("extras", Text),  # JSON, NULL where empty
    Index("ix_entry_feed_id_time", "feed_id", "time"),
)

entry_body = Table(
    "entry_body",
    metadata,
    Column("entry_id", RowId, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("content_html", Text, nullable=False),
    Column("summary_html", Text, nullable=False),
)

# Entries that are no more, so that derived columns hear of it.
entry_gone = Table(
    "entry_gone",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, nullable=False),
)

# Outlives its entry: an entry that comes back is known, and its uid and time stay what they were.
seen = Table(
    "seen",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True),
    Column("key_hash", LargeBinary(16), primary_key=True),
    Column("uid", UidBytes, nullable=False),
    Column("entry_id", BigInteger),  # NULL: the entry is gone
    Column("raw_hash", LargeBinary(16), nullable=False),
    Column("time", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("age_known", Boolean, nullable=False),
    # model.entry.Marks: how an entry is known again that comes under another key
    Column("link_mark", BigInteger),
    Column("place_mark", BigInteger),
    Column("title_mark", BigInteger),
    Column("text_mark", BigInteger),
    Index("ix_seen_feed_id_time_first_seen", "feed_id", "time", "first_seen"),
    sqlite_with_rowid=False,
)

entry_state = Table(
    "entry_state",
    metadata,
    Column("entry_id", RowId, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True),
    Column("owner", RowId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("read", Boolean, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("later", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
