"""Following a list from elsewhere: who may, by which address, and what is asked of whoever asks again."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import feedparser
import pytest
from lxml import etree

from aggregator.model.ids import NAMESPACE
from aggregator.model.member import Actor, Role
from aggregator.model.sharing import Sharing
from aggregator.services import accounts, listing, reading, sharing
from aggregator.services.ranked import Ranked
from tests.web.newsroom import NASTY, Item, Newsroom, Source
from web import create_app

ATOM = "/lists/front-page.atom"
KINDS = ("atom", "rss", "json")
OURS = f"{{{NAMESPACE}}}"


@pytest.fixture
def filled(newsroom, member):  # noqa: ARG001  # the member is set up first
    newsroom.fill()
    return newsroom


def share(room, **chosen):
    sharing.set_sharing(room.desk, room.actor(), "front-page", Sharing(**chosen))


def order(room, **asked):
    page = reading.list_page(room.desk, room.actor(), "front-page", **asked)
    return [(each.entry.uid, each.position, each.explanation.total) for each in page.items]


def told(kind, data):
    """Give (uid, position, total) of each entry of a feed, in its order."""
    if kind == "json":
        ours = [item["_broadsheet"] for item in json.loads(data)["items"]]
        return [(each["id"], each["position"], each["total"]) for each in ours]
    places = etree.fromstring(data).iter(f"{OURS}place")
    return [(each.get("entry"), int(each.get("position")), int(each.get("total"))) for each in places]


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_has_the_order_and_the_points_of_the_page(filled, member, kind):
    assert told(kind, member.get(f"/lists/front-page.{kind}").data) == order(filled)


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_feedparser_reads_it_without_a_complaint(filled, member, kind):
    found = feedparser.parse(member.get(f"/lists/front-page.{kind}").data)
    assert (found.bozo, found.version) == (False, {"atom": "atom10", "rss": "rss20"}[kind])
    assert [entry.title for entry in found.entries] == [
        each.entry.title for each in reading.list_page(filled.desk, filled.actor(), "front-page").items
    ]
    first = found.entries[0]
    assert (first.author, first.link) == ("The Tidewater Post", "https://tide.example/feed.xml/0")
    assert first.source.title == "The Tidewater Post"


@pytest.mark.usefixtures("filled")
def test_an_entry_says_why_it_is_there_and_where_from(member):
    feed = etree.fromstring(member.get(ATOM).data)
    place = next(feed.iter(f"{OURS}place"))
    assert place.find(f"{OURS}why").text.startswith("place 1: 56.6 points; 2 hours old +56.6")
    assert place.get("rule") == feed.find(f"{OURS}rule").get("hash")
    assert sum(int(term.get("points")) for term in place.iter(f"{OURS}term")) == int(place.get("total"))


def test_it_carries_the_beginning_of_a_text_or_on_wish_the_whole(filled, member):
    def content():
        return feedparser.parse(member.get(ATOM).data, sanitize_html=False).entries[0].content[0].value

    assert "<table>" not in content()
    share(filled, full_text=True)
    assert "<table>" in content()
    assert "script" not in content()


def test_pages_of_a_feed_hold_together(filled, member):
    share(filled, public=True)
    operator = accounts.operator(filled.desk)
    _, wish = listing.list_to_change(filled.desk, operator, "front-page")
    listing.change_list(filled.desk, operator, "front-page", replace(wish, rule="newest-first"))
    many = Source("https://many.example/feed", "Many", "en", "", tuple(Item(f"No {n}", n + 1, "x") for n in range(80)))
    filled.subscribe([many])
    filled.fetch([many])
    path, seen, links = ATOM, [], []
    while path:
        feed = feedparser.parse(member.get(path).data)
        seen += [entry.id for entry in feed.entries]
        links.append({link.rel for link in feed.feed.links})
        nexts = [link.href for link in feed.feed.links if link.rel == "next"]
        path = nexts[0].removeprefix("http://127.0.0.1:8000") if nexts else None
    assert len(seen) == len(set(seen)) == len(order(filled, limit=1000))
    assert (len(links), "previous" in links[0], "previous" in links[-1]) == (3, False, True)


@pytest.mark.usefixtures("filled")
def test_a_whole_list_says_that_it_is_complete(member):
    assert b"<fh:complete/>" in member.get(ATOM).data


@pytest.mark.usefixtures("filled")
def test_who_has_it_is_told_so_without_a_ranking(member, monkeypatch):
    first = member.get(ATOM)
    monkeypatch.setattr(Ranked, "__init__", lambda *_: pytest.fail("it was ranked"))
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"other", {first.headers["ETag"]}'},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        answer = member.get(ATOM, headers=headers)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_news_and_decisions_make_another_tag(filled, member):
    tags = {member.get(ATOM).headers["ETag"]}
    share(filled, full_text=True)
    tags.add(member.get(ATOM).headers["ETag"])
    filled.fetch([Source("https://tide.example/feed.xml", "T", "en", "", (Item("New", 0, "x"),))], arrived=None)
    more = Source("https://late.example/feed", "Late", "en", "", (Item("Late", 1, "x"),))
    filled.subscribe([more])
    filled.fetch([more])
    tags.add(member.get(ATOM).headers["ETag"])
    assert len(tags) == 3


@pytest.mark.parametrize(
    "header",
    ["*", "W/", '"', "," * 5000, "W/" * 4000, '"' + "a" * 8000 + '"', "\x7f", "é", '"a" , W/"b",,, c', "null"],
)
@pytest.mark.parametrize("name", ["If-None-Match", "If-Modified-Since", "Accept-Encoding", "Accept-Language"])
def test_hostile_headers_break_nothing(filled, member, name, header):
    assert filled
    assert member.get(ATOM, headers={name: header}).status_code in {200, 304}


@pytest.mark.usefixtures("filled")
def test_it_comes_packed_to_who_asks(member):
    plain, packed = member.get(ATOM), member.get(ATOM, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert (packed.headers["Content-Encoding"], packed.headers["ETag"]) == ("gzip", plain.headers["ETag"])
    assert "Accept-Encoding" in packed.headers["Vary"]
    refused = member.get(ATOM, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("kind", [*KINDS, "opml"])
def test_safety_36_a_stranger_reads_a_list_only_where_a_steward_said_so(filled, stranger, kind):
    path = f"/lists/front-page.{kind}"
    assert stranger.get(path).status_code == 401
    share(filled, public=True)
    answer = stranger.get(path)
    assert answer.status_code == 200
    assert stranger.get("/lists").status_code == 401
    share(filled)
    assert stranger.get(path, headers={"If-None-Match": answer.headers.get("ETag", "")}).status_code == 401


def test_a_public_list_may_be_kept_and_a_members_may_not(filled, member, stranger):
    assert member.get(ATOM).headers["Cache-Control"].startswith("private")
    share(filled, public=True)
    answer = stranger.get(ATOM)
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in answer.headers


def test_safety_40_a_secret_address_opens_one_list_is_kept_as_a_hash_and_ends(filled, stranger, member):
    member.post("/lists/front-page/follow/renew")
    page = member.page("/lists/front-page/follow")
    word = page.partition("/feeds/")[2].partition(".atom")[0]
    assert len(word) == 43
    answer = stranger.get(f"/feeds/{word}.atom")
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert answer.headers["Cache-Control"].startswith("private")
    assert told("atom", answer.data) == order(filled)
    stored = (filled.settings.data / "broadsheet.db").read_bytes() + b"".join(
        path.read_bytes() for path in filled.settings.data.glob("broadsheet.db-*")
    )
    assert word.encode() not in stored
    member.post("/lists/front-page/follow/renew")
    assert stranger.get(f"/feeds/{word}.atom").status_code == 404
    renewed = member.page("/lists/front-page/follow").partition("/feeds/")[2].partition(".atom")[0]
    assert stranger.get(f"/feeds/{renewed}.json").status_code == 200
    member.post("/lists/front-page/follow/end")
    assert stranger.get(f"/feeds/{renewed}.json").status_code == 404


def test_safety_36_a_secret_address_is_no_better_than_its_member(filled, stranger):
    actor = filled.actor()
    word = sharing.renew_address(filled.desk, actor, "front-page")
    assert stranger.get(f"/feeds/{word}.rss").status_code == 200
    with filled.desk.database.write() as conn:
        conn.exec_driver_sql("delete from membership")
    assert stranger.get(f"/feeds/{word}.rss").status_code == 404


def test_the_day_of_the_last_use_is_kept_and_nothing_finer(filled, stranger):
    actor = filled.actor()
    word = sharing.renew_address(filled.desk, actor, "front-page")
    assert sharing.following(filled.desk, actor, "front-page").address.used is None
    stranger.get(f"/feeds/{word}.rss")
    assert sharing.following(filled.desk, actor, "front-page").address.used == datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
def test_safety_36_only_a_steward_decides_for_everybody(filled, role):
    from aggregator.errors import NotAllowedError  # noqa: PLC0415  # beside its one use

    actor = Actor(filled.actor().member, filled.actor().group, role)
    with pytest.raises(NotAllowedError):
        sharing.set_sharing(filled.desk, actor, "front-page", Sharing(public=True))
    with pytest.raises(NotAllowedError):
        sharing.set_recommends(filled.desk, actor, on=True)


def test_a_steward_decides_on_the_page(filled, member, stranger):
    member.post("/lists/front-page/follow/everybody", {"public": "on", "recommended": "on"})
    assert stranger.get(ATOM).status_code == 200
    assert b"<source:blogroll>" in stranger.get("/lists/front-page.rss").data
    roll = stranger.get("/blogroll.opml")
    assert roll.data == stranger.get("/.well-known/recommendations.opml").data == member.get("/sources.opml").data
    assert b'xmlUrl="http://127.0.0.1:8000/lists/front-page.atom"' in stranger.get("/lists.opml").data
    member.post("/lists/front-page/follow/everybody", {})
    assert stranger.get(ATOM).status_code == 401
    assert stranger.get("/blogroll.opml").status_code == 404
    assert b"outline" not in stranger.get("/lists.opml").data
    assert filled


def test_safety_56_secrets_of_sources_do_not_go_out(tmp_path):
    secret = Source("https://paid.example/feed?token=abcdef123456", "Paid", "en", "", (Item("Paid news", 1, NASTY),))
    room = Newsroom(tmp_path / "data")
    room.set_up()
    room.subscribe([secret])
    room.fetch([secret])
    share(room, public=True, full_text=True)
    client = create_app(room.settings, desk=room.desk).test_client()
    for kind in (*KINDS, "opml"):
        answer = client.get(f"/lists/front-page.{kind}")
        assert answer.status_code == 200
        assert 'abcdef123456"' not in answer.text  # the links of its entries go on after it
        assert "table" not in answer.text
    room.close()


def test_the_page_of_a_list_names_its_feeds(filled, member):
    page = member.page("/lists/front-page")
    for kind, type_ in (("atom", "atom+xml"), ("rss", "rss+xml"), ("json", "feed+json")):
        assert f'<link rel="alternate" type="application/{type_}"' in page
        assert f'href="/lists/front-page.{kind}"' in page
    assert 'href="/lists/front-page/follow"' in page
    assert filled


def test_the_page_shows_both_kinds_of_addresses(filled, member):
    share(filled, public=True)
    sharing.renew_address(filled.desk, filled.actor(), "front-page")
    page = member.page("/lists/front-page/follow")
    assert 'href="http://127.0.0.1:8000/lists/front-page.atom"' in page
    assert 'href="http://127.0.0.1:8000/feeds/' in page


def test_the_sources_of_a_folder_go_out_alone(filled, member):
    text = member.get("/sources.opml?folder=News").text
    assert ("tide.example/feed" in text, "canal.example/rss" in text, "slow.example" in text) == (True, True, False)
    assert "tide.example/feed" not in member.get("/sources.opml?folder=News/Local").text
    assert member.get("/sources.opml?folder=Nothing").status_code == 404
    assert filled
