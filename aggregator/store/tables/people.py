"""The people of the instance and what lets them in."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

# Ids are never used again (sqlite_autoincrement): columns on disk and undo steps may still name them.
owner = Table(
    "owner",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),  # member | group
    sqlite_autoincrement=True,
)

member = Table(
    "member",
    metadata,
    Column("id", RowId, ForeignKey("owner.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("language", Text),
)

grp = Table(
    "grp",
    metadata,
    Column("id", RowId, ForeignKey("owner.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("group_id", RowId, ForeignKey("grp.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, nullable=False),
    sqlite_with_rowid=False,
)

session = Table(
    "session",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires", Moment, nullable=False),
    Column("created", Moment),
    Column("seen", Moment),  # the day, not the hour
    Column("device", Text),
    sqlite_with_rowid=False,
)

link = Table(
    "link",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    sqlite_with_rowid=False,
)
