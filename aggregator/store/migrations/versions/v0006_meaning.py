"""Vectors of entries and topics, stories, copies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables of meaning."""
    op.create_table(
        "entry_vector",
        _entry_id("entry_vector"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("entry_version", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary(16), nullable=False),
        sa.Column("vector", sa.LargeBinary),
        *_keys("entry_vector"),
    )
    op.create_index("ix_entry_vector_content", "entry_vector", ["content"])
    op.create_table(
        "topic_vector",
        sa.Column("model", sa.Text),
        sa.Column("content", sa.LargeBinary(16)),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("model", "content", name="pk_topic_vector"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "story",
        sa.Column("id", ROW_ID, autoincrement=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("latest", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_index("ix_story_latest", "story", ["latest"])
    op.create_table(
        "story_entry",
        _entry_id("story_entry"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column(
            "story_id",
            ROW_ID,
            sa.ForeignKey("story.id", name="fk_story_entry_story_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("near", sa.BigInteger),
        sa.Column("likeness", sa.Integer, nullable=False),
        sa.Column("meaning", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("names", sa.Integer, nullable=False),
        *_keys("story_entry"),
    )
    op.create_index("ix_story_entry_story_id", "story_entry", ["story_id"])
    op.create_table(
        "copy",
        _entry_id("copy"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("copy_group", sa.BigInteger, nullable=False),
        sa.Column("how", sa.Text),
        sa.Column("likeness", sa.Integer, nullable=False),
        *_keys("copy"),
    )
    op.create_index("ix_copy_copy_group", "copy", ["copy_group"])


def _entry_id(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("entry.id", name=f"fk_{table}_entry_id", ondelete="CASCADE")
    return sa.Column("entry_id", ROW_ID, key, autoincrement=False)


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("entry_id", name=f"pk_{table}"),
        sa.UniqueConstraint("version", name=f"uq_{table}_version"),
    )
