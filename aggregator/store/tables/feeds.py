"""Feeds, how they are reached, and what was asked of others."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

feed = Table(
    "feed",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False, unique=True),
    Column("first_address", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("site", Text),
    Column("language", Text),
    Column("source", Text, nullable=False),
    Column("source_owner", Text, nullable=False),
    Column("added", Moment, nullable=False),
    Column("hints", Text, nullable=False),  # FeedData as JSON
    sqlite_autoincrement=True,
)

# Apart from `feed`: each fetch rewrites this row, so it stays small.
feed_state = Table(
    "feed_state",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("due", Moment, nullable=False, index=True),
    Column("interval", Integer, nullable=False),  # s
    Column("full_since", Moment),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_tried", Moment),
    Column("last_ok", Moment),
    Column("fault", Text),
    Column("fault_detail", Text),
    Column("fault_retry_after", Integer),  # s
    Column("streak", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("moved_to", Text),
    Column("moved_since", Moment),
    Column("full_text", Text),  # NULL: off; empty: on and well; else what went wrong last
    Column("moved_times", Integer),  # answers in a row that led to moved_to
    Column("lease_worker", Text, index=True),
    Column("lease_until", Moment),
)

# Addresses feeds were moved from because their publishers said so, for editors to see.
feed_move = Table(
    "feed_move",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("from_address", Text, nullable=False),
    Column("to_address", Text, nullable=False),
    sqlite_with_rowid=False,
)

# How a feed is reached where the address alone is not enough: credentials and a proxy, sealed (services/access.py).
feed_access = Table(
    "feed_access",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# Feeds whose hub tells us of news (WebSub).
feed_push = Table(
    "feed_push",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("ask_at", Moment, nullable=False, index=True),  # when the hub is asked next
    Column("asked", Moment),
    Column("until", Moment),  # NULL: the hub has not agreed
    Column("failures", Integer, nullable=False),
)

# What we asked of others, a day (UTC) and a registrable domain.
traffic = Table(
    "traffic",
    metadata,
    Column("day", Text, primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),  # 304
    Column("failed", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # as received
    sqlite_with_rowid=False,
)

# What the last whole document of a feed carried: raw hashes, 16 bytes each, in document order.
carried = Table(
    "carried",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)
