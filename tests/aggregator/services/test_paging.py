"""Pages of one snapshot: nothing twice, nothing skipped, whatever arrives meanwhile and whichever process answers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from aggregator.candidates.columns import Columns
from aggregator.model.member import Actor, Role
from aggregator.model.readinglist import Scope
from aggregator.model.sharing import Sharing
from aggregator.services import listing, reading, sharing
from aggregator.services.kept import Kept
from aggregator.services.listing import ListWish
from tests.aggregator.candidates.stored import odd_entries
from tests.aggregator.services.newsroom import open_newsroom
from web import create_app

LIST = "/lists/front-page"


@pytest.fixture
def room(tmp_path, database):
    with open_newsroom(tmp_path, database) as opened:
        opened.fill(feeds=6, each=30)
        steward = Actor(opened.editor.member, opened.editor.group, Role.STEWARD)
        sharing.set_sharing(opened.desk, steward, "front-page", Sharing(public=True))
        yield opened


def other(room):
    """Give the desk of another web process: the same database and clock, a memory of its own."""
    columns = Columns.open(room.desk.settings.data / "columns")
    return replace(room.desk, columns=columns, rankings=Kept(), facts=Kept())


def arrive(room, number):
    """Let new entries arrive, the youngest of all, a minute later."""
    room.clock.pass_by(minutes=1)
    made = [(data, timedelta(0)) for data, _ in odd_entries(number, 7, start=10_000 + 100 * number)]
    room.store(1 + number % 6, made, first_seen=room.clock.now())


def whole(room, desk, **asked):
    page = reading.list_page(desk, room.reader, "front-page", limit=1000, **asked)
    assert page.counts.shown > 100
    return page, [item.entry.uid for item in page.items]


def walk(get, path, next_of, room, uids_of):
    """Follow the links from page to page while entries arrive between them."""
    found, turn = [], 0
    while path:
        answer = get[turn % len(get)](path)
        assert answer.status_code == 200, path
        found += uids_of(answer)
        path = next_of(answer)
        turn += 1
        arrive(room, turn)
    assert turn > 2
    return found


def on_page(answer):
    return re.findall(r'<article class="item[^"]*" id="e-(\w+)"', answer.text)


def linked(answer):
    found = re.search(r'rel="next" href="([^"]+)"', answer.text)
    return unescape(found[1]) if found else None


def in_header(answer):
    found = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
    return found[1] if found else None


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("way", ["pages", "api"])
def test_nothing_comes_twice_and_nothing_is_skipped_while_entries_arrive(room, way, processes):
    arrive(room, 0)
    _, expected = whole(room, room.desk, rule="newest-first")
    desks = [room.desk, other(room)][:processes]
    get = [create_app(desk.settings, desk=desk).test_client().get for desk in desks]
    if way == "pages":
        found = walk(get, f"{LIST}?rule=newest-first", linked, room, on_page)
    else:
        path = f"/api/v1{LIST}?rule=newest-first&limit=50"
        found = walk(get, path, in_header, room, lambda answer: [each["id"] for each in answer.get_json()["entries"]])
    assert found == expected


def test_another_process_gives_the_same_pages_and_reasons_for_one_instant(room):
    arrive(room, 0)
    page, expected = whole(room, room.desk, rule="newest-first")
    points = [item.explanation for item in page.items]
    arrive(room, 1)
    again, found = whole(room, other(room), rule="newest-first", at=page.at, data_version=page.data_version)
    assert (found, [item.explanation for item in again.items]) == (expected, points)
    assert reading.list_page(room.desk, room.reader, "front-page", rule="newest-first").at > page.at


def test_a_pinned_page_says_that_the_list_changed_where_it_cannot_be_what_it_was(room):
    first = reading.list_page(room.desk, room.reader, "front-page", rule="newest-first")
    pin = {"rule": "newest-first", "at": first.at, "data_version": first.data_version, "start": first.next_start}
    listing.change_list(
        room.desk, room.editor, "front-page", ListWish("Front", "many-voices", Scope(folders=("News",)))
    )
    same = reading.list_page(room.desk, room.reader, "front-page", before=first.next_before, **pin)
    assert not same.changed  # this process still has it
    elsewhere = reading.list_page(other(room), room.reader, "front-page", before=first.next_before, **pin)
    assert elsewhere.changed
    client = create_app(room.desk.settings, desk=other(room)).test_client()
    onward = linked(create_app(room.desk.settings, desk=room.desk).test_client().get(f"{LIST}?rule=newest-first"))
    assert "This list changed since you began" not in client.get(onward).text
    broken = re.sub("before=[0-9a-f]+", "before=00", onward)
    assert "This list changed since you began" in client.get(broken).text
