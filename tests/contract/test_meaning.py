from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from aggregator.model.meaning import CopyPlace, Sameness, StoredVector, StoryPlace
from aggregator.semantic.faiss_index import FaissIndex
from aggregator.semantic.numbers import from_half, to_half
from aggregator.store import entries, stories, values, vectors
from aggregator.store.vector_index import PostgresIndex, has_pgvector

MODEL = "tried@0"


def unit(*numbers):
    vector = np.array(numbers, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def read(conn, entry, vector=(1.0, 0.0, 0.0), *, content=b"c" * 16):
    version = values.data_version(conn)
    packed = None if vector is None else to_half(unit(*vector))
    current = next(text.version for text in vectors.unread(conn, 0, 100) if text.entry_id == entry.id)
    vectors.keep(conn, MODEL, [StoredVector(entry.id, current, content, packed)], read_to=current)
    return version


def test_an_entry_waits_to_be_read_until_the_model_has_read_as_far(conn, add, make):
    held = add(make.data("a"), make.data("b", language=None))
    waiting = vectors.unread(conn, vectors.read_up_to(conn, MODEL), 10)
    assert [(held["a"].id, "About a", "en"), (held["b"].id, "About b", "en")] == [
        (text.entry_id, text.title, text.language) for text in waiting
    ]
    read(conn, held["a"])
    assert [held["b"].id] == [t.entry_id for t in vectors.unread(conn, vectors.read_up_to(conn, MODEL), 10)]
    assert 1 == vectors.count_unread(conn, vectors.read_up_to(conn, MODEL))


def test_what_was_read_before_is_not_read_again(conn, add, make):
    held = add(make.data("a"))
    read(conn, held["a"], content=b"x" * 16)
    assert {b"x" * 16: to_half(unit(1, 0, 0))} == vectors.find_read(conn, MODEL, [b"x" * 16, b"y" * 16])
    assert {} == vectors.find_read(conn, "another@1", [b"x" * 16])


def test_the_vector_of_an_entry_that_changed_since_does_not_count(conn, add, make, feed_id):
    held = add(make.data("a"))
    read(conn, held["a"])
    assert [held["a"].id] == list(vectors.of_entries(conn, MODEL, [held["a"].id]))
    before = entries.find_held(conn, feed_id, ["a"])["a"]
    entries.apply_intents(conn, feed_id, [make.intent(make.data("a", title="Another"), held=before)])
    assert {} == vectors.of_entries(conn, MODEL, [held["a"].id])


def test_an_entry_the_model_cannot_read_is_known_as_that(conn, add, make):
    held = add(make.data("a"))
    read(conn, held["a"], None)
    assert {held["a"].id: None} == vectors.of_entries(conn, MODEL, [held["a"].id])
    assert (1, 0) == vectors.counts(conn, MODEL)


def test_safety_58_a_deleted_entry_takes_its_vector_story_and_copy_along(conn, add, make):
    held = add(make.data("a"))
    entry = held["a"]
    read(conn, entry)
    stories.keep(conn, MODEL, [StoryPlace(entry.id, 5, entry.id)], [CopyPlace(entry.id, entry.id)])
    at = values.data_version(conn)
    entries.delete_entries(conn, [entry.id])
    assert {} == vectors.of_entries(conn, MODEL, [entry.id])
    assert {} == stories.stories_of(conn, [entry.id])
    assert {} == stories.copy_groups_of(conn, [entry.id])
    assert [(entry.id, None)] == [(c.entry_id, c.vector) for c in vectors.changed_since(conn, MODEL, at, 10)]


def test_an_entry_joins_one_story_and_stays(conn, add, make):
    held = add(make.data("a"), make.data("b"))
    a, b = held["a"].id, held["b"].id
    joined = StoryPlace(b, 20, a, near=a, likeness=700_000, meaning=800_000, words=300_000, names=0)
    stories.keep(conn, MODEL, [StoryPlace(a, 10, a), joined], [CopyPlace(a, a)])
    stories.keep(conn, MODEL, [StoryPlace(b, 20, b)], [CopyPlace(b, a, Sameness.TEXT, 1_000_000)])
    assert {a: a, b: a} == stories.stories_of(conn, [a, b])
    assert {a: a, b: a} == stories.copy_groups_of(conn, [a, b])
    assert joined in {p for p in stories.places_of(conn, a) if p.entry_id == b} or (a, 700_000) == next(
        (p.near, p.likeness) for p in stories.places_of(conn, a) if p.entry_id == b
    )


def test_only_what_was_read_waits_for_a_story_the_oldest_first(conn, add, make):
    held = add(make.data("old", published=make.now - timedelta(days=9)), make.data("a"), make.data("unread"))
    read(conn, held["old"])
    read(conn, held["a"])
    since = make.now - timedelta(days=7)
    assert ["About a"] == [t.title for t in stories.find_waiting(conn, MODEL, since=since, limit=10)]
    a = held["a"].id
    stories.keep(conn, MODEL, [StoryPlace(a, 10, a)], [CopyPlace(a, a)])
    assert () == stories.find_waiting(conn, MODEL, since=since, limit=10)
    assert [(a, a, a)] == [
        (h.text.entry_id, h.story, h.copy_group) for h in stories.iter_held(conn, MODEL, since=since)
    ]


def test_topics_are_kept_by_their_text_and_model(conn):
    vectors.add_topics(conn, MODEL, {"rent": to_half(unit(0, 1, 0))})
    assert {"rent": to_half(unit(0, 1, 0))} == vectors.find_topics(conn, MODEL, ["rent", "bees"])
    assert {} == vectors.find_topics(conn, "another@1", ["rent"])


@pytest.fixture
def index(database, tmp_path):
    if database.dialect == "sqlite":
        return FaissIndex(tmp_path / "vectors" / "index", MODEL, 3, "database")
    assert has_pgvector(database)
    return PostgresIndex(database, MODEL, 3)


@pytest.fixture
def ids(database, make):
    from aggregator.store import feeds  # noqa: PLC0415  # one fixture needs it

    with database.write() as conn:
        feed = feeds.add_feed(conn, make.feed("https://example.org/feed"), now=make.now, due=make.now)
        entries.apply_intents(conn, feed, [make.intent(make.data(key), feed=feed) for key in "abc"])
        return [entries.find_held(conn, feed, [key])[key].entry_id for key in "abc"]


def test_an_index_finds_the_nearest_first(index, ids):
    index.apply(ids, np.stack([unit(1, 0, 0), unit(1, 1, 0), unit(0, 0, 1)]), [], version=7)
    found = index.nearest(unit(1, 0.1, 0), 2)
    assert ids[:2] == [hit.entry_id for hit in found]
    assert found[0].score == pytest.approx(float(unit(1, 0.1, 0) @ unit(1, 0, 0)), abs=2e-3)
    assert (3, 7) == (len(index), index.version)


def test_an_index_lets_go_and_takes_in_anew(index, ids):
    index.apply(ids, np.stack([unit(1, 0, 0), unit(1, 1, 0), unit(0, 0, 1)]), [], version=7)
    index.apply([ids[1]], np.stack([unit(0, 0, 1)]), [ids[2]], version=8)
    assert [ids[1], ids[0]] == [hit.entry_id for hit in index.nearest(unit(0, 0.1, 1), 5)]
    assert (2, 8) == (len(index), index.version)


def test_an_index_without_vectors_finds_nothing(index):
    assert () == index.nearest(unit(1, 0, 0), 5)


def saved(tmp_path):
    made = FaissIndex(tmp_path / "index", MODEL, 3, "database")
    made.apply([1, 2], np.stack([unit(1, 0, 0), unit(0, 1, 0)]), [], version=7)
    made.save()
    return made, tmp_path / "index"


def flipped(path):
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)


def truncated(path):
    path.write_bytes(path.read_bytes()[:-10])


def grown(path):
    path.write_bytes(path.read_bytes() + b"more")


DAMAGE = [flipped, truncated, grown, lambda path: path.unlink(), lambda path: path.write_bytes(b"")]


@pytest.mark.parametrize("damage", DAMAGE, ids=["flipped", "truncated", "grown", "deleted", "empty"])
def test_safety_72_a_damaged_file_is_found_out_and_begun_anew(tmp_path, damage):
    _, path = saved(tmp_path)
    damage(path)
    again = FaissIndex(path, MODEL, 3, "database")
    assert (0, 0) == (len(again), again.version)


@pytest.mark.parametrize("damage", DAMAGE, ids=["flipped", "truncated", "grown", "deleted", "empty"])
def test_safety_72_a_file_damaged_while_it_serves_is_written_again(tmp_path, damage):
    made, path = saved(tmp_path)
    damage(path)
    assert [1] == [hit.entry_id for hit in made.nearest(unit(1, 0, 0), 1)]
    assert made.heal()
    assert not made.heal()
    assert 2 == len(FaissIndex(path, MODEL, 3, "database"))


@pytest.mark.parametrize(("model", "database"), [("another@1", "database"), (MODEL, "another")])
def test_a_file_of_another_model_or_database_is_not_used(tmp_path, model, database):
    _, path = saved(tmp_path)
    assert 0 == len(FaissIndex(path, model, 3, database))


def test_half_precision_comes_back():
    assert np.allclose(unit(3, 4, 5), from_half(to_half(unit(3, 4, 5))), atol=1e-3)
