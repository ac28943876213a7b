"""The first tables, the words index, and the rows no database is without."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

WORDS = {
    "sqlite": (
        "CREATE TABLE indexed (entry_id INTEGER PRIMARY KEY, text BLOB NOT NULL)",
        """CREATE VIRTUAL TABLE words USING fts5(
            text, content='',
            tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
        )""",
        # Without this FTS5 keeps what was deleted in its old segments.
        "INSERT INTO words (words, rank) VALUES ('secure-delete', 1)",
    ),
    "postgresql": (
        """CREATE TABLE entry_words (
            entry_id bigint REFERENCES entry (id) ON DELETE CASCADE,
            part integer,
            words tsvector NOT NULL,
            PRIMARY KEY (entry_id, part)
        )""",
        "CREATE INDEX ix_entry_words_words ON entry_words USING gin (words)",
    ),
}


def upgrade() -> None:
    """Make everything."""
    _make_people()
    _make_feeds()
    _make_neighbourhood()
    _make_subscriptions()
    _make_entries()
    _make_rules()
    _make_ledger()
    _make_work()
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    _add_first_rows()


def _make_people() -> None:
    # Whoever things belong to, and who is signed in.
    op.create_table(
        "owner",
        sa.Column("id", ROW_ID),
        sa.Column("kind", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owner"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "member",
        sa.Column(
            "id", ROW_ID, sa.ForeignKey("owner.id", name="fk_member_id", ondelete="CASCADE"), autoincrement=False
        ),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
    )
    op.create_table(
        "grp",
        sa.Column("id", ROW_ID, sa.ForeignKey("owner.id", name="fk_grp_id", ondelete="CASCADE"), autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grp"),
    )
    op.create_table(
        "membership",
        sa.Column("group_id", ROW_ID, sa.ForeignKey("grp.id", name="fk_membership_group_id", ondelete="CASCADE")),
        sa.Column("member_id", ROW_ID, sa.ForeignKey("member.id", name="fk_membership_member_id", ondelete="CASCADE")),
        sa.Column("role", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("group_id", "member_id", name="pk_membership"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_membership_member_id", "membership", ["member_id"])
    op.create_table(
        "session",
        sa.Column("hash", sa.LargeBinary),
        sa.Column(
            "member_id",
            ROW_ID,
            sa.ForeignKey("member.id", name="fk_session_member_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_session"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_session_member_id", "session", ["member_id"])
    op.create_table(
        "link",
        sa.Column("hash", sa.LargeBinary),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.PrimaryKeyConstraint("hash", name="pk_link"),
        sqlite_with_rowid=False,
    )


def _make_feeds() -> None:
    # Feeds, and how fetching goes.
    op.create_table(
        "feed",
        sa.Column("id", ROW_ID),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("first_address", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_owner", sa.Text, nullable=False),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("hints", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.UniqueConstraint("address", name="uq_feed_address"),
        sa.UniqueConstraint("first_address", name="uq_feed_first_address"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "feed_state",
        sa.Column(
            "feed_id",
            ROW_ID,
            sa.ForeignKey("feed.id", name="fk_feed_state_feed_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("interval", sa.Integer, nullable=False),
        sa.Column("full_since", sa.BigInteger),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("last_tried", sa.BigInteger),
        sa.Column("last_ok", sa.BigInteger),
        sa.Column("fault", sa.Text),
        sa.Column("fault_detail", sa.Text),
        sa.Column("fault_retry_after", sa.Integer),
        sa.Column("streak", sa.Integer, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("moved_to", sa.Text),
        sa.Column("moved_since", sa.BigInteger),
        sa.Column("full_text", sa.Text),
        sa.Column("moved_times", sa.Integer),
        sa.Column("lease_worker", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_state"),
    )
    op.create_index("ix_feed_state_due", "feed_state", ["due"])
    op.create_index("ix_feed_state_lease_worker", "feed_state", ["lease_worker"])
    op.create_table(
        "carried",
        sa.Column(
            "feed_id",
            ROW_ID,
            sa.ForeignKey("feed.id", name="fk_carried_feed_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name="pk_carried"),
    )


def _make_neighbourhood() -> None:
    # How feeds are reached, where they moved, who tells us of news, and what we asked of others.
    op.create_table(
        "feed_move",
        sa.Column("feed_id", ROW_ID, sa.ForeignKey("feed.id", name="fk_feed_move_feed_id", ondelete="CASCADE")),
        sa.Column("at", sa.BigInteger),
        sa.Column("from_address", sa.Text, nullable=False),
        sa.Column("to_address", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "at", name="pk_feed_move"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_access",
        sa.Column(
            "feed_id",
            ROW_ID,
            sa.ForeignKey("feed.id", name="fk_feed_access_feed_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_access"),
    )
    op.create_table(
        "feed_push",
        sa.Column(
            "feed_id",
            ROW_ID,
            sa.ForeignKey("feed.id", name="fk_feed_push_feed_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("ask_at", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name="pk_feed_push"),
    )
    op.create_index("ix_feed_push_ask_at", "feed_push", ["ask_at"])
    op.create_table(
        "traffic",
        sa.Column("day", sa.Text),
        sa.Column("domain", sa.Text),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("unchanged", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "domain", name="pk_traffic"),
        sqlite_with_rowid=False,
    )


def _make_subscriptions() -> None:
    # Who reads which feed, filed where.
    op.create_table(
        "folder",
        sa.Column("id", ROW_ID),
        sa.Column(
            "owner", ROW_ID, sa.ForeignKey("owner.id", name="fk_folder_owner", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_folder"),
        sa.UniqueConstraint("owner", "path", name="uq_folder_owner_path"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "subscription",
        sa.Column("owner", ROW_ID, sa.ForeignKey("owner.id", name="fk_subscription_owner", ondelete="CASCADE")),
        sa.Column("feed_id", ROW_ID, sa.ForeignKey("feed.id", name="fk_subscription_feed_id", ondelete="CASCADE")),
        sa.Column("title", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("extra", sa.Text),
        sa.PrimaryKeyConstraint("owner", "feed_id", name="pk_subscription"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_subscription_feed_id", "subscription", ["feed_id"])
    op.create_table(
        "filing",
        sa.Column("owner", ROW_ID),
        sa.Column("feed_id", ROW_ID),
        sa.Column("folder_id", ROW_ID, sa.ForeignKey("folder.id", name="fk_filing_folder_id", ondelete="CASCADE")),
        sa.PrimaryKeyConstraint("owner", "feed_id", "folder_id", name="pk_filing"),
        sa.ForeignKeyConstraint(
            ["owner", "feed_id"],
            ["subscription.owner", "subscription.feed_id"],
            name="fk_filing_owner_feed_id",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_filing_folder_id", "filing", ["folder_id"])


def _make_entries() -> None:
    # Entries, and what stays of them.
    op.create_table(
        "entry",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("uid", sa.LargeBinary(16), nullable=False),
        sa.Column(
            "feed_id", ROW_ID, sa.ForeignKey("feed.id", name="fk_entry_feed_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("age_known", sa.Boolean, nullable=False),
        sa.Column("published", sa.BigInteger),
        sa.Column("updated", sa.BigInteger),
        sa.Column("guid", sa.Text),
        sa.Column("link", sa.Text),
        sa.Column("link_hash", sa.BigInteger),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("authors", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("categories", sa.Text),
        sa.Column("enclosures", sa.Text),
        sa.Column("image", sa.Text),
        sa.Column("comments", sa.Text),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("words", sa.Integer),
        sa.Column("paid", sa.Boolean, nullable=False),
        sa.Column("has", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("uid", name="uq_entry_uid"),
        sa.UniqueConstraint("version", name="uq_entry_version"),
    )
    op.create_index("ix_entry_feed_id_time", "entry", ["feed_id", "time"])
    op.create_index("ix_entry_link_hash", "entry", ["link_hash"])
    op.create_index("ix_entry_time", "entry", ["time"])
    op.create_table(
        "entry_body",
        sa.Column(
            "entry_id",
            ROW_ID,
            sa.ForeignKey("entry.id", name="fk_entry_body_entry_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        sa.Column("content_html", sa.Text, nullable=False),
        sa.Column("summary_html", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_entry_body"),
    )
    op.create_table(
        "entry_gone",
        sa.Column("version", sa.BigInteger, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_entry_gone"),
    )
    op.create_table(
        "seen",
        sa.Column("feed_id", ROW_ID, sa.ForeignKey("feed.id", name="fk_seen_feed_id", ondelete="CASCADE")),
        sa.Column("key_hash", sa.LargeBinary(16)),
        sa.Column("uid", sa.LargeBinary(16), nullable=False),
        sa.Column("entry_id", sa.BigInteger),
        sa.Column("raw_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("age_known", sa.Boolean, nullable=False),
        sa.Column("link_mark", sa.BigInteger),
        sa.Column("place_mark", sa.BigInteger),
        sa.Column("title_mark", sa.BigInteger),
        sa.Column("text_mark", sa.BigInteger),
        sa.PrimaryKeyConstraint("feed_id", "key_hash", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_seen_feed_id_time_first_seen", "seen", ["feed_id", "time", "first_seen"])
    op.create_table(
        "entry_state",
        sa.Column("entry_id", ROW_ID, sa.ForeignKey("entry.id", name="fk_entry_state_entry_id", ondelete="CASCADE")),
        sa.Column("owner", ROW_ID, sa.ForeignKey("member.id", name="fk_entry_state_owner", ondelete="CASCADE")),
        sa.Column("read", sa.Boolean, nullable=False),
        sa.Column("starred", sa.Boolean, nullable=False),
        sa.Column("later", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "owner", name="pk_entry_state"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entry_state_owner", "entry_state", ["owner"])


def _make_rules() -> None:
    # Rules and lists.
    op.create_table(
        "rule",
        sa.Column("id", ROW_ID),
        sa.Column("owner", ROW_ID, sa.ForeignKey("owner.id", name="fk_rule_owner", ondelete="CASCADE"), nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule"),
        sa.UniqueConstraint("owner", "slug", name="uq_rule_owner_slug"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule_version",
        sa.Column("id", ROW_ID),
        sa.Column(
            "rule_id",
            ROW_ID,
            sa.ForeignKey("rule.id", name="fk_rule_version_rule_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("plain", sa.Text, nullable=False),
        sa.Column("toml", sa.Text, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("envelope", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_version"),
        sa.UniqueConstraint("identity", name="uq_rule_version_identity"),
        sa.UniqueConstraint("rule_id", "number", name="uq_rule_version_rule_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "list",
        sa.Column("id", ROW_ID),
        sa.Column("owner", ROW_ID, sa.ForeignKey("owner.id", name="fk_list_owner", ondelete="CASCADE"), nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("rule_id", ROW_ID, sa.ForeignKey("rule.id", name="fk_list_rule_id"), nullable=False),
        sa.Column("max_age", sa.Integer, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_list"),
        sa.UniqueConstraint("owner", "slug", name="uq_list_owner_slug"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_list_rule_id", "list", ["rule_id"])


def _make_ledger() -> None:
    # Who had room, a list and a day.
    op.create_table(
        "ledger",
        sa.Column("id", ROW_ID),
        sa.Column(
            "list_id", ROW_ID, sa.ForeignKey("list.id", name="fk_ledger_list_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("written", sa.BigInteger, nullable=False),
        sa.Column(
            "rule_version_id",
            ROW_ID,
            sa.ForeignKey("rule_version.id", name="fk_ledger_rule_version_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("places", sa.Integer, nullable=False),
        sa.Column("candidates", sa.Integer, nullable=False),
        sa.Column("fair", sa.BigInteger, nullable=False),
        sa.Column("median_age", sa.Integer),
        sa.Column("newest_median_age", sa.Integer),
        sa.Column("stories", sa.Integer, nullable=False),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        sa.UniqueConstraint("list_id", "at", name="uq_ledger_list_id_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ledger_rule_version_id", "ledger", ["rule_version_id"])
    op.create_table(
        "ledger_share",
        sa.Column(
            "ledger_id", ROW_ID, sa.ForeignKey("ledger.id", name="fk_ledger_share_ledger_id", ondelete="CASCADE")
        ),
        sa.Column("kind", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("candidates", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("room", sa.BigInteger, nullable=False),
        sa.Column("newest_shown", sa.Integer, nullable=False),
        sa.Column("newest_room", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("ledger_id", "kind", "key", name="pk_ledger_share"),
        sqlite_with_rowid=False,
    )


def _make_work() -> None:
    # Jobs, values and the counter.
    op.create_table(
        "job",
        sa.Column("id", ROW_ID),
        sa.Column("owner", ROW_ID, sa.ForeignKey("owner.id", name="fk_job_owner", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("undone", sa.Boolean, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_state", "job", ["state"])
    op.create_table(
        "job_item",
        sa.Column("job_id", ROW_ID, sa.ForeignKey("job.id", name="fk_job_item_job_id", ondelete="CASCADE")),
        sa.Column("position", sa.Integer),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("feed_id", sa.BigInteger),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("job_id", "position", name="pk_job_item"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "value",
        sa.Column("name", sa.Text),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_value"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("last_entry", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_counter"),
    )


def _add_first_rows() -> None:
    # The instance itself is a group; its identity tells caches of another database from ours.
    bind = op.get_bind()
    group = bind.execute(sa.text("INSERT INTO owner (kind) VALUES ('group') RETURNING id")).scalar_one()
    bind.execute(sa.text("INSERT INTO grp (id, name) VALUES (:id, '')"), {"id": group})
    bind.execute(sa.text("INSERT INTO counter (id, version, last_entry) VALUES (1, 0, 0)"))
    bind.execute(
        sa.text("INSERT INTO value (name, content) VALUES ('database-identity', :word)"),
        {"word": secrets.token_hex(16)},
    )
