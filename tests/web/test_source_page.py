from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import ConflictError
from aggregator.model.readinglist import Scope
from aggregator.model.sharing import Sharing
from aggregator.services import exposure, listing, objecting, sharing
from aggregator.services.listing import ListWish
from aggregator.services.treatment import source_treatment
from tests.web.conftest import Browser
from tests.web.newsroom import NOW, Standing
from web.door import TOKEN


@pytest.fixture(autouse=True)
def _filled(newsroom):
    newsroom.subscribe()
    newsroom.fetch(arrived=NOW - timedelta(days=1))  # there was something at midnight


@pytest.fixture
def sign_in(app, newsroom, member):
    """Signs somebody else in, by name and role."""
    assert member

    def browser(name, role):
        client = app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = newsroom.join(name, role)
        return Browser(client)

    return browser


def feed_called(newsroom, title):
    actor = newsroom.actor()
    page = exposure.room_page(newsroom.desk, actor, "front-page")
    (key,) = [key for key, told in page.titles.items() if told == title]
    return page.feeds[key]


def objection_paths(page, what):
    return re.findall(rf'action="(/objections/\d+/{what})"', page)


def test_the_page_of_a_source_says_how_rules_treat_it(member, newsroom):
    feed = feed_called(newsroom, "The Lowland Ledger")
    (front,) = source_treatment(newsroom.desk, newsroom.actor(), feed).lists
    assert (35, None) == (front.now.candidates, front.room)
    page = html.unescape(member.page(f"/sources/{feed}"))
    assert f"Of its 35 entries in reach, {front.now.shown} stand among the first 30" in page
    assert "as the list stands now" in page
    assert "At most so many of one source" in page
    assert "/rules/many-voices?version=1#line-max-per-source" in page
    assert "Fresh</a>" in page
    exposure.write_ledgers(newsroom.desk)
    assert "of the room in the one count since" in html.unescape(member.page(f"/sources/{feed}?days=7"))
    assert member.get(f"/sources/{feed}?days=9").status_code == 400


def test_what_a_rule_leaves_out_of_a_source_is_counted_with_its_reason(member, newsroom):
    feed = feed_called(newsroom, "The Lowland Ledger")
    listing.add_list(newsroom.desk, newsroom.actor(), ListWish("Long", "long-reads", Scope()))
    page = html.unescape(member.page(f"/sources/{feed}"))
    assert "left 35 of its entries out" in page
    assert "/lists/long/left-out?line=short" in page


def test_the_files_of_a_source_say_what_its_page_says(member, newsroom):
    feed = feed_called(newsroom, "Slow Rooms")
    exposure.write_ledgers(newsroom.desk)
    told = member.get(f"/sources/{feed}/treatment.json").json
    (front,) = told["lists"]
    assert ("slow.example", 28, "many-voices") == (told["source"], told["days"], front["rule"]["id"])
    assert front["entries"] == front["shown"] + front["further_down"] + front["folded"] + len(front["left_out"])
    assert front["room_over_days"]["records"] == 1
    rows = list(csv.DictReader(io.StringIO(member.get(f"/sources/{feed}/treatment.csv").text)))
    assert str(front["shown"]) == next(row["count"] for row in rows if row["name"] == "shown")
    lines = {row["name"]: int(row["value"]) for row in rows if row["kind"] == "line"}
    assert lines == {line["line"]: line["points"] for line in front["lines"]}
    room = next(row for row in rows if row["kind"] == "room" and row["name"] != "now")
    assert int(room["value"]) == front["room_over_days"]["had"]


def test_the_room_page_leads_to_the_page_of_each_source(member, newsroom):
    feed = feed_called(newsroom, "Slow Rooms")
    assert f'<a href="/sources/{feed}#treatment">Slow Rooms</a>' in member.page("/lists/front-page/room")
    sources = member.get("/lists/front-page/room.json").json["sources"]
    assert "Slow Rooms" in {each["title"] for each in sources}


def test_a_member_objects_and_an_editor_answers_and_both_stay(member, newsroom, sign_in):
    assert member
    reader, editor = sign_in("Rosa", "reader"), sign_in("Emil", "editor")
    feed = feed_called(newsroom, "Canal Vecinal")
    (entry,) = re.findall(r"/entries/([0-9a-f]{32})\?", reader.page("/lists/front-page?rule=newest-first"))[:1]
    about = re.search(r'href="(/sources/\d+\?entry=\w+#objections)"', reader.page(f"/entries/{entry}?list=front-page"))
    assert f"?entry={entry}#objections" in reader.page("/lists/front-page?rule=newest-first")
    assert "Something wrong? Tell the editors" in reader.page(html.unescape(about[1]).partition("#")[0])
    done = reader.post(f"/sources/{feed}/objections", {"text": "It is <b>never</b> on top.\r\nWhy?"})
    assert done.headers["Location"] == f"/sources/{feed}#objections"
    page = editor.page(f"/sources/{feed}")
    assert "It is &lt;b&gt;never&lt;/b&gt; on top." in page
    assert "it is due by December 6, 2026" in page
    assert objection_paths(page, "withdraw") == []
    assert "Objections that wait for an answer" in editor.page("/sources")
    assert "Objections that wait for an answer" not in reader.page("/sources")
    (path,) = objection_paths(page, "answer")
    editor.post(path, {"text": "It posts once a month; see its lines."})
    told = reader.page(f"/sources/{feed}")
    assert "It posts once a month" in told
    assert objection_paths(told, "withdraw") == objection_paths(told, "answer") == []
    assert "Objections that wait for an answer" not in editor.page("/sources")
    everything = reader.get("/account.json").json
    assert [each["text"] for each in everything["objections"]] == ["It is <b>never</b> on top.\nWhy?"]
    assert editor.get("/account.json").json["answers"][0]["text"].startswith("It posts once")


def test_both_can_be_taken_back_within_the_hour_by_who_wrote_them(member, newsroom, sign_in):
    feed = feed_called(newsroom, "Canal Vecinal")
    reader = sign_in("Rosa", "reader")
    reader.post(f"/sources/{feed}/objections", {"text": "Too low"})
    withdraw, *_ = objection_paths(reader.page(f"/sources/{feed}"), "withdraw")
    assert member.post(withdraw).status_code == 404
    assert "Your objection is taken back." in reader.post(withdraw, follow_redirects=True).text
    assert "Too low" not in reader.page(f"/sources/{feed}")
    assert member.post(withdraw.replace("withdraw", "answer"), {"text": "No"}).status_code == 409
    reader.post(withdraw.replace("withdraw", "put-back"))
    (answer,) = objection_paths(member.page(f"/sources/{feed}"), "answer")
    member.post(answer, {"text": "We shall see"})
    assert reader.post(withdraw).status_code == 409
    back, *_ = objection_paths(member.page(f"/sources/{feed}"), "take-back")
    member.post(back)
    page = member.page(f"/sources/{feed}")
    assert "We shall see</textarea>" in page
    assert "We shall see" not in reader.page(f"/sources/{feed}")


def test_after_an_hour_nothing_is_taken_back(newsroom, member):
    assert member
    actor = newsroom.actor()
    feed = feed_called(newsroom, "Canal Vecinal")
    made = objecting.object_to(newsroom.desk, actor, feed, "Too low")
    later = Standing(NOW + objecting.UNDO + objecting.UNDO / 60)
    desk = replace(newsroom.desk, clock=later)
    with pytest.raises(ConflictError):
        objecting.withdraw(desk, actor, made)
    (told,) = objecting.log_of(desk, actor, feed)
    assert not told.may_withdraw
    objecting.answer(newsroom.desk, actor, made, "So be it")
    with pytest.raises(ConflictError):
        objecting.take_back_answer(desk, actor, made)
    with pytest.raises(ConflictError):
        objecting.answer(desk, actor, made, "Or not")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_an_objection_says_something_and_not_a_book(member, newsroom, text):
    feed = feed_called(newsroom, "Canal Vecinal")
    assert member.post(f"/sources/{feed}/objections", {"text": text}).status_code == 400


def test_one_member_objects_so_often_a_day(member, newsroom):
    feed = feed_called(newsroom, "Canal Vecinal")
    answers = [member.post(f"/sources/{feed}/objections", {"text": f"No. {n}"}).status_code for n in range(11)]
    assert answers == [303] * 10 + [409]


def test_anybody_sees_what_public_lists_make_of_a_source_and_nothing_else(stranger, newsroom):
    about = "/about/source?address=https://tide.example/feed.xml"
    nothing = "No public list here shows anything from this address."
    assert nothing in stranger.page(about)
    listing.add_list(newsroom.desk, newsroom.actor(), ListWish("Within", "newest-first", Scope()))
    sharing.set_sharing(newsroom.desk, newsroom.actor(), "front-page", Sharing(public=True))
    for address in ("https://tide.example/feed.xml", "https://tide.example/"):
        page = html.unescape(stranger.page(f"/about/source?address={address}"))
        assert "Of its 3 entries in reach" in page
        assert "Front page" in page
        assert "Within" not in page
        assert "/sources/" not in page
        assert "Something wrong" not in page
    assert "#objections" not in stranger.page("/lists/front-page")
    for link in re.findall(r'href="(/(?:lists|rules)/[^"#]+)', page):
        assert stranger.get(link).status_code == 200, link
    assert nothing in stranger.page("/about/source?address=https://unheard.example/of")
    assert nothing not in stranger.page("/about/source?address=nonsense%00")
    assert "/about/source" in stranger.page("/about/fetcher")


def test_strangers_ask_about_sources_so_often_and_no_oftener(stranger):
    answers = {stranger.get(f"/about/source?address=https://a{n}.example").status_code for n in range(62)}
    assert answers == {200, 429}
