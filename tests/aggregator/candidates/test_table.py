from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from aggregator.candidates import table as table_module
from aggregator.candidates.table import candidates, count_newer
from aggregator.model.ids import FeedId, ListId, OwnerId, RuleId
from aggregator.model.readinglist import ReadingList, Scope
from tests.aggregator.candidates.made import FACTS, FEEDS, NOW, make_rows, make_snapshot

DAY = 86_400
HOUR = NOW - NOW % 3600
ALL = frozenset(
    {"source_pace", "words", "language_share", "folder_share", "language", "source", "owner", "feed", "kind"}
    | {"folder", "has", "paid"}
)


def make_list(max_age=7 * DAY, time_zone="UTC", **scope):
    return ReadingList(
        id=ListId(1),
        owner=OwnerId(1),
        slug="front-page",
        title="Front page",
        rule_id=RuleId(1),
        max_age=timedelta(seconds=max_age),
        time_zone=time_zone,
        scope=Scope(**scope),
    )


def naive(rows, dead=(), *, max_age=7 * DAY, now=NOW, feeds=(1, 2, 3, 4, 6), languages=None):
    """The rows ranking-semantics 2 names, by a loop."""
    default = {feed.id: feed.language for feed in FEEDS}
    return [
        row
        for number, row in enumerate(rows)
        if number not in dead
        and now - max_age < row.time <= now
        and row.first_seen <= now
        and row.feed_id in feeds
        and (languages is None or (row.language or default[row.feed_id]) in languages)
    ]


def ids(found):
    return sorted(found.entry_ids.tolist())


@pytest.mark.parametrize("seed", range(4))
def test_candidates_are_the_rows_of_the_scope_in_its_time(tmp_path, seed):
    rows = make_rows(seed, 10_000)
    dead = list(range(0, 10_000, 17))
    found = candidates(make_snapshot(tmp_path, rows, dead), FACTS, make_list(), NOW, ALL)
    assert sorted(row.entry_id for row in naive(rows, set(dead))) == ids(found)
    assert found.cut is False


@pytest.mark.parametrize(
    ("scope", "feeds", "languages"),
    [
        ({"feeds": (FeedId(2), FeedId(5))}, (2,), None),
        ({"folders": ("news",)}, (1, 3), None),
        ({"folders": ("Work",), "feeds": (FeedId(2),)}, (2, 3, 4), None),
        ({"folders": ("Nowhere",)}, (), None),
        ({"languages": ("pt", "ar")}, (1, 2, 3, 4, 6), ("pt-BR", "ar")),
    ],
)
def test_scope_names_feeds_folders_with_their_sub_folders_and_languages(tmp_path, scope, feeds, languages):
    rows = make_rows(5, 3000)
    found = candidates(make_snapshot(tmp_path, rows), FACTS, make_list(**scope), NOW, ALL)
    assert sorted(row.entry_id for row in naive(rows, feeds=feeds, languages=languages)) == ids(found)


def test_each_column_holds_what_the_row_and_its_feed_say(tmp_path):
    rows = make_rows(6, 2000)
    found = candidates(make_snapshot(tmp_path, rows), FACTS, make_list(), NOW, ALL)
    table, by_id, feeds = found.table, {row.entry_id: row for row in rows}, {feed.id: feed for feed in FEEDS}
    assert len(table) == len(found.entry_ids) > 100
    for place, entry_id in enumerate(found.entry_ids.tolist()):
        row = by_id[entry_id]
        feed = feeds[row.feed_id]
        assert row.uid == table.uid_hex(place)
        assert (row.time, row.age_known) == (table.time[place], table.age_known[place])
        words = table.numbers["words"]
        assert row.words == (words.values[place] if words.present[place] else None)
        assert (row.language or feed.language) == table.label("language", place)
        assert [feed.source, feed.owner, feed.address, row.kind] == [
            table.label(name, place) for name in ("source", "owner", "feed", "kind")
        ]
        assert feed.folders == table.members("folder", place)
        assert row.has == table.members("has", place)
        assert row.paid == table.flags["paid"].values[place]


def test_source_pace_counts_entries_a_day_over_the_days_held(tmp_path):
    rows = make_rows(7, 500)
    table = candidates(make_snapshot(tmp_path, rows), FACTS, make_list(), NOW, ALL).table
    pace = table.numbers["source_pace"]
    found = {
        table.label("source", place): pace.values[place] if pace.present[place] else None for place in range(len(table))
    }
    assert {
        "one.example": 1000,  # 28 in 28 days, though held for 90
        "two.example": 1000,  # held for a minute counts as a day
        "three.example": 1667,  # 5 in 3 days
        "six.example": None,
    } == found


def test_shares_count_what_the_list_stored_in_28_days_to_the_hour(tmp_path):
    rows = make_rows(8, 5000)
    found = candidates(make_snapshot(tmp_path, rows), FACTS, make_list(), NOW, ALL)
    feeds = {feed.id: feed for feed in FEEDS}
    stored = [row for row in naive(rows, max_age=29 * DAY) if HOUR - 28 * DAY < row.time <= HOUR]
    by_id = {row.entry_id: row for row in rows}
    for name, key in (
        ("language_share", lambda row: row.language or feeds[row.feed_id].language),
        ("folder_share", lambda row: next(iter(feeds[row.feed_id].folders), None)),
    ):
        share = found.table.numbers[name]
        for place, entry_id in enumerate(found.entry_ids.tolist()[:200]):
            mine = key(by_id[entry_id])
            count = sum(key(row) == mine for row in stored)
            expected = None if mine is None else round(Fraction(count * 10**6, len(stored)))
            assert expected == (share.values[place] if share.present[place] else None)


def test_beyond_the_cap_the_newest_stay_and_the_smallest_uids_of_the_last_second(tmp_path, monkeypatch):
    monkeypatch.setattr(table_module, "MOST", 100)
    rows = [row for row in make_rows(9, 3000) if row.time % 1 == 0]
    rows = [type(row)(**{**{n: getattr(row, n) for n in row.__slots__}, "time": row.time // DAY * DAY}) for row in rows]
    found = candidates(make_snapshot(tmp_path, rows), FACTS, make_list(), NOW, ALL)
    expected = sorted(naive(rows), key=lambda row: (-row.time, row.uid))[:100]
    assert sorted(row.entry_id for row in expected) == ids(found)
    assert found.cut is True


def test_nothing_stored_gives_an_empty_table(tmp_path):
    found = candidates(make_snapshot(tmp_path, []), FACTS, make_list(), NOW, ALL)
    assert len(found.table) == 0


def test_the_day_is_the_one_of_the_list(tmp_path):
    midnight = NOW - NOW % DAY + 60
    snapshot = make_snapshot(tmp_path, [])
    days = [
        candidates(snapshot, FACTS, make_list(time_zone=zone), midnight, frozenset()).table.day
        for zone in ("UTC", "America/Lima")
    ]
    assert days[1] < days[0]


def test_newer_counts_what_arrived_since_and_would_be_listed(tmp_path):
    rows = make_rows(10, 5000)
    at = NOW - 7200
    snapshot = make_snapshot(tmp_path, rows)
    expected = sum(row.first_seen > at for row in naive(rows))
    assert expected == count_newer(snapshot, FACTS, make_list(), at, NOW) > 0
    assert count_newer(snapshot, FACTS, make_list(), NOW + 3600, NOW) == 0
