"""Editions of lists, kept with their receipts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, Table, UniqueConstraint

from aggregator.store.columns import Instant, Moment, RowId
from aggregator.store.tables.base import metadata

edition = Table(
    "edition",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("made", Moment, nullable=False),
    Column("rule_version_id", RowId, ForeignKey("rule_version.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("shown", Integer, nullable=False),
    Column("candidates", Integer, nullable=False),
    Column("cut", Boolean, nullable=False),
    Column("receipt", LargeBinary, nullable=False),  # zlib
    Column("annex", LargeBinary, nullable=False),  # zlib
    UniqueConstraint("list_id", "at"),
    sqlite_autoincrement=True,
)
