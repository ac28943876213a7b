"""Alembic runs this for each migration, on the connection and in the transaction of store/migrate.py."""

from __future__ import annotations

from alembic import context

from aggregator.store.tables import metadata

# No transaction of Alembic's own: the caller's holds all steps and their version row, so a failed one leaves nothing.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
)
context.run_migrations()
