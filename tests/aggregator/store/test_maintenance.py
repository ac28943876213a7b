from __future__ import annotations

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy import insert, text

from aggregator.errors import BadInputError, BusyError, ConflictError
from aggregator.model.feed import NewFeed
from aggregator.store import feeds, maintenance, tables, values
from aggregator.store.database import Database
from aggregator.store.dialects import words_index

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def filled(database):
    """A database that holds one entry, with all that belongs to it."""
    with database.write() as conn:
        new = NewFeed("https://example.org/f", "T", None, None, "s", "o")
        feed_id = feeds.add_feed(conn, new, now=NOW, due=NOW)
        uid = "0" * 32
        told = {"title": "", "kind": "article", "excerpt": "", "paid": False, "has": 0, "version": 1}
        when = {"time": NOW, "first_seen": NOW, "age_known": True}
        conn.execute(insert(tables.entry), {"id": 1, "uid": uid, "feed_id": feed_id, **when, **told})
        conn.execute(insert(tables.entry_body), {"entry_id": 1, "content_html": "", "summary_html": ""})
        marker = {"feed_id": feed_id, "key_hash": bytes(16), "uid": uid, "entry_id": 1, "raw_hash": bytes(16), **when}
        conn.execute(insert(tables.seen), marker)
        words_index(conn).add_words(conn, [(1, "some words")])
    return database


def run(database, statement):
    with database.write() as conn:
        conn.execute(text(statement))


def test_a_whole_database_has_no_problems(filled):
    assert () == maintenance.find_problems(filled)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            "UPDATE seen SET entry_id = 7",
            ("1 seen-markers of entries that are missing", "1 entries without a seen-marker"),
        ),
        ("DELETE FROM entry_body", ("1 entries without a body",)),
    ],
)
def test_what_hangs_loose_is_told(filled, damage, told):
    run(filled, damage)
    assert told == maintenance.find_problems(filled)


def test_an_index_that_misses_an_entry_is_told(sqlite_database):
    run(sqlite_database, "INSERT INTO indexed (entry_id, text) VALUES (9, x'00')")
    assert ("1 entries in the words index that are missing",) == maintenance.find_problems(sqlite_database)


def test_a_damaged_words_index_is_told(sqlite_database):
    run(sqlite_database, "INSERT INTO words (rowid, text) VALUES (1, 'one two')")
    run(sqlite_database, "DELETE FROM words_idx")
    run(sqlite_database, "UPDATE words_data SET block = x'00' WHERE id > 10")
    assert "the words index" in [line.partition(":")[0] for line in maintenance.find_problems(sqlite_database)]


def test_a_database_in_use_is_busy_and_not_damaged(sqlite_database):
    held, done = Event(), Event()

    def hold():
        with sqlite_database.write():
            held.set()
            done.wait(60)

    holder = Thread(target=hold)
    holder.start()
    held.wait(60)
    try:
        with pytest.raises(BusyError):
            maintenance.find_problems(sqlite_database)
    finally:
        done.set()
        holder.join()


def test_a_copy_made_while_others_write_is_whole(sqlite_database, tmp_path, clock, other_process):
    other = other_process(WRITE, sqlite_database.path)
    assert "writing" == other.says()
    maintenance.back_up(sqlite_database, tmp_path / "copy.db")
    assert 0 == other.end()
    copy = Database.open(tmp_path / "copy.db", clock=clock)
    assert () == maintenance.find_problems(copy)
    with copy.read() as conn:
        pair = (values.find_value(conn, "one"), values.find_value(conn, "two"))
    assert pair[0] == pair[1] is not None
    copy.close()


WRITE = """
import sys
from pathlib import Path
from aggregator.model.clocks import open_clock
from aggregator.store import values
from aggregator.store.database import Database
db = Database.open(Path(sys.argv[1]), clock=open_clock(""), patience=30)
for n in range(400):
    with db.write() as conn:
        values.set_value(conn, "one", str(n))
        values.set_value(conn, "two", str(n))
    if n == 20:
        print("writing", flush=True)
db.close()
"""


def test_a_copy_replaces_nothing(sqlite_database, tmp_path):
    (tmp_path / "copy.db").write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError):
        maintenance.back_up(sqlite_database, tmp_path / "copy.db")


def test_a_copy_of_postgresql_is_made_by_its_own_tools(postgres_database, tmp_path):
    with pytest.raises(BadInputError):
        maintenance.back_up(postgres_database, tmp_path / "copy.db")
