"""What every module of tables is made with."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData

from aggregator.store.columns import RowId

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def owned(*, primary_key: bool = False) -> Column[int]:
    """Return the column that says whose a row is."""
    return Column("owner", RowId, ForeignKey("owner.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False)
