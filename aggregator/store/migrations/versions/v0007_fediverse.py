"""The fediverse: whom we read there, keys of others, what came to the inbox, and who is kept out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "followed",
        sa.Column("feed_id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("inbox", sa.Text),
        sa.Column("outbox", sa.Text),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("state_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_followed_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_followed"),
    )
    op.create_index("ix_followed_actor", "followed", ["actor"])
    op.create_table(
        "actor_key",
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("pem", sa.Text, nullable=False),
        sa.Column("fetched", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_actor_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_actor_key_actor", "actor_key", ["actor"])
    op.create_table(
        "delivery",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_host", "delivery", ["host"])
    op.create_index("ix_delivery_due", "delivery", ["due"])
    op.create_table(
        "used_signature",
        sa.Column("mark", sa.LargeBinary(16), nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_used_signature"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_used_signature_until", "used_signature", ["until"])
    op.create_table(
        "refusal",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refusal"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "domain_block",
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_domain_block"),
        sqlite_with_rowid=False,
    )
