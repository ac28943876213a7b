from __future__ import annotations

import shutil

import pytest

from aggregator.errors import StoreError
from aggregator.store import migrate, values
from aggregator.store.database import Database

STEP = """
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    op.execute("{sql}")
"""


@pytest.fixture
def step(tmp_path, monkeypatch):
    """Puts one more migration behind the newest."""
    newest = migrate.newest()

    def put(sql):
        steps = tmp_path / "steps"
        shutil.rmtree(steps, ignore_errors=True)
        shutil.copytree(migrate.MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__"))
        (steps / "versions" / "v9999_more.py").write_text(STEP.format(sql=sql, newest=newest), encoding="utf-8")
        monkeypatch.setattr(migrate, "MIGRATIONS", steps)

    return put


def test_the_backup_made_before_holds_what_was(sqlite_database, step, clock):
    with sqlite_database.write() as conn:
        values.set_value(conn, "name", "before")
    step("UPDATE value SET content = 'after' WHERE name = 'name'")
    backup = sqlite_database.migrate()
    assert sqlite_database.path.parent / "backups" == backup.parent
    assert 0o600 == backup.stat().st_mode & 0o777
    assert [backup] == list(backup.parent.iterdir())
    old = Database.open(backup, clock=clock)
    with old.read() as conn:
        assert "before" == values.get_value(conn, "name")
    old.close()
    with sqlite_database.read() as conn:
        assert "after" == values.get_value(conn, "name")


def test_only_the_last_backup_of_a_step_that_keeps_failing_stays(sqlite_database, step, clock):
    step("SELECT nonsense FROM nowhere")
    for _ in range(3):
        clock.tick()
        with pytest.raises(StoreError):
            sqlite_database.migrate()
    assert 1 == len(list((sqlite_database.path.parent / "backups").iterdir()))


def test_a_step_that_breaks_a_tie_between_tables_is_undone(sqlite_database, step):
    step("INSERT INTO grp (id, name) VALUES (99, 'nobody')")
    with pytest.raises(StoreError):
        sqlite_database.migrate()


def test_a_new_database_is_for_its_owners_eyes_alone(sqlite_database):
    assert 0o600 == sqlite_database.path.stat().st_mode & 0o777
    assert not (sqlite_database.path.parent / "backups").exists()


def test_the_newest_step_is_told_by_file_names_alone():
    names = sorted(path.stem[:5] for path in (migrate.MIGRATIONS / "versions").glob("v*.py"))
    assert [f"v{n:04}" for n in range(1, len(names) + 1)] == names
    assert names[-1] == f"v{migrate.newest()}"
