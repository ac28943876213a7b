"""What the outlines of folders said that we do not know, kept for the next export."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; it stays NULL for folders that are there."""
    op.add_column("folder", sa.Column("extra", sa.Text))
