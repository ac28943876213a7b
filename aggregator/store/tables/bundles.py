"""Bundles: the versions of ours that were handed out, and those of others that are followed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Text, UniqueConstraint

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata, owned

bundle = Table(
    "bundle",
    metadata,
    owned(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("public", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

bundle_version = Table(
    "bundle_version",
    metadata,
    owned(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("identity", Text, nullable=False),
    Column("content", Text, nullable=False),  # the hash of what it says, whatever its number
    Column("published", Moment, nullable=False),
    Column("author", Text),
    Column("reason", Text),
    Column("document", LargeBinary, nullable=False),
)

followed_bundle = Table(
    "followed_bundle",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("address", Text, nullable=False),
    Column("title", Text),
    Column("publisher", Text),  # the pinned key
    Column("name", Text),
    Column("number", Integer),  # of the newest version seen, and its id
    Column("identity", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("due", Moment, nullable=False, index=True),
    Column("tried", Moment),
    Column("ok", Moment),
    Column("failures", Integer, nullable=False),
    Column("problem", Text),
    Column("agreed", LargeBinary),  # the document decided about last
    Column("pending", LargeBinary),  # the one to decide about
    UniqueConstraint("owner", "address"),
    sqlite_autoincrement=True,
)
