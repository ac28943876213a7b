from __future__ import annotations

import re
from datetime import timedelta

import pytest

from aggregator.services import muting, reading
from aggregator.store import mutes as stored
from tests.web.newsroom import NOW, Item, Source


def places(page):
    return re.findall(r'<li value="(\d+)">', page)


@pytest.fixture
def filled(newsroom):
    newsroom.fill()


def test_what_is_muted_is_counted_and_shown_on_demand(member, newsroom, filled):  # noqa: ARG001  # there are entries
    all_of_them = places(member.page("/lists/front-page?rule=newest-first"))
    member.post("/mutes", {"kind": "words", "text": "DRAINAGE board", "days": "7"})
    page = member.page("/lists/front-page?rule=newest-first")
    assert "35 muted:" in page
    left = places(page)
    assert len(left) == len(all_of_them) - 35
    assert set(left) < set(all_of_them)  # places keep their numbers
    shown = re.search(r'35 muted: <a href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert places(member.page(shown)) == all_of_them
    assert "35 you muted are shown:" in member.page(shown)


def test_a_mute_changes_no_order_and_nothing_for_others(member, newsroom, filled):  # noqa: ARG001  # there are entries
    before = reading.list_page(newsroom.desk, newsroom.actor(), "front-page")
    member.post("/mutes", {"kind": "source", "text": "tide.example", "days": ""})
    assert "muted:" in member.page("/lists/front-page")
    assert reading.list_page(newsroom.desk, newsroom.actor(), "front-page").items == before.items


def test_a_mute_is_taken_off_and_put_back(member, filled):  # noqa: ARG001  # there are entries
    member.post("/mutes", {"kind": "words", "text": "fog", "days": "30"})
    page = member.page("/mutes")
    off = re.search(r'action="(/mutes/\d+/off)"', page)[1]
    gone = member.post(off, follow_redirects=True).text
    assert "It is muted no longer." in gone
    fields = dict(re.findall(r'<input type="hidden" name="(kind|text|days)" value="([^"]*)">', gone))
    assert fields["text"] == "fog"
    assert fields["days"] in {"29", "30"}
    member.post("/mutes", fields)
    assert "fog" in member.page("/mutes")
    assert member.post(off).status_code == 404


def test_a_mute_runs_out(member, newsroom, filled):  # noqa: ARG001  # there are entries
    member.post("/mutes", {"kind": "person", "text": "Ann", "days": "1"})
    actor = newsroom.actor()
    with newsroom.desk.database.read() as conn:
        assert stored.get_mutes(conn, actor.member.id, NOW + timedelta(hours=23))
        assert not stored.get_mutes(conn, actor.member.id, NOW + timedelta(days=2))


def test_a_person_is_muted_by_name_and_words_as_whole_words(member, newsroom):
    writer = "<author><name>Ann Öst</name></author>"
    source = Source("https://a.example/", "A", "en", "", (
        Item("Cart and horse", 1, "<p>x</p>", more=writer), Item("The cartel", 2, "<p>y</p>"),
    ))  # fmt: skip
    newsroom.subscribe([source])
    newsroom.fetch([source])
    for kind, text in (("words", "cart"), ("person", "ann ost")):
        member.post("/mutes", {"kind": kind, "text": text})
        page = member.page("/lists/front-page")
        assert "1 muted:" in page
        assert "The cartel" in page
        (held,) = muting.mutes(newsroom.desk, newsroom.actor())
        muting.unmute(newsroom.desk, newsroom.actor(), held.id)


@pytest.mark.parametrize("wrong", [{"text": ""}, {"text": "-"}, {"kind": "mood"}, {"text": "x" * 201}, {"days": "0"}])
def test_what_cannot_be_muted_is_refused(member, wrong):
    assert member.post("/mutes", {"kind": "words", "text": "fog", **wrong}).status_code == 400


def test_nobody_else_takes_a_mute_off_or_sees_it(member, stranger, filled):  # noqa: ARG001  # there are entries
    member.post("/mutes", {"kind": "words", "text": "fog"})
    assert stranger.get("/mutes").status_code == 401


def test_what_is_new_since_is_told_until_it_is_forgotten(member, newsroom):
    newsroom.subscribe()
    newsroom.fetch(arrived=NOW - timedelta(hours=1))
    assert "here are new since" not in member.page("/lists/front-page")
    stamp = (NOW - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    member.post("/lists/front-page/seen", {"until": stamp, "next": "/lists/front-page"})
    assert re.search(r"\d+ here are new since 10:00", member.page("/lists/front-page"))
    done = member.post("/lists/front-page/seen", {"until": "", "next": "/lists/front-page"}, follow_redirects=True)
    assert "here are new since" not in done.text
    undo = re.search(r'<input type="hidden" name="until" value="([^"]*)">', done.text)[1]
    assert undo == stamp
    member.post("/lists/front-page/seen", {"until": undo})
    assert "here are new since" in member.page("/lists/front-page")


def test_an_instant_that_is_none_is_refused(member, filled):  # noqa: ARG001  # there are entries
    assert member.post("/lists/front-page/seen", {"until": "soon"}).status_code == 400
