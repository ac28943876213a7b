"""Bundles: kept versions of ours, and those of others that are followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables of bundles."""
    op.create_table(
        "bundle",
        _owner("bundle"),
        sa.Column("name", sa.Text),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_bundle"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bundle_version",
        _owner("bundle_version"),
        sa.Column("name", sa.Text),
        sa.Column("number", sa.Integer, autoincrement=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", "number", name="pk_bundle_version"),
    )
    op.create_table(
        "followed_bundle",
        sa.Column("id", ROW_ID),
        _owner("followed_bundle"),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("publisher", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("number", sa.Integer),
        sa.Column("identity", sa.Text),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("tried", sa.BigInteger),
        sa.Column("ok", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("agreed", sa.LargeBinary),
        sa.Column("pending", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_followed_bundle"),
        sa.UniqueConstraint("owner", "address", name="uq_followed_bundle_owner_address"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_followed_bundle_due", "followed_bundle", ["due"])


def _owner(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("owner.id", name=f"fk_{table}_owner", ondelete="CASCADE")
    return sa.Column("owner", ROW_ID, key, nullable=False)
