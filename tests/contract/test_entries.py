from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.entry import Author, Body, Enclosure, Entry, Kind, Marks
from aggregator.model.extras import Chapter, Extras, Picture, Place, Transcript
from aggregator.store import entries, feeds, search, states, values
from aggregator.text.marks import marks_of


@pytest.fixture
def full(make, now):
    return make.data(
        "full",
        title="Ünïcode 한국 😀",
        authors=(Author("A. Writer", "https://example.org/a"), Author("B")),
        published=now - timedelta(days=1),
        updated=now,
        language="pt-BR",
        kind=Kind.AUDIO,
        categories=("one", "zwei, drei"),
        enclosures=(Enclosure("https://example.org/a.mp3", "audio/mpeg", 5_000_000_000, "A"), Enclosure("x:y")),
        image="https://example.org/i.png",
        comments="https://example.org/c",
        summary_html="<b>short</b>",
        paid=True,
        extras=Extras(
            chapters=(Chapter(0, "Greeting"), Chapter(75, "Ünï", "https://example.org/c")),
            chapters_file="https://example.org/chapters.json",
            transcripts=(Transcript("https://example.org/t.vtt", "text/vtt", "en"),),
            seconds=3_600,
            explicit=True,
            place=Place("Harbour", 59.5, -1.25),
            licence="https://creativecommons.org/licenses/by/4.0/",
            pictures=(Picture("https://example.org/p.jpg", "A boat"),),
        ),
    )


def test_an_entry_is_held_as_it_came(conn, add, full, feed_id, now):
    entry = add(full)["full"]
    expected = {field.name: getattr(full, field.name) for field in fields(Entry) if hasattr(full, field.name)}
    assert expected == {name: getattr(entry, name) for name in expected}
    assert (feed_id, full.published, now) == (entry.feed_id, entry.time, entry.first_seen)
    assert Body(full.content_html, "<b>short</b>") == entries.get_body(conn, entry.id)
    assert entry == entries.get_entry(conn, entry.uid) == entries.find_entries(conn, [entry.uid])[entry.uid]


def test_what_was_not_told_stays_untold(add, make):
    told = {"guid": None, "link": None, "published": None, "language": None, "words": None, "title": ""}
    entry = add(make.data("bare", **told))["bare"]
    assert told == {name: getattr(entry, name) for name in told}


def test_an_unknown_entry_is_not_found(conn):
    assert entries.find_entry(conn, "0" * 32) is None
    for miss in (lambda: entries.get_entry(conn, "0" * 32), lambda: entries.get_body(conn, 5)):
        with pytest.raises(NotFoundError):
            miss()


def test_instants_keep_whole_seconds_and_reach_far(add, make, now):
    old, later = datetime(1969, 7, 20, 20, 17, 40, 900_000, UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    entry = add(make.data("a", published=old, updated=later), time=now)["a"]
    assert (old.replace(microsecond=0), later) == (entry.published, entry.updated)


def test_held_entries_are_found_by_key(conn, add, make, feed_id, now):
    entry = add(make.data("a"), age_known=False)["a"]
    held = entries.find_held(conn, feed_id, ["a", "b"])
    assert ["a"] == list(held)
    assert (entry.uid, entry.id, entry.time, now, False) == (
        held["a"].uid, held["a"].entry_id, held["a"].time, held["a"].first_seen, held["a"].age_known,
    )  # fmt: skip
    assert make.data("a").raw_hash == held["a"].raw_hash


def test_a_feed_of_which_nothing_was_seen_is_told_from_one_whose_entries_are_gone(conn, add, make, feed_id):
    assert not entries.has_markers(conn, feed_id)
    entry = add(make.data("a"))["a"]
    entries.delete_entries(conn, [entry.id])
    assert entries.has_markers(conn, feed_id)


def test_held_entries_are_found_by_place_or_text_within_their_feed_also_when_they_are_gone(
    conn, add, make, feed_id, now
):
    made = [make.data(key, link=f"https://example.org/{key}", text=key) for key in "abc"]
    gone = add(*made)["a"]
    entries.delete_entries(conn, [gone.id])
    moved = make.data("x", link="http://example.net/a?utm_source=x")
    told_again = make.data("y", link="https://example.org/y", title=made[1].title, text="b")
    marks = [marks_of(moved), marks_of(told_again), Marks()]
    found = {held.uid: held for held in entries.find_alike(conn, feed_id, marks)}
    held = entries.find_held(conn, feed_id, ["a", "b"])
    assert {held["a"].uid: held["a"], held["b"].uid: held["b"]} == found
    assert (None, marks_of(made[0])) == (found[gone.uid].entry_id, found[gone.uid].marks)
    other = feeds.add_feed(conn, make.feed("https://example.net/"), now=now, due=now)
    assert () == entries.find_alike(conn, other, marks)


def test_entries_of_all_feeds_are_found_by_their_link(conn, add, make):
    add(make.data("a", link="https://example.org/x"), make.data("b", link="https://example.org/x", guid=None))
    assert 2 == len(entries.find_by_link(conn, "https://example.org/x"))


def test_a_change_is_written_everywhere(conn, add, make, full, feed_id):
    before = add(full)["full"]
    held = entries.find_held(conn, feed_id, ["full"])["full"]
    changed = make.data("full", text="entirely different", title="New")
    assert (0, 1) == entries.apply_intents(conn, feed_id, [make.intent(changed, held=held)])
    after = entries.get_entry(conn, before.uid)
    assert (before.id, before.time, "New", (), ()) == (
        after.id,
        after.time,
        after.title,
        after.authors,
        after.enclosures,
    )
    assert Body("<p>entirely different</p>", "") == entries.get_body(conn, before.id)
    assert changed.raw_hash == entries.find_held(conn, feed_id, ["full"])["full"].raw_hash
    assert ([], [before.id]) == tuple(
        [hit.entry_id for hit in search.search(conn, [word], limit=9)] for word in ("some", "different")
    )


def test_an_entry_that_changes_its_key_keeps_one_marker(conn, add, make, feed_id):
    entry = add(make.data("http://example.org/a"))["http://example.org/a"]
    held = entries.find_held(conn, feed_id, ["http://example.org/a"])["http://example.org/a"]
    entries.apply_intents(conn, feed_id, [make.intent(make.data("https://example.org/a"), held=held)])
    found = entries.find_held(conn, feed_id, ["http://example.org/a", "https://example.org/a"])
    assert {"https://example.org/a": entry.id} == {key: each.entry_id for key, each in found.items()}


def test_a_change_to_an_entry_deleted_meanwhile_is_passed_over(conn, add, make, feed_id):
    entry = add(make.data("a"))["a"]
    held = entries.find_held(conn, feed_id, ["a"])["a"]
    entries.delete_entries(conn, [entry.id])
    assert (0, 0) == entries.apply_intents(conn, feed_id, [make.intent(make.data("a", text="x"), held=held)])


def test_an_entry_written_by_somebody_else_first_is_a_conflict(database, make, now):
    with database.write() as conn:
        feed_id = feeds.add_feed(conn, make.feed("https://example.org/f"), now=now, due=now)
        entries.apply_intents(conn, feed_id, [make.intent(make.data("a"))])
    with pytest.raises(ConflictError), database.write() as conn:
        entries.apply_intents(conn, feed_id, [make.intent(make.data("b")), make.intent(make.data("a"))])
    with database.read() as conn:
        assert {feed_id: 1} == feeds.count_entries(conn)
        assert {"a"} == entries.find_held(conn, feed_id, ["a", "b"]).keys()


def test_a_deleted_entry_leaves_its_marker_alone(conn, add, make, feed_id):
    gone, stays = add(make.data("gone", text="unique"), make.data("stays")).values()
    entries.delete_entries(conn, [gone.id])
    held = entries.find_held(conn, feed_id, ["gone", "stays"])
    assert (None, stays.id) == (held["gone"].entry_id, held["stays"].entry_id)
    assert (gone.uid, gone.time) == (held["gone"].uid, held["gone"].time)
    assert entries.find_entry(conn, gone.uid) is None
    assert () == search.search(conn, ["unique"], limit=9)


def test_an_entry_that_is_gone_can_come_back_under_its_uid(conn, add, make, feed_id):
    gone = add(make.data("a"))["a"]
    entries.delete_entries(conn, [gone.id])
    held = entries.find_held(conn, feed_id, ["a"])["a"]
    assert (1, 0) == entries.apply_intents(conn, feed_id, [make.intent(make.data("a"), held=held)])
    back = entries.get_entry(conn, gone.uid)
    assert gone.id < back.id
    assert back.id == entries.find_held(conn, feed_id, ["a"])["a"].entry_id


def test_entries_come_newest_first_page_by_page(conn, add, make, now, feed_id):
    hours = (5, 1, 3, 3, 2)
    add(*(make.data(f"e{n}", published=now - timedelta(hours=h)) for n, h in enumerate(hours)))
    for which in (None, feed_id):
        seen, after = [], None
        while page := entries.iter_entries(conn, feed_id=which, after=after, limit=2):
            seen += [entry.guid for entry in page]
            after = page[-1]
        assert ["e1", "e4", "e3", "e2", "e0"] == seen
    assert () == entries.iter_entries(conn, feed_id=feed_id + 1, limit=2)


def test_changes_come_in_their_order_each_with_its_version(conn, add, make, full, feed_id):
    start = values.data_version(conn)
    first, second, third = add(full, make.data("b"), make.data("c")).values()
    held = entries.find_held(conn, feed_id, ["full"])["full"]
    entries.apply_intents(conn, feed_id, [make.intent(replace(full, language="fr"), held=held)])
    entries.delete_entries(conn, [second.id])
    rows, version = [], start
    while page := entries.changed_since(conn, version, 2):
        rows += page
        version = page[-1].version
    assert [(third.id, False), (first.id, False), (second.id, True)] == [(row.entry_id, row.deleted) for row in rows]
    assert version == values.data_version(conn)
    assert len(rows) == len({row.version for row in rows})


def test_a_column_row_holds_the_facts_of_an_entry(conn, add, full, make, feed_id):
    start = values.data_version(conn)
    entry, bare = add(full, make.data("bare", published=None, language=None, words=None), age_known=False).values()
    row, other = entries.changed_since(conn, start, 9)
    assert (entry.uid, feed_id, int(entry.time.timestamp()), int(entry.first_seen.timestamp())) == (
        row.uid, row.feed_id, row.time, row.first_seen,
    )  # fmt: skip
    assert (2, "pt-BR", Kind.AUDIO, True, False) == (row.words, row.language, row.kind, row.paid, row.age_known)
    assert ("date", "author", "language", "image", "audio", "full_text") == row.has
    assert (bare.id, None, None, ()) == (other.entry_id, other.words, other.language, other.has)


def test_states_are_a_members_own_and_can_be_put_back(conn, add, make, member, other_member):
    first, second = (entry.id for entry in add(make.data("a"), make.data("b")).values())
    states.set_states(conn, member, [first], starred=True)
    before = states.set_states(conn, member, [first, second, 999], read=True)
    marked = states.get_states(conn, member, [first, second])
    assert [(True, True), (True, False)] == [(state.read, state.starred) for state in marked.values()]
    assert {False} == {state.read for state in states.get_states(conn, other_member, [first, second]).values()}
    states.put_states(conn, member, before)
    restored = states.get_states(conn, member, [first, second])
    assert [(False, True), (False, False)] == [(state.read, state.starred) for state in restored.values()]


def test_a_deleted_entrys_states_go(conn, add, make, member):
    entry = add(make.data("a"))["a"]
    before = states.set_states(conn, member, [entry.id], read=True)
    entries.delete_entries(conn, [entry.id])
    states.put_states(conn, member, before)
    assert not states.get_states(conn, member, [entry.id])[entry.id].read


def test_a_shelf_is_read_page_by_page(conn, add, make, member):
    ids = [entry.id for entry in add(*(make.data(f"e{n}") for n in range(4))).values()]
    states.set_states(conn, member, ids[1:], starred=True)
    states.set_states(conn, member, ids[:1], later=True)
    assert (ids[3], ids[2]) == states.get_shelf(conn, member, "starred", below=None, limit=2)
    assert (ids[1],) == states.get_shelf(conn, member, "starred", below=ids[2], limit=2)
