from __future__ import annotations

import hashlib
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from pysqlite3 import dbapi2

from aggregator.errors import BadInputError, ConflictError
from aggregator.model.feed import NewFeed
from aggregator.store import feeds, maintenance
from aggregator.store.database import Database
from aggregator.store.restore import restore_copy

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def content(path):
    """A hash over every row of every table."""
    digest = hashlib.sha256()
    with closing(dbapi2.connect(path)) as conn:
        for (table,) in conn.execute(TABLES).fetchall():
            rows = sorted(map(repr, conn.execute(f'SELECT * FROM "{table}"')))
            digest.update(repr((table, rows)).encode())
    return digest.hexdigest()


def add_many(database, stop, started):
    for n in range(100_000):
        if stop.is_set():
            return
        with database.write() as conn:
            new = NewFeed(f"https://example.org/{n}", "T", None, None, "s", "o")
            feeds.add_feed(conn, new, now=NOW, due=NOW)
        started.set()


@pytest.fixture
def backup(sqlite_database, tmp_path):
    """A copy made while somebody writes."""
    stop, started = threading.Event(), threading.Event()
    writer = threading.Thread(target=add_many, args=(sqlite_database, stop, started))
    writer.start()
    try:
        assert started.wait(30)
        maintenance.back_up(sqlite_database, tmp_path / "copy.db")
    finally:
        stop.set()
        writer.join()
    return tmp_path / "copy.db"


def test_safety_74_a_copy_made_in_use_is_restored_to_an_empty_place_with_equal_hashes(backup, tmp_path, clock):
    place = tmp_path / "elsewhere"
    place.mkdir()
    hashed = restore_copy(backup, place / "broadsheet.db")
    assert hashed == hashlib.sha256(backup.read_bytes()).hexdigest()
    assert content(place / "broadsheet.db") == content(backup)
    database = Database.open(place / "broadsheet.db", clock=clock)
    try:
        assert database.migrate() is None
        assert maintenance.find_problems(database) == ()
        with database.read() as conn:
            assert sum(1 for _ in feeds.iter_feeds(conn)) >= 1
            assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    finally:
        database.close()
    assert (place / "broadsheet.db").stat().st_mode & 0o777 == 0o600


def test_nothing_is_restored_over_a_database(backup, sqlite_database):
    before = sqlite_database.path.read_bytes()
    with pytest.raises(ConflictError):
        restore_copy(backup, sqlite_database.path)
    assert sqlite_database.path.read_bytes() == before


@pytest.mark.parametrize("damage", [lambda _: b"not a database" * 99, lambda data: data[: len(data) // 2]])
def test_what_is_no_whole_copy_is_refused_and_leaves_nothing(backup, tmp_path, damage):
    place = tmp_path / "elsewhere"
    place.mkdir()
    backup.write_bytes(damage(backup.read_bytes()))
    with pytest.raises(BadInputError):
        restore_copy(backup, place / "broadsheet.db")
    assert list(place.iterdir()) == []


def test_a_newer_releases_copy_is_refused(backup, tmp_path):
    with closing(dbapi2.connect(backup)) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
        conn.commit()
    with pytest.raises(ConflictError):
        restore_copy(backup, tmp_path / "new.db")
