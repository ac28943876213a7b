"""The words index after its version changed: made anew in small steps, on both databases."""

from __future__ import annotations

import pytest

from aggregator.store import entries, feeds, maintenance, search, values, words

OLD = 60
"""Entries: several transactions of the smallest size."""


def found(conn, *patterns):
    return [hit.entry_id for hit in search.search(conn, patterns, limit=100)]


def rebuild(database):
    turns = 1
    while True:
        with database.write() as conn:
            if words.rebuild_some(conn):
                return turns
        turns += 1


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(words, "SECONDS", 0.0)


@pytest.fixture
def old(database, make):
    """Entries indexed as the first version did: nothing between title and body."""
    with database.write() as conn:
        feed = feeds.add_feed(conn, make.feed("https://example.org/f"), now=make.now, due=make.now)
        datas = [
            make.data(f"e{n}", title="Great news", text="today rain", index="great news today rain") for n in range(OLD)
        ]
        entries.apply_intents(conn, feed, [make.intent(each) for each in datas])
        values.delete_value(conn, words.WHOLE)
    return feed


def test_a_new_database_has_an_index_of_this_version(database):
    with database.read() as conn:
        assert words.is_current(conn)
    assert 1 == rebuild(database)


def test_no_phrase_reaches_from_a_title_into_its_body(conn, add, make):
    entry = add(make.data("e", title="Great news", text="today rain"))["e"]
    assert [[entry.id], [entry.id], [], [entry.id]] == [
        found(conn, "great news"), found(conn, "today rain"), found(conn, "news today"), found(conn, "news", "today"),
    ]  # fmt: skip


@pytest.mark.usefixtures("old", "small_steps")
def test_an_older_index_is_made_anew_while_others_write(database, make, old):
    with database.read() as conn:
        assert OLD == len(found(conn, "news today")) == words.count_left(conn)
    with database.write() as conn:
        assert not words.rebuild_some(conn)
    with database.read() as conn:
        left = words.count_left(conn)
        assert left == len(found(conn, "news today"))
        assert OLD == len(found(conn, "great news"))
    assert 0 < left < OLD
    with database.write() as conn:
        entries.apply_intents(conn, old, [make.intent(make.data("new", title="Great news", text="today"))])
        held = entries.find_held(conn, old, ["e0", "e1", f"e{OLD - 1}"])
        entries.delete_entries(conn, [held["e0"].entry_id])
        again = make.data("e1", title="Other", text="words")
        entries.apply_intents(conn, old, [make.intent(again, held=held["e1"])])
    assert rebuild(database) >= left // words.GROUP
    with database.read() as conn:
        assert [] == found(conn, "news today")
        assert OLD - 1 == len(found(conn, "great news"))
        assert [held["e1"].entry_id] == found(conn, "other", "words")
        assert 0 == words.count_left(conn)
    assert () == maintenance.find_problems(database)


@pytest.mark.usefixtures("old")
def test_the_check_says_that_the_index_is_older(database):
    assert (f"{OLD} entries still stand in the words index as an earlier version put them",) == (
        maintenance.find_problems(database)
    )


@pytest.mark.usefixtures("old", "small_steps")
def test_a_version_that_comes_in_the_middle_begins_again(database, monkeypatch):
    with database.write() as conn:
        words.rebuild_some(conn)
    monkeypatch.setattr(words, "INDEX_VERSION", "3/test")
    with database.read() as conn:
        assert OLD == words.count_left(conn)
    rebuild(database)
    with database.read() as conn:
        assert words.is_current(conn)


def test_a_changed_entry_whose_words_are_the_same_leaves_the_index_alone(database, make):
    what = "id, block FROM words_data" if database.path else "entry_id, xmin FROM entry_words"

    def state():
        with database.read() as conn:
            return conn.exec_driver_sql(f"SELECT {what} ORDER BY 1").all()

    with database.write() as conn:
        feed = feeds.add_feed(conn, make.feed("https://example.org/f"), now=make.now, due=make.now)
        entries.apply_intents(conn, feed, [make.intent(make.data("e", text="the same words"))])
    before = state()
    with database.write() as conn:
        held = entries.find_held(conn, feed, ["e"])["e"]
        same = make.data("e", text="the same words", comments="https://example.org/comments")
        assert (0, 1) == entries.apply_intents(conn, feed, [make.intent(same, held=held)])
    assert before == state()
    with database.read() as conn:
        assert [held.entry_id] == found(conn, "same words")


def test_a_changed_entry_that_became_shorter_is_found_by_nothing_it_said(conn, feed_id, add, make):
    add(make.data("e", text=" ".join(["long"] * 3_000 + ["needle"])))
    held = entries.find_held(conn, feed_id, ["e"])["e"]
    entries.apply_intents(conn, feed_id, [make.intent(make.data("e", text="short"), held=held)])
    assert ([], [], [held.entry_id]) == (found(conn, "needle"), found(conn, "long"), found(conn, "short"))
