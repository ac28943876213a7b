"""What members do not want to see, for themselves."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text, UniqueConstraint

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata, owned

mute = Table(
    "mute",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Moment),  # NULL: until taken off
    Column("made", Moment, nullable=False),
    UniqueConstraint("owner", "kind", "text"),
    sqlite_autoincrement=True,
)
