"""Rules and their versions, reading lists, and the ledger of who had room."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from aggregator.store.columns import Instant, Moment, RowId
from aggregator.store.tables.base import metadata, owned

rule = Table(
    "rule",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("slug", Text, nullable=False),
    UniqueConstraint("owner", "slug"),
    sqlite_autoincrement=True,
)

rule_version = Table(
    "rule_version",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("rule_id", RowId, ForeignKey("rule.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("plain", Text, nullable=False),
    Column("toml", Text, nullable=False),
    Column("author", Text),
    Column("reason", Text),
    Column("published", Moment, nullable=False),
    Column("identity", Text, nullable=False, unique=True),  # the version id, 64 hex characters
    Column("envelope", Text, nullable=False),  # what the publisher signed, with the signature, as JSON
    UniqueConstraint("rule_id", "number"),
    sqlite_autoincrement=True,
)

reading_list = Table(
    "list",
    metadata,
    Column("id", RowId, primary_key=True),
    owned(),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rule_id", RowId, ForeignKey("rule.id"), nullable=False, index=True),
    Column("max_age", Integer, nullable=False),  # s
    Column("time_zone", Text, nullable=False),
    Column("scope", Text, nullable=False),  # JSON
    Column("place", Integer, nullable=False, server_default="0"),  # in the order of an owner's lists, ties by id
    Column("feeds_of", RowId),  # whose sources it draws from, NULL: its owner's
    Column("timetable", Text),  # JSON, NULL: live
    Column("removed", Moment),  # for taking it back
    UniqueConstraint("owner", "slug"),
    sqlite_autoincrement=True,
)

# Who had room, a list and a day (ranking-semantics 7). Counts from `written` on: a receipt of a tick before that
# tick must find the facts it was made from.
ledger = Table(
    "ledger",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("list_id", RowId, ForeignKey("list.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("written", Moment, nullable=False),
    Column("rule_version_id", RowId, ForeignKey("rule_version.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("places", Integer, nullable=False),
    Column("candidates", Integer, nullable=False),
    Column("fair", BigInteger, nullable=False),  # room of each source with a candidate, shared equally
    Column("median_age", Integer),  # s, NULL where nothing was shown
    Column("newest_median_age", Integer),
    Column("stories", Integer, nullable=False),
    Column("left_out", Text, nullable=False),  # JSON: how many by each line
    UniqueConstraint("list_id", "at"),
    sqlite_autoincrement=True,
)

ledger_share = Table(
    "ledger_share",
    metadata,
    Column("ledger_id", RowId, ForeignKey("ledger.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),  # source | language | folder
    Column("key", Text, primary_key=True),
    Column("candidates", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("room", BigInteger, nullable=False),  # millionths
    Column("newest_shown", Integer, nullable=False),
    Column("newest_room", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
