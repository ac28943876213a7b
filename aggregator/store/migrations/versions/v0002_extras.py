"""What a publisher may tell of an entry besides: chapters, places, licences and the like, as one JSON value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; it stays NULL for entries without any of it, and for those that are there."""
    op.add_column("entry", sa.Column("extras", sa.Text))
