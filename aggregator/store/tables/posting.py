"""Our lists in the fediverse: which are there, who follows them, what they posted, what is still to be sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

list_actor = Table(
    "list_actor",
    metadata,
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("open", Boolean, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("looked", Moment),
    Column("version_id", BigInteger),
)

list_follower = Table(
    "list_follower",
    metadata,
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("actor", Text, primary_key=True, index=True),
    Column("host", Text, nullable=False, index=True),
    Column("inbox", Text, nullable=False),
    Column("since", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# No words of an entry are kept here, and no key leads to it: that it is gone is what has to be told.
list_post = Table(
    "list_post",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False),
    Column("entry_id", BigInteger),
    Column("object", Text),
    Column("version_id", BigInteger),
    Column("at", Moment, nullable=False, index=True),
    UniqueConstraint("list_id", "entry_id"),
    UniqueConstraint("list_id", "version_id"),
    sqlite_autoincrement=True,
)

sending = Table(
    "sending",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("host", Text, nullable=False, index=True),
    Column("post_id", BigInteger, index=True),
    Column("body", Text),
    Column("tries", Integer, nullable=False),
    Column("due", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)
