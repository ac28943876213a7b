from __future__ import annotations

import re

import feedparser
import pytest

from aggregator.services import bundle_following, bundles, importing
from aggregator.services.bundle_proof import check_bundle


@pytest.fixture
def followed(newsroom):
    newsroom.fill()
    return int(newsroom.follow_bundle())


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def test_a_version_is_made_handed_out_and_made_public(member, stranger, newsroom):
    newsroom.fill()
    answer = member.post("/bundles", {"name": "front", "reason": "A beginning"})
    assert answer.status_code == 303
    assert "A beginning" in member.page("/bundles")
    data = member.get("/bundles/front.opml").data
    assert check_bundle(data).problem is None
    assert data == member.get("/bundles/front/1.opml").data
    assert stranger.get("/bundles/front.opml").status_code == 401
    member.post("/bundles/front/everybody", {"public": "yes"})
    answer = stranger.get("/bundles/front.opml")
    assert (200, data) == (answer.status_code, answer.data)
    told = feedparser.parse(stranger.get("/bundles/front.atom").data)
    assert (False, ["A beginning"]) == (told.bozo, [each.content[0].value for each in told.entries])
    assert told.entries[0].link.endswith("/bundles/front/1.opml")
    again = stranger.get("/bundles/front.opml", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    member.post("/bundles/front/everybody", {"public": "no"})
    assert [401, 401] == [stranger.get(f"/bundles/front.{kind}").status_code for kind in ("opml", "atom")]
    assert [404, 404] == [member.get(f"/bundles/back.{kind}").status_code for kind in ("opml", "atom")]


def test_a_name_that_cannot_be_one_is_said(member):
    answer = member.post("/bundles", {"name": "No Such"})
    assert answer.status_code == 422
    assert "small letters" in answer.text


def test_changes_wait_and_are_accepted_one_by_one(member, newsroom, followed):
    page = member.page(f"/bundles/followed/{followed}")
    words = re.findall(r'name="change" value="([^"]+)"', page)
    assert words
    answer = member.post(
        f"/bundles/followed/{followed}/decide", {"identity": hidden(page, "identity"), "change": words[0]}
    )
    assert (303, True) == (answer.status_code, "/import/" in answer.location)
    importing.run_waiting(newsroom.desk)
    again = member.post(f"/bundles/followed/{followed}/decide", {"identity": hidden(page, "identity")})
    assert again.status_code == 409
    assert "Nothing waits to be decided about" in member.page(f"/bundles/followed/{followed}")


def test_what_waits_can_be_refused(member, newsroom, followed):
    page = member.page(f"/bundles/followed/{followed}")
    answer = member.post(
        f"/bundles/followed/{followed}/decide", {"identity": hidden(page, "identity"), "decision": "refuse"}
    )
    assert answer.location == f"/bundles/followed/{followed}"
    assert not importing.recent_jobs(newsroom.desk, newsroom.actor())


def test_a_refused_bundle_says_why(member, newsroom, followed):
    held = bundle_following.followed_page(newsroom.desk, newsroom.actor(), followed).followed
    bad = bundles.bundle_file(newsroom.desk, newsroom.actor(), "front").replace(b"many-voices", b"main-voices")
    assert bundle_following.receive(newsroom.desk, held, bad, held.validators)
    for path in ("/bundles", f"/bundles/followed/{followed}"):
        assert "it was changed after it was signed" in member.page(path)


def test_a_rule_is_copied(member, followed):
    form = {"rule": "many-voices", "new": "their-voices", "reason": "Good"}
    answer = member.post(f"/bundles/followed/{followed}/fork", form)
    assert answer.location == "/rules/their-voices"
    assert member.post(f"/bundles/followed/{followed}/fork", form).status_code == 422
    assert member.post(f"/bundles/followed/{followed}/fork", {**form, "new": "No Id"}).status_code == 422


def test_a_list_is_copied_with_its_rule(member, followed):
    form = {"list": "front-page", "new": "their-front", "reason": "Good"}
    assert "Copy a list" in member.page(f"/bundles/followed/{followed}")
    answer = member.post(f"/bundles/followed/{followed}/list", form)
    assert (303, "/lists/their-front") == (answer.status_code, answer.location)
    assert member.get("/lists/their-front").status_code == 200
    for bad, status in (({}, 422), ({"new": "No Name"}, 422), ({"list": "none", "new": "x"}, 404)):
        assert member.post(f"/bundles/followed/{followed}/list", {**form, **bad}).status_code == status


def test_following_begins_and_ends(member, newsroom):
    bad = member.post("/bundles/follow", {"address": "http://127.0.0.1/x.opml"})
    assert bad.status_code == 422
    answer = member.post("/bundles/follow", {"address": "https://guild.example/x.opml"})
    assert answer.status_code == 303
    assert "It was not looked at yet" in member.page(answer.location)
    assert member.post("/bundles/follow", {"address": "https://guild.example/x.opml"}).status_code == 422
    member.post(f"{answer.location}/look")
    member.post(f"{answer.location}/stop")
    assert member.get(answer.location).status_code == 404
    assert not bundle_following.followed_bundles(newsroom.desk, newsroom.actor())
