"""The tables of both databases. Migrations bring any database to exactly this; a test compares.

The words index is no table of Core: dialects/sqlite.py and dialects/postgres.py have its DDL.
What belongs to somebody has `owner`: the id of a member or a group.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from aggregator.store.columns import Instant, Moment, RowId, UidBytes

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _owner(*, primary_key: bool = False) -> Column[int]:
    return Column("owner", RowId, ForeignKey("owner.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)


# Ids are never used again (sqlite_autoincrement): columns on disk and undo steps may still name them.
owner = Table(
    "owner",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),  # member | group
    sqlite_autoincrement=True,
)

member = Table(
    "member",
    metadata,
    Column("id", RowId, ForeignKey("owner.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("language", Text),
)

grp = Table(
    "grp",
    metadata,
    Column("id", RowId, ForeignKey("owner.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)

membership = Table(
    "membership",
    metadata,
    Column("group_id", RowId, ForeignKey("grp.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, nullable=False),
    sqlite_with_rowid=False,
)

session = Table(
    "session",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("member_id", RowId, ForeignKey("member.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("expires", Moment, nullable=False),
    sqlite_with_rowid=False,
)

link = Table(
    "link",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used", Moment),
    sqlite_with_rowid=False,
)

feed = Table(
    "feed",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("address", Text, nullable=False, unique=True),
    Column("first_address", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("site", Text),
    Column("language", Text),
    Column("source", Text, nullable=False),
    Column("source_owner", Text, nullable=False),
    Column("added", Moment, nullable=False),
    Column("hints", Text, nullable=False),  # FeedData as JSON
    sqlite_autoincrement=True,
)

# Apart from `feed`: each fetch rewrites this row, so it stays small.
feed_state = Table(
    "feed_state",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("due", Moment, nullable=False, index=True),
    Column("interval", Integer, nullable=False),  # s
    Column("full_since", Moment),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("last_tried", Moment),
    Column("last_ok", Moment),
    Column("fault", Text),
    Column("fault_detail", Text),
    Column("fault_retry_after", Integer),  # s
    Column("streak", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("moved_to", Text),
    Column("moved_since", Moment),
    Column("full_text", Text),  # NULL: off; empty: on and well; else what went wrong last
    Column("moved_times", Integer),  # answers in a row that led to moved_to
    Column("lease_worker", Text, index=True),
    Column("lease_until", Moment),
)

# Addresses feeds were moved from because their publishers said so, for editors to see.
feed_move = Table(
    "feed_move",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("from_address", Text, nullable=False),
    Column("to_address", Text, nullable=False),
    sqlite_with_rowid=False,
)

# How a feed is reached where the address alone is not enough: credentials and a proxy, sealed (services/access.py).
feed_access = Table(
    "feed_access",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# Feeds whose hub tells us of news (WebSub).
feed_push = Table(
    "feed_push",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("ask_at", Moment, nullable=False, index=True),  # when the hub is asked next
    Column("asked", Moment),
    Column("until", Moment),  # NULL: the hub has not agreed
    Column("failures", Integer, nullable=False),
)

# What we asked of others, a day (UTC) and a registrable domain.
traffic = Table(
    "traffic",
    metadata,
    Column("day", Text, primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("unchanged", BigInteger, nullable=False),  # 304
    Column("failed", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # as received
    sqlite_with_rowid=False,
)

# What the last whole document of a feed carried: raw hashes, 16 bytes each, in document order.
carried = Table(
    "carried",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

folder = Table(
    "folder",
    metadata,
    Column("id", RowId, primary_key=True),
    _owner(),
    Column("path", Text, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("owner", "path"),
    sqlite_autoincrement=True,
)

subscription = Table(
    "subscription",
    metadata,
    _owner(primary_key=True),
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("title", Text),
    Column("why", Text),
    Column("added", Moment, nullable=False),
    Column("extra", Text),  # unknown outline attributes as JSON
    sqlite_with_rowid=False,
)

filing = Table(
    "filing",
    metadata,
    Column("owner", RowId, primary_key=True),
    Column("feed_id", RowId, primary_key=True),
    Column("folder_id", RowId, ForeignKey("folder.id", ondelete="CASCADE"), primary_key=True, index=True),
    ForeignKeyConstraint(["owner", "feed_id"], ["subscription.owner", "subscription.feed_id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

# `id` and `version` come from `counter`, so ids are known before the rows are written, in bulk.
entry = Table(
    "entry",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=False),
    Column("uid", UidBytes, nullable=False, unique=True),
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), nullable=False),
    Column("version", BigInteger, nullable=False, unique=True),
    Column("time", Instant, nullable=False, index=True),
    Column("first_seen", Instant, nullable=False),
    Column("age_known", Boolean, nullable=False),
    Column("published", Instant),
    Column("updated", Instant),
    Column("guid", Text),
    Column("link", Text),
    Column("link_hash", BigInteger, index=True),  # 8 bytes of a hash: an index over addresses is ten times as big
    Column("title", Text, nullable=False),
    Column("authors", Text),  # JSON, NULL where empty
    Column("language", Text),
    Column("kind", Text, nullable=False),
    Column("categories", Text),  # JSON, NULL where empty
    Column("enclosures", Text),  # JSON, NULL where empty
    Column("image", Text),
    Column("comments", Text),
    Column("excerpt", Text, nullable=False),
    Column("words", Integer),
    Column("paid", Boolean, nullable=False),
    Column("has", Integer, nullable=False),  # bits in the order of model.candidate.HAS
    Index("ix_entry_feed_id_time", "feed_id", "time"),
)

entry_body = Table(
    "entry_body",
    metadata,
    Column("entry_id", RowId, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("content_html", Text, nullable=False),
    Column("summary_html", Text, nullable=False),
)

# Entries that are no more, so that derived columns hear of it.
entry_gone = Table(
    "entry_gone",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("entry_id", BigInteger, nullable=False),
)

# Outlives its entry: an entry that comes back is known, and its uid and time stay what they were.
seen = Table(
    "seen",
    metadata,
    Column("feed_id", RowId, ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True),
    Column("key_hash", LargeBinary(16), primary_key=True),
    Column("uid", UidBytes, nullable=False),
    Column("entry_id", BigInteger),  # NULL: the entry is gone
    Column("raw_hash", LargeBinary(16), nullable=False),
    Column("time", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("age_known", Boolean, nullable=False),
    # model.entry.Marks: how an entry is known again that comes under another key
    Column("link_mark", BigInteger),
    Column("place_mark", BigInteger),
    Column("title_mark", BigInteger),
    Column("text_mark", BigInteger),
    Index("ix_seen_feed_id_time_first_seen", "feed_id", "time", "first_seen"),
    sqlite_with_rowid=False,
)

entry_state = Table(
    "entry_state",
    metadata,
    Column("entry_id", RowId, ForeignKey("entry.id", ondelete="CASCADE"), primary_key=True),
    Column("owner", RowId, ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("read", Boolean, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("later", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

rule = Table(
    "rule",
    metadata,
    Column("id", RowId, primary_key=True),
    _owner(),
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
    _owner(),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rule_id", RowId, ForeignKey("rule.id"), nullable=False, index=True),
    Column("max_age", Integer, nullable=False),  # s
    Column("time_zone", Text, nullable=False),
    Column("scope", Text, nullable=False),  # JSON
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

job = Table(
    "job",
    metadata,
    Column("id", RowId, primary_key=True),
    _owner(),
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
