"""What the services make of the same entries on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from aggregator.services import editing, reading, searching
from aggregator.store import entries
from tests.aggregator.candidates.stored import odd_entries
from tests.aggregator.services.newsroom import open_newsroom


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.fill(feeds=4, each=15)
        yield opened


@pytest.fixture
def sqlite_room(tmp_path):
    (tmp_path / "beside").mkdir()
    with open_newsroom(tmp_path / "beside") as opened:
        opened.fill(feeds=4, each=15)
        yield opened


def told(room, rule):
    page = reading.list_page(room.desk, room.reader, "front-page", rule=rule, limit=500)
    return [(item.entry.uid, item.position, item.explanation.total) for item in page.items], page.counts


def test_every_shipped_rule_gives_the_same_order(room, sqlite_room):
    for version in editing.rules(room.desk, room.reader):
        assert told(sqlite_room, version.slug) == told(room, version.slug)


def test_columns_follow_changes_and_deletions(room):
    before, _ = told(room, "newest-first")
    room.store(1, odd_entries(9, 10, start=1000))
    with room.desk.database.write() as conn:
        gone = entries.find_entries(conn, [before[0][0]])[before[0][0]]
        entries.delete_entries(conn, [gone.id])
    after, _ = told(room, "newest-first")
    assert {uid for uid, *_ in before} - {uid for uid, *_ in after} == {before[0][0]}


def test_marks_shelves_and_search(room):
    page = reading.list_page(room.desk, room.reader, "front-page")
    done = reading.mark_above(room.desk, room.reader, "front-page", 7)
    assert reading.undo(room.desk, room.reader, done.id).count == done.count == 7
    reading.mark(room.desk, room.reader, [page.items[2].entry.uid], later=True)
    (kept,) = reading.shelf(room.desk, room.reader, "later").items
    assert kept.entry.uid == page.items[2].entry.uid
    assert searching.search(room.desk, room.reader, '"words of" ent*', limit=5).next_after
