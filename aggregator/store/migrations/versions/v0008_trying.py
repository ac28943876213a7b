"""Drafts of rules, and replays of the last days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "draft",
        _key("draft", "member_id", "member.id"),
        _key("draft", "rule_id", "rule.id"),
        _key("draft", "base_id", "rule_version.id"),
        sa.Column("toml", sa.Text, nullable=False),
        sa.Column("previous", sa.Text),
        sa.Column("saved", sa.BigInteger, nullable=False),
        sa.Column("discarded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "rule_id", name="pk_draft"),
    )
    op.create_table(
        "replay",
        sa.Column("id", ROW_ID),
        _key("replay", "member_id", "member.id"),
        _key("replay", "list_id", "list.id"),
        _key("replay", "before_id", "rule_version.id"),
        sa.Column("toml", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_replay"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_replay_member_id", "replay", ["member_id"])
    op.create_index("ix_replay_state", "replay", ["state"])


def _key(table: str, column: str, target: str) -> sa.Column[int]:
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}", ondelete="CASCADE")
    return sa.Column(column, ROW_ID, key, autoincrement=False, nullable=False)
