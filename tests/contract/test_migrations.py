from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import inspect, text

from aggregator.errors import ConflictError, StoreError
from aggregator.store import migrate, values
from aggregator.store.database import Database
from aggregator.store.tables import metadata

DIALECTS_OWN = {"alembic_version", "indexed", "entry_words"}
BROKEN = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    op.create_table("left_over", sa.Column("id", sa.Integer, primary_key=True))
    op.execute(sa.text("UPDATE value SET content = 'spoilt'"))
    op.execute(sa.text("SELECT nonsense FROM nowhere"))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path, now):
    """A database without anything in it."""
    where = tmp_path / "new.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database.open(where, clock=SimpleNamespace(now=lambda: now))
    yield database
    database.close()


@pytest.fixture
def broken_step(tmp_path, monkeypatch):
    """One more migration, which fails at its end."""
    steps = tmp_path / "100% steps"
    shutil.copytree(migrate.MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    (steps / "versions" / "v9999_broken.py").write_text(BROKEN.format(newest=migrate.newest()), encoding="utf-8")
    return lambda: monkeypatch.setattr(migrate, "MIGRATIONS", steps)


def described(conn):
    """Everything about a schema that matters to us, without what is the dialect's own."""
    found = inspect(conn)
    names = {n for n in found.get_table_names() if n not in DIALECTS_OWN and not n.startswith("words")}
    tables = {
        name: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            "key": found.get_pk_constraint(name),
            "foreign": sorted(map(str, found.get_foreign_keys(name))),
            "unique": sorted(map(str, found.get_unique_constraints(name))),
            "indexes": sorted(map(str, found.get_indexes(name))),
        }
        for name in names
    }
    if conn.dialect.name == "sqlite":
        for name, sql in conn.execute(text("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")):
            if name in tables:
                tables[name]["options"] = ("WITHOUT ROWID" in sql, "AUTOINCREMENT" in sql)
    return tables


def test_migrations_end_where_the_tables_are(empty, request):
    if empty.path:
        empty.path.touch()
    with empty.write() as conn:
        metadata.create_all(conn)
        expected = described(conn)
    migrated = request.getfixturevalue("sqlite_database" if empty.path else "postgres_database")
    with migrated.read() as conn:
        assert expected == described(conn)


def test_migrating_twice_changes_nothing(empty):
    assert empty.migrate() is None
    with empty.read() as conn:
        identity = values.database_identity(conn)
    assert empty.migrate() is None
    with empty.read() as conn:
        assert identity == values.database_identity(conn)


def test_a_migration_that_fails_leaves_nothing_of_itself(empty, broken_step):
    empty.migrate()
    with empty.write() as conn:
        values.set_value(conn, "name", "whole")
        before = described(conn)
    whole = migrate.newest()
    broken_step()
    with pytest.raises(StoreError):
        empty.migrate()
    with empty.read() as conn:
        assert before == described(conn)
        assert ("whole", whole) == (values.get_value(conn, "name"), migrate.revision(conn))


def test_a_first_migration_that_fails_leaves_an_empty_database(empty, broken_step):
    broken_step()
    with pytest.raises(StoreError):
        empty.migrate()
    with empty.read() as conn:
        assert {} == described(conn)


def test_a_database_of_a_newer_release_is_left_alone(empty):
    empty.migrate()
    with empty.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConflictError):
        empty.migrate()
