"""Jobs, single values of the instance, and the counter of changes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata, owned

job = Table(
    "job",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("notes", Text, nullable=False),  # JSON
    Column("created", Moment, nullable=False),
    Column("ended", Moment),
    Column("undone", Boolean, nullable=False),
    Column("document", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)

job_item = Table(
    "job_item",
    metadata,
    Column("job_id", RowId, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("title", Text),
    Column("state", Text, nullable=False),
    Column("feed_id", BigInteger),  # no foreign key: the list of what was imported outlives its feeds
    Column("note", Text),
    sqlite_with_rowid=False,
)

value = Table(
    "value",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)

# One row. Each transaction that changes what a ranking may see takes numbers from it, and holds it until its end:
# so versions become visible in their order, also with several writers on PostgreSQL.
counter = Table(
    "counter",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("last_entry", BigInteger, nullable=False),
)
