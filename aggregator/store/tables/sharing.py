"""How lists go out: what was decided of each, secret addresses, and who asked our hub to be told."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

list_sharing = Table(
    "list_sharing",
    metadata,
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("public", Boolean, nullable=False),
    Column("full_text", Boolean, nullable=False),
)

private_address = Table(
    "private_address",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("made", Moment, nullable=False),
    Column("used", Moment),  # the day alone
    UniqueConstraint("list_id", "member_id"),
    sqlite_with_rowid=False,
)

hub_subscriber = Table(
    "hub_subscriber",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # of topic and callback
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("topic", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("host", Text, nullable=False, index=True),
    Column("secret", LargeBinary),  # sealed
    Column("lease", Integer, nullable=False),  # s
    Column("wanted", Text),
    Column("until", Moment),
    Column("told", LargeBinary),
    Column("due", Moment, nullable=False, index=True),
    Column("failures", Integer, nullable=False),
    sqlite_with_rowid=False,
)
