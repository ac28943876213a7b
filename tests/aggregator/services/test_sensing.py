from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import BusyError, NotFoundError
from aggregator.model.candidate import Hit
from aggregator.model.extras import Extras
from aggregator.model.ids import Uid
from aggregator.services.sensing import Narrowed, fuse, more_like, search_by_sense
from aggregator.store import entries, vectors
from tests.aggregator.candidates.stored import make_entry
from tests.aggregator.services.newsroom import NOW, open_newsroom


@dataclass
class Knowing:
    """A worker that knows what is near: entries by number, with their likeness."""

    near: dict = field(default_factory=dict)
    silent: bool = False

    def nearest(self, _text, count, **_wait):
        return self._answer(count)

    def like(self, _entry_id, count, **_wait):
        return self._answer(count)

    def _answer(self, count):
        if self.silent:
            raise BusyError("the model")
        return tuple(Hit(each, score) for each, score in self.near.items())[:count]


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        opened.add_source(1)
        titles = ["Rent strike", "Grève des loyers", "Rent rises", "Quake"]
        for number, title in enumerate(titles, 1):
            language = "fr" if number == 2 else "en"
            made = make_entry(number, title=title, language=language, index=title.lower())
            opened.store(1, [(made, timedelta(hours=number))])
        opened.desk = replace(opened.desk, ask=Knowing())
        yield opened


def ids(room):
    with room.desk.database.read() as conn:
        return {entry.title: entry.id for entry in entries.iter_entries(conn, limit=10)}


def found(room, words, **given):
    return [each.seen.entry.title for each in search_by_sense(room.desk, room.reader, words, **given).items]


def test_what_is_found_both_ways_stands_first_and_what_only_meaning_finds_is_there(room):
    held = ids(room)
    room.desk.ask.near = {held["Grève des loyers"]: 0.8, held["Rent strike"]: 0.7}
    first, *others = found(room, "rent")
    assert first == "Rent strike"
    assert {"Grève des loyers", "Rent rises"} == set(others)
    assert search_by_sense(room.desk, room.reader, "rent").by_sense


def test_safety_72_without_an_answer_words_alone_answer(room):
    room.desk.ask.silent = True
    page = search_by_sense(room.desk, room.reader, "rent")
    assert {"Rent strike", "Rent rises"} == {each.seen.entry.title for each in page.items}
    assert not page.by_sense


def test_what_has_nothing_to_do_with_it_is_not_found(room):
    room.desk.ask.near = {ids(room)["Quake"]: 0.1}
    assert "Quake" not in found(room, "rent")


def test_an_entry_that_is_gone_is_passed_over(room):
    room.desk.ask.near = {10_000: 0.9}
    assert ["Rent rises", "Rent strike"] == sorted(found(room, "rent"))


def test_who_did_not_agree_to_be_found_is_not(room):
    made = make_entry(9, title="Rent private", index="rent private", extras=Extras(reserved=True))
    room.store(1, [(made, timedelta(hours=9))])
    room.desk.ask.near = {ids(room)["Rent private"]: 0.9, ids(room)["Rent strike"]: 0.8}
    assert "Rent private" not in found(room, "rent")
    with room.desk.database.read() as conn:
        assert {"Rent private"} == {text.title for text in vectors.unread(conn, 0, 100) if text.reserved}


def test_pages_follow_one_another(room):
    held = ids(room)
    room.desk.ask.near = {held["Grève des loyers"]: 0.8, held["Rent strike"]: 0.7}
    first = search_by_sense(room.desk, room.reader, "rent", limit=2)
    second = search_by_sense(room.desk, room.reader, "rent", limit=2, after=first.next_after)
    together = [each.seen.entry.title for page in (first, second) for each in page.items]
    assert found(room, "rent") == together
    assert second.next_after is None


def test_a_page_goes_on_behind_the_last_entry_of_the_one_before_wherever_it_stands_by_now(room):
    held = ids(room)
    room.desk.ask.near = {held["Rent rises"]: 0.9, held["Rent strike"]: 0.8, held["Quake"]: 0.5}
    first = search_by_sense(room.desk, room.reader, "rent", limit=1)
    (last,) = first.items
    room.desk.ask.near = {held["Grève des loyers"]: 0.95, **room.desk.ask.near}  # arrives, and stands further up
    rest = search_by_sense(room.desk, room.reader, "rent", after=first.next_after).items
    assert last.seen.entry.uid not in {each.seen.entry.uid for each in rest}
    room.desk.ask.near = {}
    assert search_by_sense(room.desk, room.reader, "quake", after="s1e999999").items == ()


@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        (Narrowed(languages=("fr",)), ["Grève des loyers"]),
        (Narrowed(source="elsewhere.example"), []),
        (Narrowed(after=NOW - timedelta(hours=1, minutes=30)), ["Rent strike"]),
    ],
)
def test_hits_can_be_narrowed(room, narrowed, left):
    held = ids(room)
    room.desk.ask.near = {held["Grève des loyers"]: 0.8, held["Rent strike"]: 0.7}
    assert left == found(room, "rent", narrowed=narrowed)


def test_nothing_to_look_for_is_said_so(room):
    assert search_by_sense(room.desk, room.reader, "  ").problem


def test_more_like_an_entry_leaves_itself_out(room):
    held = ids(room)
    room.desk.ask.near = {held["Rent strike"]: 1.0, held["Grève des loyers"]: 0.7, held["Quake"]: 0.1}
    with room.desk.database.read() as conn:
        uid = next(e.uid for e in entries.iter_entries(conn, limit=10) if e.title == "Rent strike")
    like = more_like(room.desk, room.reader, uid)
    assert ["Grève des loyers"] == [each.seen.entry.title for each in like]
    room.desk.ask.silent = True
    assert more_like(room.desk, room.reader, uid) is None
    with pytest.raises(NotFoundError):
        more_like(room.desk, room.reader, Uid("0" * 32))


@given(st.lists(st.lists(st.integers(1, 30), unique=True, max_size=20), max_size=3))
def test_fusing_keeps_all_and_prefers_what_stands_higher_everywhere(orders):
    scores = fuse(orders)
    assert {each for order in orders for each in order} == set(scores)
    for order in orders[:1] if len(orders) == 1 else []:
        assert sorted(order, key=lambda each: -scores[each]) == order
