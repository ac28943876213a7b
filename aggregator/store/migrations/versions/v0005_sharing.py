"""Lists going out: what was decided of each, secret addresses, and who asked our hub to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "list_sharing",
        sa.Column(
            "list_id",
            ROW_ID,
            sa.ForeignKey("list.id", name="fk_list_sharing_list_id", ondelete="CASCADE"),
            autoincrement=False,
        ),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("full_text", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("list_id", name="pk_list_sharing"),
    )
    op.create_table(
        "private_address",
        sa.Column("hash", sa.LargeBinary),
        sa.Column(
            "list_id",
            ROW_ID,
            sa.ForeignKey("list.id", name="fk_private_address_list_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "member_id",
            ROW_ID,
            sa.ForeignKey("member.id", name="fk_private_address_member_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("used", sa.BigInteger),
        sa.PrimaryKeyConstraint("hash", name="pk_private_address"),
        sa.UniqueConstraint("list_id", "member_id", name="uq_private_address_list_id_member_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_private_address_member_id", "private_address", ["member_id"])
    op.create_table(
        "hub_subscriber",
        sa.Column("key", sa.LargeBinary),
        sa.Column(
            "list_id",
            ROW_ID,
            sa.ForeignKey("list.id", name="fk_hub_subscriber_list_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("lease", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Text),
        sa.Column("until", sa.BigInteger),
        sa.Column("told", sa.LargeBinary),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_hub_subscriber"),
        sqlite_with_rowid=False,
    )
    for column in ("list_id", "host", "due"):
        op.create_index(f"ix_hub_subscriber_{column}", "hub_subscriber", [column])
