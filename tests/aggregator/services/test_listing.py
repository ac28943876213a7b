from __future__ import annotations

import pytest

from aggregator.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError, NotSignedInError
from aggregator.model.readinglist import Scope
from aggregator.services import listing, reading
from aggregator.services.listing import ListWish
from tests.aggregator.services.newsroom import open_newsroom

WISH = ListWish(title="The  Canal", rule="newest-first", scope=Scope(folders=("News",)), days=3)


@pytest.fixture
def room(tmp_path):
    with open_newsroom(tmp_path) as opened:
        opened.fill(feeds=4, each=10)
        yield opened


def slugs(room, actor):
    return [each.slug for each in reading.lists(room.desk, actor)]


def test_an_editor_makes_a_list_and_changes_it(room):
    made = listing.add_list(room.desk, room.editor, WISH)
    assert (made.slug, made.title, made.max_age.days, made.timetable) == ("the-canal", "The Canal", 3, None)
    held, wish = listing.list_to_change(room.desk, room.editor, "the-canal")
    assert (held, wish.rule, wish.scope, wish.times) == (made, "newest-first", WISH.scope, ())
    times = ListWish("Evening", "many-voices", times=("18:00", "7:00"), weekdays=(4, 0), time_zone="Europe/Paris")
    changed = listing.change_list(room.desk, room.editor, "the-canal", times)
    assert (changed.slug, changed.timetable.times, changed.timetable.days) == ("the-canal", (420, 1080), (0, 4))
    _, wish = listing.list_to_change(room.desk, room.editor, "the-canal")
    assert wish.times == ("07:00", "18:00")


def test_a_timetable_that_stays_misses_no_edition(room):
    wish = ListWish("A", "many-voices", times=("07:00",))
    before = listing.add_list(room.desk, room.editor, wish).timetable
    room.clock.pass_by(days=1)
    assert listing.change_list(room.desk, room.editor, "a", wish).timetable == before
    wish = ListWish("A", "many-voices", times=("08:00",))
    assert listing.change_list(room.desk, room.editor, "a", wish).timetable.since == room.clock.now()


def test_readers_change_no_list_of_the_group_and_nobody_any(room):
    for actor, refused in ((room.reader, NotAllowedError), (room.nobody, NotSignedInError)):
        with pytest.raises(refused):
            listing.add_list(room.desk, actor, WISH)
        with pytest.raises(refused):
            listing.change_list(room.desk, actor, "front-page", WISH)
        with pytest.raises(refused):
            listing.remove_list(room.desk, actor, "front-page")
        with pytest.raises(refused):
            listing.restore_list(room.desk, actor, "front-page")
        with pytest.raises(refused):
            listing.put_list(room.desk, actor, "front-page", 2)


def test_a_members_own_list_is_seen_by_nobody_else(room):
    own = listing.add_list(room.desk, room.reader, WISH, personal=True)
    assert own.slug == "my-the-canal"
    assert own.personal
    assert slugs(room, room.reader) == ["front-page", "my-the-canal"]
    assert slugs(room, room.editor) == ["front-page"]
    assert reading.list_page(room.desk, room.reader, own.slug).items
    for actor in (room.editor, room.nobody):
        with pytest.raises((NotFoundError, NotSignedInError)):
            reading.list_page(room.desk, actor, own.slug)
        with pytest.raises((NotFoundError, NotSignedInError)):
            listing.change_list(room.desk, actor, own.slug, WISH)
    with pytest.raises(NotSignedInError):
        listing.add_list(room.desk, room.nobody, WISH, personal=True)


def test_an_own_list_gives_the_reasons_that_a_list_of_the_group_gives(room):
    listing.add_list(room.desk, room.editor, WISH)
    listing.add_list(room.desk, room.reader, WISH, personal=True)
    ours = reading.list_page(room.desk, room.reader, "the-canal")
    mine = reading.list_page(room.desk, room.reader, "my-the-canal")
    assert ours.items == mine.items


def test_lists_are_put_in_order(room):
    for title in ("A", "B", "C"):
        listing.add_list(room.desk, room.editor, ListWish(title, "many-voices"))
    listing.put_list(room.desk, room.editor, "c", 2)
    assert slugs(room, room.reader) == ["front-page", "c", "a", "b"]
    listing.put_list(room.desk, room.editor, "c", 99)
    assert slugs(room, room.reader) == ["front-page", "a", "b", "c"]


def test_a_removal_can_be_taken_back_and_the_front_page_stays(room):
    listing.add_list(room.desk, room.editor, WISH)
    listing.remove_list(room.desk, room.editor, "the-canal")
    with pytest.raises(NotFoundError):
        reading.list_page(room.desk, room.reader, "the-canal")
    listing.restore_list(room.desk, room.editor, "the-canal")
    assert slugs(room, room.reader) == ["front-page", "the-canal"]
    with pytest.raises(ConflictError):
        listing.remove_list(room.desk, room.editor, "front-page")
    with pytest.raises(ConflictError):
        listing.add_list(room.desk, room.editor, WISH)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "}, {"title": "x" * 101}, {"days": 0}, {"days": 181}, {"time_zone": "../etc/passwd"},
        {"time_zone": "Europe/Nowhere"}, {"times": ("25:00",)}, {"times": ("07:00",), "weekdays": ()},
        {"times": ("07:00",), "weekdays": (9,)}, {"scope": Scope(folders=("No such",))},
        {"scope": Scope(feeds=(999,))}, {"scope": Scope(languages=("not a language",))},
    ],
)  # fmt: skip
def test_what_makes_no_list_is_refused(room, wrong):
    with pytest.raises(BadInputError):
        listing.add_list(room.desk, room.editor, ListWish(**{"title": "T", "rule": "many-voices", **wrong}))


@pytest.mark.parametrize("slug", ["my-thing", "Über", "a/b", "-", "x" * 41])
def test_a_name_no_address_can_have_is_refused(room, slug):
    with pytest.raises(BadInputError):
        listing.add_list(room.desk, room.editor, ListWish("T", "many-voices"), slug=slug)


def test_a_title_in_letters_no_address_has_asks_for_a_name(room):
    with pytest.raises(BadInputError):
        listing.add_list(room.desk, room.editor, ListWish("صفحة", "many-voices"))
    assert listing.add_list(room.desk, room.editor, ListWish("صفحة", "many-voices"), slug="page").title == "صفحة"


def test_a_changed_scope_changes_the_page_at_once(room):
    listing.add_list(room.desk, room.editor, ListWish("T", "newest-first"))
    before = reading.list_page(room.desk, room.reader, "t").counts.total
    listing.change_list(room.desk, room.editor, "t", ListWish("T", "newest-first", Scope(feeds=(room.feeds[1],))))
    page = reading.list_page(room.desk, room.reader, "t")
    assert 0 < page.counts.total < before
    assert {item.entry.feed_id for item in page.items} == {room.feeds[1]}
