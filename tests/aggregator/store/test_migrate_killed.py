"""Migrations killed with SIGKILL before each of their statements: what is there is the old schema or the new one."""

from __future__ import annotations

import gzip
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from aggregator.store import maintenance, migrate
from aggregator.store.database import Database

OLDEST = Path(__file__).resolve().parents[2] / "data" / "releases" / "schema-0001.db.gz"
STEPS = 40
"""As many kills at most, spread over all statements."""

MIGRATE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from aggregator.model.clocks import open_clock
from aggregator.store.database import Database

from alembic import command  # loaded once, for all the children

def run(last):
    count = 0
    @event.listens_for(Engine, "before_cursor_execute")
    def before(*_):
        nonlocal count
        count += 1
        if count == last:
            os.kill(os.getpid(), signal.SIGKILL)
    database = Database.open(Path(sys.argv[1]), clock=open_clock(""), patience=30)
    database.migrate()
    database.close()
    return count

for line in sys.stdin:
    child = os.fork()
    if not child:
        print(run(int(line)), flush=True)
        os._exit(0)
    code = os.waitpid(child, 0)[1]
    print("killed" if os.WIFSIGNALED(code) else "ended", flush=True)
"""


@pytest.fixture
def old(tmp_path):
    """A database of the first release."""
    path = tmp_path / "broadsheet.db"
    path.write_bytes(gzip.decompress(OLDEST.read_bytes()))
    return path


def count_of(path):
    with closing(dbapi2.connect(path)) as conn:
        return [
            conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("entry", "seen", "entry_state")
        ]


def test_safety_73_a_migration_killed_at_any_step_is_done_by_the_next_start(old, other_process, clock):
    pristine = old.with_name("pristine")
    shutil.copy(old, pristine)
    held = count_of(old)
    other = other_process(MIGRATE, old)
    statements = int(ask(other, 0))
    assert other.says() == "ended"
    assert statements > 5
    for step in range(1, statements + 1, max(1, statements // STEPS)):
        for path in (old, *old.parent.glob("broadsheet.db-*")):
            path.unlink()
        shutil.copy(pristine, old)
        assert ask(other, step) == "killed"
        with closing(dbapi2.connect(old)) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert conn.execute("SELECT version_num FROM alembic_version").fetchone()[0] in ("0001", migrate.newest())
        assert count_of(old) == held
        database = Database.open(old, clock=clock)
        database.migrate()
        with database.read() as conn:
            assert migrate.revision(conn) == migrate.newest()
        database.close()
    copies = list((old.parent / "backups").iterdir())
    assert [count_of(copy) for copy in copies if copy.suffix == ".db"][-1] == held
    database = Database.open(old, clock=clock)
    assert [line for line in maintenance.find_problems(database) if "earlier version" not in line] == []
    database.close()


def ask(other, step):
    other.process.stdin.write(f"{step}\n")
    other.process.stdin.flush()
    return other.says()
