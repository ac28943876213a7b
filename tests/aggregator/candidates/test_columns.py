from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aggregator.candidates import columns as columns_module
from aggregator.candidates.columns import Columns
from aggregator.candidates.disk import Disk, try_lock
from aggregator.candidates.layout import AGE_KNOWN, COLUMNS, KINDS, PAID
from aggregator.candidates.snapshot import EMPTY
from aggregator.model.candidate import HAS
from aggregator.store import entries, feeds, values
from tests.aggregator.candidates.stored import (
    add_feed,
    expected_rows,
    odd_entries,
    open_database,
    store,
    sync,
    version_of,
)


class BreakingDisk(Disk):
    """Fails at the n-th operation; a write has then put half of its bytes down."""

    def __init__(self, fails_at):
        self.left = fails_at

    def _count(self):
        self.left -= 1
        if self.left <= 0:
            raise OSError(28, "No space left on device")

    def make_folder(self, path):
        self._count()
        super().make_folder(path)

    def write(self, path, offset, data):
        try:
            self._count()
        except OSError:
            super().write(path, offset, data[: len(data) // 2])
            raise
        super().write(path, offset, data)

    def replace(self, made, path):
        self._count()
        super().replace(made, path)

    def delete_folder(self, path):
        self._count()
        super().delete_folder(path)


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def rows_of(snapshot):
    """The living rows of a snapshot as plain values, by entry id."""
    held = snapshot.columns
    return {
        int(held["entry_id"][row]): (
            f"{int(held['uid_hi'][row]):016x}{int(held['uid_lo'][row]):016x}",
            int(held["feed_id"][row]),
            int(held["time"][row]),
            int(held["first_seen"][row]),
            bool(held["marks"][row] & AGE_KNOWN),
            None if held["words"][row] < 0 else int(held["words"][row]),
            None if held["language"][row] < 0 else snapshot.languages[held["language"][row]],
            KINDS[held["kind"][row]],
            tuple(name for place, name in enumerate(HAS) if held["has"][row] >> place & 1),
            bool(held["marks"][row] & PAID),
        )
        for row in np.flatnonzero(snapshot.alive)
    }


def told(database):
    return {
        entry_id: (
            row.uid, row.feed_id, row.time, row.first_seen, row.age_known,
            row.words, row.language, row.kind, row.has, row.paid,
        )
        for entry_id, row in expected_rows(database).items()
    }  # fmt: skip


def assert_follows(columns, database):
    assert told(database) == rows_of(columns.snapshot())
    assert version_of(database) == columns.snapshot().version


@pytest.fixture
def filled(database, tmp_path):
    """Columns with entries, changed ones and deleted ones behind them."""
    feed_id = add_feed(database)
    columns = Columns.open(tmp_path / "columns")
    store(database, feed_id, odd_entries(1, 60))
    sync(columns, database)
    store(database, feed_id, odd_entries(2, 30, start=40))
    with database.write() as conn:
        entries.delete_entries(conn, [3, 5])
    sync(columns, database)
    return columns


def test_columns_follow_new_changed_and_deleted_entries(database, filled):
    assert_follows(filled, database)
    assert filled.snapshot().header.rows > len(expected_rows(database))


def test_a_deleted_feed_takes_its_entries_along(database, filled):
    with database.write() as conn:
        feeds.delete_feed(conn, 1)
    sync(filled, database)
    assert rows_of(filled.snapshot()) == {}


def test_a_change_that_is_no_entry_moves_only_the_version(database, filled):
    before = filled.snapshot()
    with database.write() as conn:
        values.touch(conn)
    sync(filled, database)
    assert filled.snapshot().version == before.version + 1
    assert filled.snapshot().header.sums == before.header.sums


@pytest.mark.usefixtures("filled")
def test_another_process_sees_what_was_written(database, tmp_path):
    assert_follows(Columns.open(tmp_path / "columns"), database)


def test_a_snapshot_stays_as_it_was_while_the_columns_move_on(database, filled):
    before = filled.snapshot()
    rows = rows_of(before)
    store(database, 1, odd_entries(3, 50, start=10))
    sync(filled, database)
    assert rows == rows_of(before)
    assert rows != rows_of(filled.snapshot())


def test_a_snapshot_is_the_same_object_until_the_columns_move(filled):
    assert filled.snapshot() is filled.snapshot()


def test_without_columns_a_reader_has_an_empty_snapshot(tmp_path):
    assert Columns.open(tmp_path / "nowhere").snapshot() is EMPTY


def test_while_another_process_holds_the_lock_nothing_is_written(database, filled, tmp_path):
    store(database, 1, odd_entries(4, 5, start=100))
    with try_lock(tmp_path / "columns" / "lock") as free:
        assert free
        assert sync(filled, database) is False
        assert filled.hold() is False
    assert sync(filled, database) is True
    assert_follows(filled, database)


def test_whoever_holds_the_lock_keeps_it_until_closing(database, filled, tmp_path):
    other = Columns.open(tmp_path / "columns")
    assert filled.hold()
    store(database, 1, odd_entries(4, 5, start=100))
    assert sync(other, database) is False
    assert sync(filled, database) is True
    filled.close()
    assert other.hold()
    other.close()


@pytest.mark.parametrize("fails_at", range(1, 40))
def test_a_write_that_fails_anywhere_leaves_the_older_state_and_heals(tmp_path, fails_at):
    database = open_database(tmp_path)
    feed_id = add_feed(database)
    store(database, feed_id, odd_entries(1, 20))
    disk = BreakingDisk(10**9)
    columns = Columns.open(tmp_path / "columns", disk=disk)
    sync(columns, database)
    before, version = told(database), version_of(database)
    store(database, feed_id, odd_entries(2, 20, start=10))
    after = told(database)
    disk.left = fails_at
    try:
        sync(columns, database)
    except OSError:
        pass
    else:
        assert fails_at > 10
    for reader in (columns, Columns.open(tmp_path / "columns")):
        assert rows_of(reader.snapshot()) == (after if reader.snapshot().version > version else before)
    disk.left = 10**9
    for writer in (columns, Columns.open(tmp_path / "columns")):
        sync(writer, database)
        assert_follows(writer, database)
    database.close()


@pytest.mark.parametrize("fails_at", range(1, 17))
def test_a_first_filling_that_fails_anywhere_heals_and_leaves_no_litter(tmp_path, fails_at):
    database = open_database(tmp_path)
    store(database, add_feed(database), odd_entries(1, 20))
    columns = Columns.open(tmp_path / "columns", disk=BreakingDisk(fails_at))
    with pytest.raises(OSError, match="space"):
        sync(columns, database)
    assert columns.snapshot() is EMPTY
    healed = Columns.open(tmp_path / "columns")
    sync(healed, database)
    assert_follows(healed, database)
    assert len([each for each in (tmp_path / "columns").iterdir() if each.is_dir()]) == 1
    database.close()


def damage(path: Path, how: str) -> None:
    content = path.read_bytes()
    if how == "deleted":
        path.unlink()
    elif how == "truncated":
        path.write_bytes(content[: len(content) // 2])
    else:
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 16]) + content[middle + 1 :])


@pytest.mark.parametrize("how", ["deleted", "truncated", "flipped"])
@pytest.mark.parametrize("name", [*COLUMNS, "dead", "header"])
def test_damaged_files_are_noticed_and_built_anew(database, filled, tmp_path, name, how):
    folder = tmp_path / "columns"
    damage(folder / name if name == "header" else folder / filled.snapshot().header.generation / name, how)
    reopened = Columns.open(folder)
    assert reopened.snapshot() is EMPTY
    sync(reopened, database)
    assert_follows(reopened, database)


def test_damage_found_by_a_reader_is_mended_by_whoever_holds_the_lock(database, filled, tmp_path):
    assert filled.hold()
    damage(tmp_path / "columns" / filled.snapshot().header.generation / "kind", "deleted")
    reader = Columns.open(tmp_path / "columns")
    assert reader.snapshot() is EMPTY
    assert sync(reader, database) is False
    assert sync(filled, database)
    assert_follows(reader, database)
    filled.close()


def test_a_process_out_of_files_keeps_what_it_has(database, filled, monkeypatch):
    before = filled.snapshot()
    store(database, 1, odd_entries(3, 5, start=200))
    sync(filled, database)
    store(database, 1, odd_entries(3, 5, start=300))
    reader = Columns.open(filled._directory)
    held = reader.snapshot()
    sync(filled, database)

    def refuse(*_, **__):
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(np, "memmap", refuse)
        assert reader.snapshot() is held
        with pytest.raises(OSError, match="unavailable"):
            sync(reader, database)
    assert_follows(reader, database)
    assert before.version < held.version


def test_columns_of_another_database_are_built_anew(filled, tmp_path):
    (tmp_path / "other").mkdir()
    other = open_database(tmp_path / "other")
    store(other, add_feed(other), odd_entries(7, 10))
    sync(filled, other)
    assert_follows(filled, other)
    other.close()


def test_columns_ahead_of_a_restored_database_are_built_anew(database, filled, tmp_path):
    with database.read() as conn:
        identity = values.database_identity(conn)
    (tmp_path / "older").mkdir()
    older = open_database(tmp_path / "older")
    store(older, add_feed(older), odd_entries(7, 10))
    with older.write() as conn:
        values.set_value(conn, values.IDENTITY, identity)
    assert version_of(older) < filled.snapshot().version
    sync(filled, older)
    assert_follows(filled, older)
    older.close()


def test_many_dead_rows_are_left_behind(database, filled, monkeypatch):
    monkeypatch.setattr(columns_module, "COMPACT_FROM", 10)
    generation = filled.snapshot().header.generation
    for seed in range(4):
        store(database, 1, odd_entries(seed, 40))
        sync(filled, database)
        assert_follows(filled, database)
    assert filled.snapshot().header.generation != generation
    assert filled.snapshot().header.dead < 60


def test_rows_come_in_chunks(database, tmp_path, monkeypatch):
    monkeypatch.setattr(columns_module, "CHUNK", 7)
    store(database, add_feed(database), odd_entries(1, 50))
    columns = Columns.open(tmp_path / "columns")
    sync(columns, database)
    assert_follows(columns, database)


KILLED = """
import os, sys
from pathlib import Path
from aggregator.candidates.columns import Columns
from aggregator.candidates.disk import Disk
from tests.aggregator.candidates.stored import open_database, sync

class DyingDisk(Disk):
    left = int(sys.argv[2])
    def write(self, path, offset, data):
        DyingDisk.left -= 1
        super().write(path, offset, data)
        if DyingDisk.left == 0:
            os.kill(os.getpid(), 9)

folder = Path(sys.argv[1])
sync(Columns.open(folder / "columns", disk=DyingDisk()), open_database(folder))
"""


@pytest.mark.parametrize("at", [1, 6, 12, 13])
def test_a_killed_writer_leaves_no_lock_and_a_state_that_heals(database, filled, tmp_path, at):
    store(database, 1, odd_entries(9, 20, start=70))
    before = rows_of(filled.snapshot())
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(at)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -9, done.stderr.decode()
    reopened = Columns.open(tmp_path / "columns")
    assert before == rows_of(reopened.snapshot())
    assert sync(reopened, database)
    assert_follows(reopened, database)
