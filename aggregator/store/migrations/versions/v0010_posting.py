"""Our lists in the fediverse: which are there, who follows them, what they posted, what is still to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "list_actor",
        sa.Column("list_id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("known", sa.Boolean, nullable=False),
        sa.Column("looked", sa.BigInteger),
        sa.Column("version_id", sa.BigInteger),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_list_actor_list_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("list_id", name="pk_list_actor"),
    )
    op.create_table(
        "list_follower",
        sa.Column("list_id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("inbox", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_list_follower_list_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("list_id", "actor", name="pk_list_follower"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_list_follower_actor", "list_follower", ["actor"])
    op.create_index("ix_list_follower_host", "list_follower", ["host"])
    op.create_table(
        "list_post",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("list_id", ROW_ID, nullable=False),
        sa.Column("entry_id", sa.BigInteger),
        sa.Column("object", sa.Text),
        sa.Column("version_id", sa.BigInteger),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_list_post_list_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_list_post"),
        sa.UniqueConstraint("list_id", "entry_id", name="uq_list_post_list_id_entry_id"),
        sa.UniqueConstraint("list_id", "version_id", name="uq_list_post_list_id_version_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_list_post_at", "list_post", ["at"])
    op.create_table(
        "sending",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("inbox", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("post_id", sa.BigInteger),
        sa.Column("body", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sending"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sending_host", "sending", ["host"])
    op.create_index("ix_sending_post_id", "sending", ["post_id"])
    op.create_index("ix_sending_due", "sending", ["due"])
