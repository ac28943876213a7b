"""Rules being tried: what editors are writing, and replays of the last days."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

# `toml` may be no rule yet: nothing that was typed is refused. `previous` is what it was before the last change.
draft = Table(
    "draft",
    metadata,
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("rule_id", RowId, ForeignKey("rule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("base_id", RowId, ForeignKey("rule_version.id", ondelete="CASCADE"), nullable=False),
    Column("toml", Text, nullable=False),
    Column("previous", Text),
    Column("saved", Moment, nullable=False),
    Column("discarded", Boolean, nullable=False),
)

replay = Table(
    "replay",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False),
    Column("before_id", RowId, ForeignKey("rule_version.id", ondelete="CASCADE"), nullable=False),
    Column("toml", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("days", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("result", Text),  # JSON
    Column("created", Moment, nullable=False),
    sqlite_autoincrement=True,
)
