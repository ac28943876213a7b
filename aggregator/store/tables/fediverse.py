"""The fediverse: whom we read there, keys of others, what came to the inbox, and who is kept out."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text

from aggregator.store.columns import Moment, RowId
from aggregator.store.tables.base import metadata

# The actor behind a source: where its posts are, and whether it tells us of them.
followed = Table(
    "followed",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("inbox", Text),
    Column("outbox", Text),
    Column("document", LargeBinary, nullable=False),  # as it was fetched, so that not every poll asks for it
    Column("asked", Moment, nullable=False),  # when the actor was
    Column("state", Text, nullable=False),  # none | asked | accepted | rejected
    Column("state_at", Moment),
    Column("failures", Integer, nullable=False),
)

# Keys of others, so that a push costs no fetch, and a Delete of an actor that is gone can still be proved.
actor_key = Table(
    "actor_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("actor", Text, nullable=False, index=True),
    Column("pem", Text, nullable=False),
    Column("fetched", Moment, nullable=False),
    sqlite_with_rowid=False,
)

# What came to the inbox and is not yet looked at, as it came.
delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("received", Moment, nullable=False),
    Column("host", Text, nullable=False, index=True),  # of the key it names; not proved yet
    Column("url", Text, nullable=False),
    Column("headers", Text, nullable=False),  # JSON, those that a signature may cover
    Column("body", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# Signatures that were used, until they would be too old anyhow.
used_signature = Table(
    "used_signature",
    metadata,
    Column("mark", LargeBinary(16), primary_key=True),
    Column("until", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
)

# What was refused and why, the newest of it; nothing of what it said.
refusal = Table(
    "refusal",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("host", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)

domain_block = Table(
    "domain_block",
    metadata,
    Column("domain", Text, primary_key=True),
    Column("why", Text),
    Column("at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
