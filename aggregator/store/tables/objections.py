"""What members object to in how sources are treated, and what they were answered."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from aggregator.store.columns import Moment, RowId, UidBytes
from aggregator.store.tables.base import metadata, owned

# The log outlives the feed, the entry and whoever wrote: of these only numbers are kept, and names go with members.
objection = Table(
    "objection",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("feed_id", BigInteger, nullable=False, index=True),
    Column("uid", UidBytes),  # the entry it is about, NULL: the source as a whole
    Column("member_id", RowId, ForeignKey("member.id", ondelete="SET NULL"), index=True),
    Column("text", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("answerer_id", RowId, ForeignKey("member.id", ondelete="SET NULL"), index=True),
    Column("answer", Text),
    Column("answered", Moment),  # NULL: it waits; an answer taken back stays for who wrote it
    Column("withdrawn", Moment),  # for putting it back; gone soon after
    sqlite_autoincrement=True,
)
