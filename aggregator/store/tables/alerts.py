"""Alerts of lists, and which entries each has told of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

alert = Table(
    "alert",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("address", LargeBinary, nullable=False),  # sealed
    Column("nonce", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),  # of its word
    Column("hours", Integer, nullable=False),
    Column("made", Moment, nullable=False),
    Column("after", BigInteger, nullable=False),  # the newest entry when it was made
    Column("due", Moment, nullable=False, index=True),
    Column("asked", Moment),
    Column("confirmed", Moment),
    Column("told", Moment),
    Column("failures", Integer, nullable=False),
    Column("fault", Text, nullable=False),
    Column("ended", Moment),
    sqlite_autoincrement=True,
)

# Entries come and go by themselves: no foreign key, so that letting an entry go costs nothing here.
alert_entry = Table(
    "alert_entry",
    metadata,
    Column("alert_id", RowId, ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True),
    Column("entry_id", BigInteger, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
)
