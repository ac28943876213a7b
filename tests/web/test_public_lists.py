"""Pages of a public list: everybody may read and check it, of its entries no more than how they begin."""

from __future__ import annotations

import re
from html import unescape

import pytest

from aggregator.model.member import Actor, Role
from aggregator.model.sharing import Sharing
from aggregator.services import editing, listing, reading, searching, sharing
from aggregator.services.listing import ListWish
from tests.web.conftest import Browser
from web.strangers import A_MINUTE


@pytest.fixture
def shared(newsroom, member, known):  # noqa: ARG001  # the member is set up first
    sharing.set_sharing(newsroom.desk, newsroom.actor(), "front-page", Sharing(public=True))
    sharing.set_sharing(newsroom.desk, newsroom.actor(), "paper", Sharing(public=True))
    return newsroom


def links(text):
    return {unescape(found) for found in re.findall(r'href="(/[^"#]*)', text)}


def test_every_link_of_a_public_list_leads_a_stranger_to_a_page(shared, stranger, monkeypatch):
    monkeypatch.setattr("web.throttle.Throttle.wait", lambda *_: 0)  # this test asks more than strangers may
    listing.add_list(shared.desk, shared.actor(), ListWish("Long", "long-reads"))
    sharing.set_sharing(shared.desk, shared.actor(), "long", Sharing(public=True))
    waiting, seen = ["/lists/front-page", "/lists/paper", "/lists/long"], set()
    closed = {}
    while waiting and len(seen) < 400:
        path = waiting.pop()
        seen.add(path)
        answer = stranger.get(path)
        if answer.status_code not in {200, 302}:
            closed[path] = answer.status_code
        if answer.mimetype == "text/html" and path.startswith(("/lists/", "/entries/", "/rules/")):
            waiting += sorted(links(answer.text) - seen - set(waiting))
    assert closed == {}
    for part in ("/left-out", "/check", "/receipt.json", "/room", "/follow", "/editions", ".atom"):
        assert any(part in path for path in seen), part
    assert any(path.startswith("/entries/") for path in seen)
    assert any("/versions/" in path for path in seen)


def test_safety_36_a_public_list_shows_a_stranger_how_entries_begin_and_no_more(shared, stranger, member):
    first = reading.list_page(shared.desk, shared.actor(), "front-page").items[0].entry
    page, entry = stranger.page("/lists/front-page"), f"/entries/{first.uid}?list=front-page"
    assert first.title in page
    assert first.title in stranger.page(entry)
    assert "/media/" in member.page("/lists/front-page")
    assert "/media/" not in page + stranger.page(entry)
    assert "Boat</th>" in member.page(entry)
    assert "Boat</th>" not in stranger.page(entry)
    assert stranger.get(f"/entries/{first.uid}").status_code == 401


def test_safety_36_a_stranger_sees_no_marks_forms_or_names_and_gets_no_cookie(shared, stranger, member):
    first = reading.list_page(shared.desk, shared.actor(), "front-page").items[0].entry
    member.post("/marks", {"star": first.uid, "next": "/"})
    for path in ("/lists/front-page", f"/entries/{first.uid}?list=front-page", "/lists/front-page/follow"):
        answer = stranger.get(path)
        assert "Set-Cookie" not in answer.headers, path
        for word in ("<form id=", "csrf_token", "is-read", "Mark read", "Take the star off", "Ines", "hide=read"):
            assert word not in answer.text, (path, word)
        assert "Sign in" in answer.text
    assert "Mark read" in member.page("/lists/front-page")


def test_safety_36_what_is_no_candidate_of_a_public_list_is_not_told_to_strangers(shared, stranger, member):
    desk, actor = shared.desk, shared.actor()
    listing.change_list(desk, actor, "front-page", ListWish("Front page", "many-voices", days=1))
    old = searching.search(desk, actor, "bell").items[0].seen.entry
    asked = f"/lists/front-page/why-not?link={old.link}"
    assert old.title in member.page(asked)
    assert old.title not in stranger.page(asked)
    assert stranger.get(f"/entries/{old.uid}?list=front-page").status_code == 404
    assert stranger.get(f"/api/v1/lists/front-page/why/{old.uid}").status_code == 404
    assert stranger.get(f"/api/v1/lists/front-page/why-not?link={old.link}").get_json() == []


def test_safety_36_lists_and_rules_beside_a_public_one_stay_closed(shared, stranger):
    desk, actor = shared.desk, shared.actor()
    listing.add_list(desk, actor, ListWish("Within", "long-reads"))
    listing.add_list(desk, actor, ListWish("Mine", "many-voices"), personal=True)
    for path in ("/lists/within", "/lists/my-mine", "/lists/none", "/lists", "/rules", "/rules/long-reads", "/sources"):
        assert stranger.get(path).status_code == 401, path
    assert stranger.get("/lists/front-page?rule=long-reads").status_code == 404
    assert stranger.get("/lists/front-page?rule=newest-first").status_code == 200
    assert stranger.get("/rules/newest-first").status_code == 200
    sharing.set_sharing(desk, actor, "within", Sharing(public=True))
    assert stranger.get("/rules/long-reads").status_code == 200
    for slug in ("front-page", "paper", "within"):
        sharing.set_sharing(desk, actor, slug, Sharing(public=False))
    assert stranger.get("/rules/newest-first").status_code == 401
    assert stranger.get("/lists/front-page/check").status_code == 401


def test_the_rule_of_a_kept_edition_stays_open_after_the_list_has_another(shared, stranger):
    rule = "/rules/many-voices/versions/1"
    assert stranger.get(f"{rule}.json").status_code == 401  # it is signed, with a name in it
    listing.change_list(shared.desk, shared.actor(), "front-page", ListWish("Front", "newest-first"))
    listing.change_list(shared.desk, shared.actor(), "paper", ListWish("Paper", "newest-first", times=("11:30",)))
    assert stranger.get(rule).status_code == 200
    sharing.set_sharing(shared.desk, shared.actor(), "paper", Sharing(public=False))
    assert stranger.get(rule).status_code == 401


def test_strangers_wait_their_turn_and_members_never(shared, stranger, member):  # noqa: ARG001  # there are public lists
    answers = [stranger.get("/lists/front-page/editions").status_code for _ in range(A_MINUTE + 1)]
    assert answers == [200] * A_MINUTE + [429]
    assert "Retry-After" in stranger.get("/lists/front-page").headers
    assert member.get("/lists/front-page").status_code == 200


def test_someone_suspended_reads_what_everybody_reads(shared, app):
    from aggregator.services import accounts, membership  # noqa: PLC0415  # only this test needs people
    from web.door import TOKEN  # noqa: PLC0415  # as above

    token = shared.join("Gone Greta", "reader")
    membership.suspend(shared.desk, shared.actor(), accounts.actor_of(shared.desk, token).member.id)
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = token
    assert Browser(client).get("/lists/front-page").status_code == 200
    assert Browser(client).get("/lists").status_code == 401


def test_everybody_reads_one_list_alone(shared):
    desk = shared.desk
    everybody = sharing.reader_of(desk, Actor(None, shared.actor().group, None), "front-page")
    assert (everybody.only, everybody.member, everybody.role) == ("front-page", None, Role.READER)
    assert [rule.slug for rule in reading.list_page(desk, everybody, "front-page").rules] == [
        rule.slug for rule in editing.rules(desk, everybody) if rule.slug in {"many-voices", "newest-first"}
    ]
