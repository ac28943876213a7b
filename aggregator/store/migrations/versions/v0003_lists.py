"""Lists have an order, may draw from another's sources, come as editions, can be taken back; members mute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, and the tables of editions and mutes."""
    op.add_column("list", sa.Column("place", sa.Integer, nullable=False, server_default="0"))
    op.add_column("list", sa.Column("feeds_of", ROW_ID))
    op.add_column("list", sa.Column("timetable", sa.Text))
    op.add_column("list", sa.Column("removed", sa.BigInteger))
    op.create_table(
        "edition",
        sa.Column("id", ROW_ID),
        sa.Column(
            "list_id", ROW_ID, sa.ForeignKey("list.id", name="fk_edition_list_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column(
            "rule_version_id",
            ROW_ID,
            sa.ForeignKey("rule_version.id", name="fk_edition_rule_version_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("candidates", sa.Integer, nullable=False),
        sa.Column("cut", sa.Boolean, nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.Column("annex", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.UniqueConstraint("list_id", "at", name="uq_edition_list_id_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_edition_rule_version_id", "edition", ["rule_version_id"])
    op.create_table(
        "mute",
        sa.Column("id", ROW_ID),
        sa.Column("owner", ROW_ID, sa.ForeignKey("owner.id", name="fk_mute_owner", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mute"),
        sa.UniqueConstraint("owner", "kind", "text", name="uq_mute_owner_kind_text"),
        sqlite_autoincrement=True,
    )
