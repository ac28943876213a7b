"""Stories, copies and the model on pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from aggregator.services import reading
from aggregator.store import cards
from tests.web.newsroom import CARD, NOW, STORY

FERRY, BARRIO = STORY
FOG = "Fog holds up the morning crossing"


@pytest.fixture
def told(newsroom):
    newsroom.fill()
    return newsroom.tell(FERRY, BARRIO, FOG)


def uid(newsroom, title):
    page = reading.list_page(newsroom.desk, newsroom.actor(), "front-page", rule="newest-first", limit=100)
    return next(item.entry.uid for item in page.items if item.entry.title == title)


def words(page):
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def test_a_story_shows_who_tells_it_in_which_order_and_why_each_joined(told, member):
    page = member.page(f"/stories/{told}")
    shown = words(page)
    assert "Told by 2 sources in Spanish, English; first: Canal Vecinal." in shown
    assert shown.index(BARRIO) < shown.index(f"{FERRY} The Tidewater Post")
    assert "It began the story." in shown
    assert f"Like “{FERRY}” (The Tidewater Post): 71%. Meaning 80%, rare words 30%, names 0%." in shown
    assert f"Like “{BARRIO}” (Canal Vecinal): 71%. By meaning alone (80%)" in shown
    assert "told it before" in shown


def test_a_list_says_how_many_sources_tell_a_story_and_unfolds_them(told, member):
    page = member.page("/lists/front-page?rule=newest-first")
    assert f'href="/stories/{told}"' in page
    assert "Told by 2 sources" in words(page)
    assert "2 sources" in words(member.page("/lists/front-page"))


def test_an_entry_leads_to_its_story(told, member, newsroom):
    page = member.page(f"/entries/{uid(newsroom, FERRY)}")
    assert f'href="/stories/{told}"' in page
    assert "More like this" in page


def test_copies_stand_under_the_one_that_appeared_first_and_can_be_reached(newsroom, member):
    newsroom.fill()
    number = newsroom.tell(FERRY, BARRIO, same=(FERRY, BARRIO))
    page = member.page(f"/stories/{number}")
    first, copy = uid(newsroom, BARRIO), uid(newsroom, FERRY)
    assert "1 copy of this text" in words(page)
    assert page.index(f"/entries/{first}") < page.index(f"/entries/{copy}")
    assert "Nearly the same text as" in words(member.page(f"/entries/{copy}"))
    assert "Others have nearly the same text, later:" in words(member.page(f"/entries/{first}"))


def test_what_one_owner_wrote_is_no_story(newsroom, member):
    newsroom.fill()
    number = newsroom.tell(FERRY, FOG)
    assert "A story needs two" in words(member.page(f"/stories/{number}"))
    assert f"/stories/{number}" not in member.page("/lists/front-page?rule=newest-first")


@pytest.mark.parametrize("path", ["/stories/999999", "/entries/" + "0" * 32 + "/like"])
def test_what_is_not_there_is_said_so(member, path):
    assert member.get(path).status_code == 404


def test_more_like_this_says_that_there_is_no_model(newsroom, member):
    newsroom.fill()
    assert "This instance has no model of meaning" in words(member.page(f"/entries/{uid(newsroom, FERRY)}/like"))


@pytest.mark.usefixtures("told")
def test_more_like_this_says_that_the_worker_does_not_answer(member, newsroom):
    assert "The model does not answer just now" in words(member.page(f"/entries/{uid(newsroom, FERRY)}/like"))


@pytest.mark.usefixtures("told")
def test_the_page_of_the_model_says_what_it_is_and_what_it_has_read(member):
    shown = words(member.page("/about/models"))
    for part in ("tried", "ab" * 32, "CC0", "English, Spanish", "9 of 10", "3 entries read", "No worker answers"):
        assert part in shown


@pytest.mark.usefixtures("told")
def test_the_page_of_the_model_says_how_much_it_cannot_read(newsroom, member):
    newsroom.leave_unread("تعاونية الحي تفتح مكتبة في محطة القطار القديمة")
    shown = words(member.page("/about/models"))
    assert "It cannot read 25% of them (1)" in shown
    assert "Arabic 1" in shown


def test_without_a_model_its_page_says_so(member):
    assert "None counts yet" in words(member.page("/about/models"))


@pytest.mark.usefixtures("told")
def test_the_check_of_an_order_and_the_page_of_a_version_name_the_model(member):
    checked = words(member.page("/lists/front-page/check?rule=many-voices"))
    assert f"Models {CARD.name} {CARD.digest[:16]}" in checked
    assert "published when another model counted here" in checked
    version = words(member.page("/rules/many-voices/versions/1"))
    assert "Hash with the model that counts here now" in version
    assert CARD.digest in version


@pytest.mark.usefixtures("told")
def test_a_list_says_what_a_change_of_model_leaves_in_it(member, newsroom):
    assert "which has taken its place" not in member.page("/lists/front-page")
    with newsroom.desk.database.write() as conn:
        cards.let_count(conn, replace(CARD, name="newer", digest="cd" * 32), now=NOW)
    shown = words(member.page("/lists/front-page?rule=many-voices"))
    assert "What tried found about stories and copies stays, beside what newer finds" in shown
    assert "newer has still to read" in shown
    assert "has still to read" not in member.page("/lists/front-page?rule=newest-first")
