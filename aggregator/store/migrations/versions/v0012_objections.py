"""What members object to in how sources are treated, and what they were answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "objection",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("owner", ROW_ID, nullable=False),
        sa.Column("feed_id", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.LargeBinary(16)),
        sa.Column("member_id", ROW_ID),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("answerer_id", ROW_ID),
        sa.Column("answer", sa.Text),
        sa.Column("answered", sa.BigInteger),
        sa.Column("withdrawn", sa.BigInteger),
        sa.ForeignKeyConstraint(["owner"], ["owner.id"], name="fk_objection_owner", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_objection_member_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["answerer_id"], ["member.id"], name="fk_objection_answerer_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_objection"),
        sqlite_autoincrement=True,
    )
    for column in ("feed_id", "member_id", "answerer_id"):
        op.create_index(f"ix_objection_{column}", "objection", [column])
