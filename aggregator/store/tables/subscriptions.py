"""Who follows which feed, and where it is filed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, Table, Text, UniqueConstraint

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata, owned

folder = Table(
    "folder",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("path", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("extra", Text),  # what its outline said that we do not know, as JSON
    UniqueConstraint("owner", "path"),
    sqlite_autoincrement=True,
)

subscription = Table(
    "subscription",
    metadata,
    owned(primary_key=True),
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("title", Text),
    Column("why", Text),
    Column("added", Moment, nullable=False),
    Column("extra", Text),  # as of a folder
    sqlite_with_rowid=False,
)

filing = Table(
    "filing",
    metadata,
    Column("owner", RowId, primary_key=True),
    Column("feed_id", RowId, primary_key=True),
    Column("folder_id", RowId, ForeignKey("folder.id", ondelete="CASCADE"), primary_key=True, index=True),
    ForeignKeyConstraint(["owner", "feed_id"], ["subscription.owner", "subscription.feed_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
