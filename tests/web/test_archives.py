"""Kept editions as feed documents that stay (RFC 5005, 4): the feed leads to all of them, and each keeps its order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from lxml import etree

from aggregator.model.ids import EntryId
from aggregator.model.sharing import Sharing
from aggregator.services import editions, listing, sharing
from aggregator.services.listing import ListWish
from aggregator.store import entries
from tests.web.newsroom import NOW, Newsroom, Standing

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TIMES = ("09:00", "10:00", "11:00")


@pytest.fixture
def paper(newsroom: Newsroom, member):  # noqa: ARG001  # the member is set up first
    """A list with three editions of this morning."""
    newsroom.subscribe()
    newsroom.fetch(arrived=NOW - timedelta(hours=4))
    before = replace(newsroom.desk, clock=Standing(NOW - timedelta(hours=4)))
    listing.add_list(before, newsroom.actor(), ListWish("Paper", "newest-first", times=TIMES))
    assert editions.make_due(newsroom.desk) == len(TIMES)
    return newsroom


def links(data):
    found = etree.fromstring(data)
    return {
        each.get("rel"): each.get("href")
        for each in found.iter(f"{ATOM}link")
        if each.getparent().tag != f"{ATOM}entry"
    }


def path(address):
    return "/" + address.split("/", 3)[3]


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_the_feed_leads_back_through_all_editions_and_each_leads_on(paper, member, kind):  # noqa: ARG001  # as above
    newest = member.get(f"/lists/paper.{kind}").data
    assert etree.fromstring(newest).find(f".//{HISTORY}complete") is None
    walked, here = [], newest
    while previous := links(here).get("prev-archive"):
        here = member.get(path(previous)).data
        assert etree.fromstring(here).find(f".//{HISTORY}archive") is not None
        assert path(links(here)["current"]) == f"/lists/paper.{kind}"
        assert feedparser.parse(here).bozo is False
        walked.append(path(previous))
    assert [f"/lists/paper/editions/2026-11-22T{hour}:00:00Z.{kind}" for hour in ("10", "09")] == walked
    assert path(links(here)["next-archive"]) == walked[0]


def test_an_archive_stays_while_the_list_goes_on_but_what_is_deleted_leaves_it(paper, member):
    address = "/lists/paper/editions/2026-11-22T09:00:00Z.atom"
    first = member.get(address)
    assert member.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    wish = ListWish("Paper", "many-voices", times=TIMES)
    listing.change_list(paper.desk, paper.actor(), "paper", wish)
    again = member.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    gone = feedparser.parse(first.data).entries[0].title
    with paper.desk.database.write() as conn:
        held = {each.title: each.id for each in entries.iter_entries(conn, limit=1000)}
        entries.delete_entries(conn, [EntryId(held[gone])])
    after = member.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert gone not in [each.title for each in feedparser.parse(after.data).entries]


def test_a_secret_address_has_its_archives_and_json_names_them(paper, member, stranger):
    word = sharing.renew_address(paper.desk, paper.actor(), "paper")
    told = json.loads(stranger.get(f"/feeds/{word}.json").data)["_broadsheet"]
    assert (told["complete"], told["archive"], told["next"]) == (False, False, None)
    assert f"/feeds/{word}/editions/" in told["previous"]
    kept = stranger.get(path(told["previous"]))
    assert json.loads(kept.data)["_broadsheet"]["archive"] is True
    assert kept.headers["X-Robots-Tag"] == "noindex"
    assert stranger.get("/lists/paper/editions/2026-11-22T09:00:00Z.atom").status_code == 401
    sharing.set_sharing(paper.desk, paper.actor(), "paper", Sharing(public=True))
    assert stranger.get("/lists/paper/editions/2026-11-22T09:00:00Z.atom").status_code == 200
    assert member.get("/lists/paper.atom").status_code == 200


@pytest.mark.parametrize("at", ["2026-11-22T09:30:00Z", "yesterday", "2020-01-01T00:00:00Z"])
def test_an_edition_that_is_not_has_no_archive(paper, member, at):  # noqa: ARG001  # the list has to be there
    assert member.get(f"/lists/paper/editions/{at}.atom").status_code in {400, 404}


def test_a_live_list_has_no_archives(newsroom, member):
    newsroom.fill()
    assert "prev-archive" not in links(member.get("/lists/front-page.atom").data)
