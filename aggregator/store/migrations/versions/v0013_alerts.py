"""Alerts of lists by mail or webhook, and which entries each has told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "alert",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("list_id", ROW_ID, nullable=False),
        sa.Column("member_id", ROW_ID, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("hours", sa.Integer, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("after", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.BigInteger),
        sa.Column("confirmed", sa.BigInteger),
        sa.Column("told", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.ForeignKeyConstraint(["list_id"], ["list.id"], name="fk_alert_list_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_alert_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("hash", name="uq_alert_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_list_id", "alert", ["list_id"])
    op.create_index("ix_alert_member_id", "alert", ["member_id"])
    op.create_index("ix_alert_due", "alert", ["due"])
    op.create_table(
        "alert_entry",
        sa.Column("alert_id", ROW_ID, nullable=False, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_entry_alert_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert_id", "entry_id", name="pk_alert_entry"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_alert_entry_at", "alert_entry", ["at"])
