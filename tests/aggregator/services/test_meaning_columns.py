from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import isqrt

import numpy as np
import pytest

from aggregator.queue.ask import WorkerSocket
from aggregator.semantic.numbers import from_half, int8_of, likeness, to_half
from aggregator.services.list_table import Stored, fresh_snapshot, list_table
from aggregator.services.ranking import document_of
from aggregator.store import lists, values, vectors
from rankers import published_rules
from tests.aggregator.candidates.stored import make_entry
from tests.aggregator.services.meant import CARD, OTHER, fill, ids, read, tell, vector
from tests.aggregator.services.newsroom import NOW, open_newsroom

TOPIC = "rents"
RULE = """
schema = "ranking-rule/1"
id = "near"
title = "Near"
plain = "Near."

[[topic]]
id = "rent"
text = "rents"

[[score]]
id = "near"
signal = "topic.rent"
points = 100
why = "Near."

[[score]]
id = "told"
signal = "story_sources"
curve = { rises = [0, 20] }
points = 10
why = "Told."

[[score]]
id = "first"
when = { first_report = true }
points = 5
why = "First."

[[score]]
id = "copied"
when = { copy = true }
points = -5
why = "Copied."

[[arrange]]
step = "one-per-story"
why = "Once."

[[arrange]]
step = "spread"
by = "meaning"
points = 5
why = "Something else."
"""


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        opened.desk = replace(opened.desk, ask=WorkerSocket(tmp_path / "nobody.sock"))
        fill(opened)
        yield opened


def table(room, *, at=NOW, topic=True):
    """The columns by the number of the entry."""
    document = document_of(RULE)
    with room.desk.database.read() as conn:
        version = values.data_version(conn)
        stored = Stored(fresh_snapshot(room.desk, conn, version), version)
        front = lists.get_list(conn, room.reader.group, "front-page")
        found = list_table(
            room.desk, conn, stored, front, int(at.timestamp()),
            reads=document.columns, leaves=(), topics=document.topics if topic else (),
        )  # fmt: skip
    number_of = {entry_id: number for number, entry_id in ids(room).items()}
    return found.table, [number_of[entry_id] for entry_id in found.entry_ids.tolist()]


def by_number(column, numbers):
    return {n: int(v) for n, v, there in zip(numbers, column.values, column.present, strict=True) if there}


def test_without_a_model_the_columns_are_missing_rather_than_nought(room):
    found, _ = table(room)
    assert not {"story_sources", "topic.rent"} & set(found.numbers)
    assert "story" not in found.labels
    assert not {"copy", "first_report"} & set(found.flags)
    assert found.vectors is None


def test_a_story_counts_owners_and_one_owners_series_is_none(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 2)
    found, numbers = table(room)
    assert {1: 1, 2: 1, 3: 1, 4: 1} == by_number(found.numbers["story_sources"], numbers)
    assert [-1] * 4 == found.labels["story"].codes.tolist()


def test_a_story_of_two_owners_is_one_and_the_earliest_reported_first(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 2, 4)
    found, numbers = table(room)
    assert {1: 2, 2: 2, 3: 1, 4: 2} == by_number(found.numbers["story_sources"], numbers)
    assert {1: 0, 2: 0, 3: 0, 4: 1} == by_number(found.flags["first_report"], numbers)
    assert {1, 2, 4} == {n for n, code in zip(numbers, found.labels["story"].codes.tolist(), strict=True) if code == 0}


def test_only_what_had_come_by_then_counts(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 4)
    found, numbers = table(room, at=NOW - timedelta(hours=2))
    assert set(by_number(found.numbers["story_sources"], numbers).values()) <= {1}


def test_a_copy_is_what_another_owner_had_before(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 2, 3, 4, copies=(1, 2, 3))
    found, numbers = table(room)
    # 3 is the earliest, then 2, then 1; 1 and 2 have one owner, 4 was not checked.
    assert {1: 1, 2: 1, 3: 0} == by_number(found.flags["copy"], numbers)


def test_what_one_owner_prints_twice_is_no_copy(room):
    read(room, 1, 2)
    tell(room, 1, 2, copies=(1, 2))
    found, numbers = table(room)
    assert {1: 0, 2: 0} == by_number(found.flags["copy"], numbers)


def test_nearness_to_a_topic_is_the_cosine_of_whole_numbers(room):
    read(room, 1, 2, 3)
    with room.desk.database.write() as conn:
        vectors.add_topics(conn, CARD.id, {TOPIC: to_half(vector(1))})
    for _ in range(2):  # worked out, then read from the file
        found, numbers = table(room)
        near = by_number(found.numbers["topic.rent"], numbers)
        assert {1, 2, 3} == set(near)
        assert 1_000_000 == near[1]
        a, b = (int8_of(from_half(to_half(vector(n)))).astype(int) for n in (1, 2))
        scale = isqrt(int(a @ a)) * isqrt(int(b @ b))
        assert near[2] == max(0, round(int(a @ b) * 10**6 / scale))


def test_a_topic_nobody_could_read_yet_is_missing(room):
    read(room, 1, 2, 3)
    found, _ = table(room)
    assert "topic.rent" not in found.numbers


def test_vectors_are_there_for_what_was_read_and_follow_what_comes(room):
    read(room, 1, 2)
    found, numbers = table(room)
    present = dict(zip(numbers, found.vectors.present.tolist(), strict=True))
    assert {1: True, 2: True, 3: False, 4: False} == present
    read(room, 3)
    found, numbers = table(room)
    row = numbers.index(3)
    assert found.vectors.present[row]
    assert int8_of(from_half(to_half(vector(3)))).tolist() == found.vectors.values[row].tolist()


def test_another_model_begins_with_nothing(room):
    read(room, 1, 2)
    read(room, 3, model=OTHER)
    found, numbers = table(room)
    assert {3} == {n for n, there in zip(numbers, found.vectors.present.tolist(), strict=True) if there}


def test_stories_are_followed_through_new_rows_and_columns_made_anew(room):
    read(room, 1, 2, 3, 4)
    tell(room, 1, 4)
    table(room)
    room.store(4, [(make_entry(4, title="Entry 4 again"), timedelta(hours=4))])
    found, numbers = table(room)
    assert {1: 2, 2: 1, 3: 1, 4: 2} == by_number(found.numbers["story_sources"], numbers)


def test_likeness_of_int8_vectors_is_exact():
    chance = np.random.default_rng(7)
    rows = chance.integers(-127, 128, size=(50, 512)).astype(np.int8)
    rows[0] = 0
    other = rows[1]
    found = likeness(rows, other).tolist()
    own = isqrt(int(other.astype(int) @ other.astype(int)))
    for row, near in zip(rows.astype(int), found, strict=True):
        scale = own * isqrt(int(row @ row))
        product = int(row @ other.astype(int))
        assert near == (min(round(product * 10**6 / scale), 10**6) if scale and product > 0 else 0)


def test_the_shipped_rules_that_read_meaning_name_its_columns():
    read_by = {rule.id: document_of(rule.toml).columns for rule in map(document_of, published_rules().values())}
    assert {"story_sources", "story", "copy", "first_report"} <= read_by["big-stories"]
    assert {"topic.subject", "meaning"} <= read_by["one-subject"]
    assert "story" in read_by["many-voices"] & read_by["across-languages"]
