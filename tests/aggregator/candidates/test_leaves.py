from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from aggregator.candidates import leaves as leaves_module
from aggregator.candidates.columns import Columns
from aggregator.candidates.disk import Disk
from aggregator.model.entry import Author
from rankers import TextLeaf
from tests.aggregator.candidates.stored import add_feed, make_entry, open_database, store, sync

LEAVES = (TextLeaf("title", "rent"), TextLeaf("text", "strik*"), TextLeaf("author", "/^ines/"))


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def fill(database, feed_id, start=0):
    made = [
        make_entry(start, title="Rent falls", content_html="<p>Nothing.</p>"),
        make_entry(start + 1, title="News", content_html="<p>A rent <b>strike</b>.</p>"),
        make_entry(start + 2, title="Strikes", content_html="", authors=(Author("Inés"), Author("Ines B."))),
        make_entry(start + 3, title="Other", content_html="", summary_html="<p>They struck.</p>"),
    ]
    store(database, feed_id, [(data, timedelta(hours=1)) for data in made])


def bits(columns, database, rows=None):
    snapshot = columns.snapshot()
    rows = np.flatnonzero(snapshot.alive) if rows is None else np.array(rows)
    with database.read() as conn:
        found = columns.leaves.bits(conn, snapshot, LEAVES, rows)
    return [found[leaf.key].tolist() for leaf in LEAVES]


FOUND = [[True, False, False, False], [False, True, True, False], [False, False, True, False]]


@pytest.fixture
def columns(database, tmp_path):
    fill(database, add_feed(database))
    opened = Columns.open(tmp_path / "columns")
    sync(opened, database)
    return opened


def test_patterns_are_found_in_titles_texts_and_authors(database, columns):
    assert bits(columns, database) == FOUND


def test_what_was_worked_out_is_not_looked_at_again(database, columns, tmp_path, monkeypatch):
    bits(columns, database)
    monkeypatch.setattr(leaves_module, "match_leaves", lambda *_: pytest.fail("looked again"))
    assert bits(columns, database) == FOUND
    assert bits(Columns.open(tmp_path / "columns"), database, [3, 1]) == [[each[3], each[1]] for each in FOUND]


def test_new_entries_are_added_to_what_is_known(database, columns):
    bits(columns, database, [1, 2])
    fill(database, 1, start=10)
    sync(columns, database)
    assert bits(columns, database) == [each + each for each in FOUND]


def test_a_changed_entry_is_looked_at_anew(database, columns):
    bits(columns, database)
    store(database, 1, [(make_entry(0, title="Prices rise", raw_hash=b"2" * 16), timedelta(hours=1))])
    sync(columns, database)
    assert bits(columns, database)[0] == [False] * 4


def test_a_damaged_byte_is_worked_out_again(database, columns, tmp_path):
    bits(columns, database)
    for path in (tmp_path / "columns").glob("*/leaf-*"):
        content = bytearray(path.read_bytes())
        for place in range(len(content)):
            content[place] ^= 1 << place
        path.write_bytes(content)
    assert bits(columns, database) == FOUND


def test_a_lost_or_short_file_is_worked_out_again(database, columns, tmp_path):
    bits(columns, database)
    first, second, _ = sorted((tmp_path / "columns").glob("*/leaf-*"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:1])
    assert bits(columns, database) == FOUND


def test_a_full_disk_costs_only_the_work(database, tmp_path):
    class FullDisk(Disk):
        full = False

        def write(self, path, offset, data):
            if self.full:
                raise OSError(28, "No space left on device")
            super().write(path, offset, data)

    fill(database, add_feed(database))
    disk = FullDisk()
    columns = Columns.open(tmp_path / "columns", disk=disk)
    sync(columns, database)
    disk.full = True
    assert bits(columns, database) == FOUND


def test_no_rows_have_no_bits(database, columns):
    assert bits(columns, database, []) == [[], [], []]
