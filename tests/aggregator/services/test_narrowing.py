from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import BadInputError, NotFoundError, NotSignedInError
from aggregator.model.entry import Kind
from aggregator.model.readinglist import Scope
from aggregator.services import listing
from aggregator.services.listing import ListWish
from aggregator.services.narrowing import Wish, choices, narrowed
from tests.aggregator.services.newsroom import NOW, open_newsroom


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Source 1 in News, 2 in News/Local, 3 in no folder; a list of the folder News that reads only French."""
    with open_newsroom(tmp_path_factory.mktemp("narrowed")) as opened:
        for number, folders in ((1, ("News",)), (2, ("News/Local",)), (3, ())):
            opened.add_source(number, folders)
        scope = Scope(folders=("News",), languages=("fr",))
        listing.add_list(opened.desk, opened.editor, ListWish("Paper", "many-voices", scope))
        yield opened


def wished(room, **wish):
    return narrowed(room.desk, room.reader, Wish(**wish))


def test_who_wishes_for_nothing_gets_everything(room):
    assert wished(room) is None


def test_a_folder_holds_what_is_below_it(room):
    assert {room.feeds[1], room.feeds[2]} == wished(room, folder="News").feeds
    assert {room.feeds[2]} == wished(room, folder="News/Local").feeds
    assert frozenset() == wished(room, folder="Nowhere").feeds


def test_a_list_gives_its_sources_its_languages_and_its_reach(room):
    found = wished(room, list="paper")
    assert ({room.feeds[1], room.feeds[2]}, ("fr",)) == (found.feeds, found.languages)
    assert NOW - timedelta(days=7) == found.after


def test_a_list_and_a_folder_are_both_meant(room):
    assert {room.feeds[2]} == wished(room, list="paper", folder="News/Local").feeds


def test_a_language_that_is_named_goes_before_the_lists(room):
    assert ("en",) == wished(room, list="paper", language="en").languages


def test_days_are_whole_and_both_count(room):
    found = wished(room, since="2026-11-20", until="2026-11-21")
    assert (datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)) == (found.after, found.before)
    assert NOW - timedelta(days=7) == wished(room, list="paper", since="2026-01-01").after


def test_a_kind_and_a_source_are_taken_as_they_are(room):
    found = wished(room, kind="audio", source="f1.example")
    assert (Kind.AUDIO, "f1.example", None) == (found.kind, found.source, found.feeds)


@pytest.mark.parametrize(
    "wish", [{"kind": "song"}, {"since": "yesterday"}, {"until": "2026-02-30"}, {"since": "20-11-2026"}]
)
def test_what_cannot_be_read_is_told(room, wish):
    with pytest.raises(BadInputError):
        wished(room, **wish)


def test_a_list_that_is_not_there_is_told(room):
    with pytest.raises(NotFoundError):
        wished(room, list="nothing")


def test_there_is_to_choose_what_the_group_has(room):
    found = choices(room.desk, room.reader)
    assert {"front-page", "paper"} <= {each.slug for each in found.lists}
    assert {"News", "News/Local"} <= {each.path for each in found.folders}
    assert sorted(found.sources, key=lambda each: each.title.casefold()) == list(found.sources)
    assert 3 == len(found.sources)


@pytest.mark.parametrize("ask", [choices, lambda desk, actor: narrowed(desk, actor, Wish())])
def test_no_stranger_is_told_what_there_is(room, ask):
    with pytest.raises(NotSignedInError):
        ask(room.desk, room.nobody)
