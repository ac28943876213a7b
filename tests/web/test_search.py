"""The search page: what it is narrowed to, what it says; and a subject tried in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.model.candidate import Hit
from aggregator.store import entries
from tests.web.conftest import Browser
from tests.web.newsroom import STORY
from web import create_app
from web.door import TOKEN

FERRY, BARRIO = STORY
FOG = "Fog holds up the morning crossing"


class Knowing:
    """A worker that finds every entry near, the one begun with the likeness 0.8, each next a tenth less."""

    def __init__(self, desk):
        self.desk = desk

    def nearest(self, _text, count, *, wait):
        assert wait <= 1
        with self.desk.database.read() as conn:
            held = {each.title: each.id for each in entries.iter_entries(conn, limit=1000)}
        near = [held[FERRY], held[BARRIO], held[FOG]]
        return tuple(Hit(each, score) for each, score in zip(near, (0.8, 0.6, 0.1), strict=True))[:count]


@pytest.fixture
def known(newsroom):
    newsroom.fill()
    desk = replace(newsroom.desk, ask=Knowing(newsroom.desk))
    client = create_app(newsroom.settings, desk=desk).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = newsroom.set_up()
    return Browser(client)


def test_words_alone_answer_where_no_worker_does_and_the_page_says_so(newsroom, member):
    newsroom.fill()
    page = member.page("/search?words=ferry")
    assert FERRY in page
    assert "By words alone" in page


def test_meaning_finds_what_no_word_does(known):
    page = known.page("/search?words=ascenseur")
    assert BARRIO in page
    assert "By words alone" not in page


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("language=es", {BARRIO}),
        ("folder=News/Local", {BARRIO}),
        ("folder=News", {FERRY, BARRIO}),
        ("source=tide.example", {FERRY}),
        ("kind=audio", set()),
        ("since=2026-11-23", set()),
        ("until=2026-11-22", {FERRY, BARRIO}),
        ("list=front-page", {FERRY, BARRIO}),
    ],
)
def test_a_search_is_narrowed(known, asked, there):
    page = known.page(f"/search?words=ascenseur&{asked}")
    assert {title for title in STORY if title in page} == there


@pytest.mark.parametrize("asked", ["since=soon", "kind=rumour", "until=2026-13-40"])
def test_a_wish_nobody_understands_is_told(known, asked):
    assert known.get(f"/search?words=boats&{asked}").status_code == 400


def test_a_list_that_is_not_there_is_told(known):
    assert known.get("/search?words=boats&list=nothing").status_code == 404


def test_a_subject_shows_the_nearest_entries_and_where_the_bounds_lie(known):
    page = known.page("/subject?words=ferries&from=30&to=70")
    order = [page.index(part) for part in (FERRY, "70: from here up", BARRIO, "30: from here down", FOG)]
    assert order == sorted(order)
    assert "75% of the points" in page
    assert "rises = [0.30, 0.70]" in page


def test_a_subject_says_that_there_is_no_model(newsroom, member):
    newsroom.fill()
    assert "no model of meaning to ask" in member.page("/subject?words=ferries")


@pytest.mark.parametrize("asked", ["from=70&to=30", "from=x", "to=101"])
def test_bounds_that_make_no_sense_are_told(known, asked):
    assert known.get(f"/subject?words=ferries&{asked}").status_code == 400


def test_a_search_is_kept_as_a_list_changed_and_said_in_words(known):
    assert "Keep this search" in known.page("/search?words=ferry")
    kept = {"words": "ferry", "title": "Ferries", "meaning": "on", "whose": "group", "folder": "News"}
    assert known.post("/search/keep", kept).location == "/lists/ferries"
    page = known.page("/lists/ferries")
    assert FERRY in page
    assert FOG not in page
    assert "Only what holds the words “ferry”, or is at least 50% like them in meaning." in page
    form = known.page("/lists/ferries/change")
    assert 'name="words" value="ferry"' in form
    assert 'name="likeness" type="number" min="30" max="100" value="50"' in form
    changed = {
        "title": "Fog", "rule": "newest-first", "days": "9", "words": "fog", "kind": "article", "since": "2026-01-01",
        "time_zone": "UTC",
    }  # fmt: skip
    assert known.post("/lists/ferries/change", changed).status_code == 303
    page = known.page("/lists/ferries")
    assert FOG in page
    assert "Only what holds the words “fog”. Only of the kind: article. From Jan 1, 2026 on." in page
    assert "does not find it" in known.page("/lists/ferries/why-not?link=https://tide.example/feed.xml/0")
    gone = known.post("/lists/ferries/remove", follow_redirects=True)
    assert 'action="/lists/ferries/restore"' in gone.text


def test_nothing_is_kept_without_words(known):
    assert known.post("/search/keep", {"title": "x"}).status_code == 400
    for wrong in ({"likeness": "7"}, {"likeness": "many"}, {"words": "!!"}):
        sent = {"title": "x", "rule": "newest-first", "days": "9", "words": "fog", "time_zone": "UTC", **wrong}
        assert known.post("/lists/new", sent).status_code == 400
