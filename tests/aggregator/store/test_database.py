from __future__ import annotations

import re
import traceback

import pytest
from sqlalchemy import text

from aggregator.errors import BadSettingError, BusyError, StorageFullError, StoreError
from aggregator.store import values
from aggregator.store.database import Database
from aggregator.store.tables import metadata

HOLD_LOCK = """
import sys
from pysqlite3 import dbapi2
conn = dbapi2.connect(sys.argv[1], isolation_level=None)
conn.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
conn.execute("COMMIT")
print("free", flush=True)
"""
HOLD_TURN = """
import sys
from pathlib import Path
from aggregator.store.turnstile import Turnstile
with Turnstile(Path(sys.argv[1]), patience=5).pass_through():
    print("held", flush=True)
    sys.stdin.readline()
print("free", flush=True)
"""
COUNT = """
import sys
from pathlib import Path
from aggregator.model.clocks import open_clock
from aggregator.store import values
from aggregator.store.database import Database
db = Database.open(Path(sys.argv[1]), clock=open_clock(""), patience=30)
for _ in range(150):
    with db.write() as conn:
        values.set_value(conn, "count", str(int(values.find_value(conn, "count") or 0) + 1))
db.close()
"""


def write(database, content="x"):
    with database.write() as conn:
        values.set_value(conn, "name", content)


def read(database):
    with database.read() as conn:
        return values.find_value(conn, "name")


@pytest.mark.parametrize(("code", "file"), [(HOLD_LOCK, "broadsheet.db"), (HOLD_TURN, "turnstile")])
def test_safety_64_a_held_lock_makes_writers_give_up_in_time_and_readers_nothing(
    sqlite_database, other_process, code, file
):
    write(sqlite_database, "before")
    other = other_process(code, sqlite_database.path.parent / file)
    assert "held" == other.says()
    with pytest.raises(BusyError) as caught:
        write(sqlite_database)
    assert caught.value.retry_after > 0
    assert "before" == read(sqlite_database)
    other.go_on()
    assert "free" == other.says()
    write(sqlite_database, "after")
    assert "after" == read(sqlite_database)


def test_a_killed_writer_blocks_nobody(sqlite_database, other_process):
    other = other_process(HOLD_TURN, sqlite_database.path.parent / "turnstile")
    assert "held" == other.says()
    other.process.kill()
    other.process.wait()
    write(sqlite_database)


def test_processes_that_write_at_the_same_time_lose_nothing(sqlite_database, other_process):
    others = [other_process(COUNT, sqlite_database.path) for _ in range(3)]
    assert [0, 0, 0] == [other.end() for other in others]
    with sqlite_database.read() as conn:
        assert "450" == values.get_value(conn, "count")


def test_what_is_raised_inside_undoes_all(sqlite_database):
    write(sqlite_database, "before")

    def break_off():
        with sqlite_database.write() as conn:
            values.set_value(conn, "name", "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert "before" == read(sqlite_database)


def test_a_reader_sees_one_state_throughout(database):
    write(database, "before")
    with database.read() as conn:
        assert "before" == values.find_value(conn, "name")
        write(database, "after")
        assert "before" == values.find_value(conn, "name")
    assert "after" == read(database)


def test_a_reader_cannot_write(database):
    with pytest.raises(StoreError), database.read() as conn:
        values.set_value(conn, "name", "x")


def test_our_own_errors_pass_as_they_are(database):
    with pytest.raises(BusyError) as caught, database.write():
        raise BusyError("something else")
    assert "something else" == caught.value.what


def test_the_databases_errors_become_ours_with_their_cause(database):
    with pytest.raises(StoreError) as caught, database.read() as conn:
        conn.execute(text("SELECT nonsense FROM nowhere"))
    assert caught.value.code in {"SQLITE_ERROR", "42P01"}
    assert caught.value.__cause__ is not None


def test_safety_44_what_was_to_be_written_does_not_stand_in_an_error(database):
    place, word = "?" if database.path else "%s", "hsuh"[::-1][::-1].replace("su", "us")  # a traceback shows this line
    with pytest.raises(StoreError) as caught, database.write() as conn:
        conn.exec_driver_sql(f"INSERT INTO nowhere VALUES ({place})", [(word,)])
    assert "hush" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("where", ["nonsense", "mysql://here/there", "sqlite://", "postgresql:/"])
def test_an_address_that_is_none_is_refused(where, clock):
    with pytest.raises(BadSettingError):
        Database.open(where, clock=clock)


def test_a_server_that_is_not_there_is_busy(clock, tmp_path):
    pytest.importorskip("psycopg")
    database = Database.open(f"postgresql:///none?host={tmp_path}", clock=clock, patience=1)
    with pytest.raises(BusyError):
        database.migrate()
    database.close()


def test_a_file_that_is_no_database_is_told(tmp_path, clock):
    path = tmp_path / "broadsheet.db"
    path.write_text("These are not the bytes you are looking for. " * 100, encoding="utf-8")
    database = Database.open(path, clock=clock)
    with pytest.raises(StoreError) as caught:
        database.migrate()
    assert "SQLITE_NOTADB" == caught.value.code
    database.close()


FILL = """
import resource, sys
from pathlib import Path
from aggregator.errors import StorageFullError
from aggregator.model.clocks import open_clock
from aggregator.store import values
from aggregator.store.database import Database

db = Database.open(Path(sys.argv[1]), clock=open_clock(""), patience=5)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, most))
written = 0
try:
    while True:
        with db.write() as conn:
            values.set_value(conn, f"fill-{written}", "x" * 100_000)
        written += 1
except StorageFullError:
    print("full", flush=True)
with db.read() as conn:
    print(all(values.find_value(conn, f"fill-{n}") for n in range(written)), flush=True)
    print(values.find_value(conn, f"fill-{written}"), flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
with db.write() as conn:
    values.set_value(conn, "name", "space again")
db.close()
"""


def test_safety_63_a_full_disk_stops_writing_alone_and_only_as_long_as_it_is_full(sqlite_database, other_process):
    other = other_process(FILL, sqlite_database.path)
    assert ["full", "True", "None"] == [other.says() for _ in range(3)]
    assert 0 == other.end()
    assert "space again" == read(sqlite_database)


def test_a_full_disk_is_a_kind_of_busy():
    assert isinstance(StorageFullError(), BusyError)


def test_no_table_has_a_column_for_what_people_like_or_count():
    """They would let a later rule read them. The count of a passkey's signatures guards against copies of it."""
    words = (
        "likes?|boosts?|reblogs?|shares?|favou?rites?|replies|views?|clicks?|votes?|scores?|followers?|ratings?|count"
    )
    counted = re.compile(f"(^|_)({words})(_|$)")
    columns = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    assert {each for each in columns if counted.search(each.partition(".")[2])} == {"passkey.sign_count"}
