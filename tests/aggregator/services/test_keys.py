from __future__ import annotations

import pytest

from aggregator.errors import BadInputError, NotAllowedError, NotFoundError
from aggregator.services import exposure, keys, reading
from aggregator.services.keys import Keys
from tests.aggregator.services.newsroom import open_newsroom


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.fill(feeds=4, each=10)
        yield opened


def sources(room):
    page = exposure.room_page(room.desk, room.reader, "front-page")
    return {each.key for each in page.by_kind["source"]}


def test_a_changed_key_is_seen_in_pages_and_in_who_has_room_and_taken_back(room):
    reading.list_page(room.desk, room.reader, "front-page")
    before = sources(room)
    was = keys.set_keys(room.desk, room.editor, room.feeds[1], source="the-paper", owner="the-owners")
    assert sources(room) == before - {was.source} | {"the-paper"}
    page = reading.list_page(room.desk, room.reader, "front-page", limit=500)
    assert {item.source for item in page.items if item.entry.feed_id == room.feeds[1]} == {"the-paper"}
    done = keys.set_keys(room.desk, room.editor, room.feeds[1], source=was.source, owner=was.owner)
    assert done == Keys("the-paper", "the-owners")
    assert sources(room) == before


def test_empty_keys_are_the_proposed_ones(room):
    keys.set_keys(room.desk, room.editor, room.feeds[1], source="x", owner="y")
    keys.set_keys(room.desk, room.editor, room.feeds[1], source="", owner="")
    found = keys.set_keys(room.desk, room.editor, room.feeds[1], source="x", owner="")
    assert found.source == found.owner != "x"


def test_feeds_that_share_a_key_are_named_together(room):
    for number in (1, 2):
        keys.set_keys(room.desk, room.editor, room.feeds[number], source=f"paper{number}", owner="house")
    owners = {each.owner: each for each in keys.shared(room.desk, room.reader)}
    assert [voice.source for voice in owners["house"].voices] == ["paper1", "paper2"]
    (other,) = keys.beside(room.desk, room.reader, room.feeds[1])
    assert other.feed.id == room.feeds[2]


def test_only_editors_change_keys_and_only_of_sources_that_are(room):
    with pytest.raises(NotAllowedError):
        keys.set_keys(room.desk, room.reader, room.feeds[1], source="x", owner="")
    with pytest.raises(NotFoundError):
        keys.set_keys(room.desk, room.editor, 999, source="x", owner="")
    with pytest.raises(NotFoundError):
        keys.source_at(room.desk, room.reader, "https://nothing.example/")


@pytest.mark.parametrize("key", ["two words", "a\nb", "x" * 201])
def test_a_key_no_lot_could_be_drawn_for_is_refused(room, key):
    with pytest.raises(BadInputError):
        keys.set_keys(room.desk, room.editor, room.feeds[1], source=key, owner="")
