from __future__ import annotations

import re
from datetime import timedelta

import pytest

from aggregator.errors import NotFoundError
from aggregator.services import accounts, listing, reading, sharing
from aggregator.services.listing import ListWish
from tests.web.newsroom import NOW

FORM = {
    "title": "The quays", "slug": "", "whose": "group", "rule": "newest-first", "folders": ["News"], "feeds": "",
    "languages": "en, es", "days": "3", "times": "07:00 18:00", "weekdays": ["0", "4"], "time_zone": "Europe/Paris",
}  # fmt: skip


@pytest.fixture
def paper(newsroom):
    newsroom.subscribe()
    newsroom.fetch(arrived=NOW - timedelta(hours=1))
    return f"/lists/paper/editions/{newsroom.add_paper('News')}"


def test_a_list_is_made_changed_removed_and_back(member, newsroom):
    newsroom.fill()
    made = member.post("/lists/new", FORM)
    assert (made.status_code, made.location) == (303, "/lists/the-quays")
    told = member.page("/lists")
    assert "Draws from the folder News, entries of the last 3 days in English, Spanish." in told
    assert "Editions on Monday, Friday at 07:00, 18:00 (Europe/Paris)." in told
    form = member.page("/lists/the-quays/change")
    assert 'value="07:00 18:00"' in form
    changed = {**FORM, "title": "The harbour", "times": "", "place": "1", "feeds": "https://canal.example/rss"}
    assert member.post("/lists/the-quays/change", changed).status_code == 303
    assert re.search(r"The harbour.*Front page", member.page("/lists"), re.DOTALL)
    assert "Canal Vecinal and the folder News" in member.page("/lists")
    gone = member.post("/lists/the-quays/remove", follow_redirects=True)
    assert "The list is removed." in gone.text
    assert 'action="/lists/the-quays/restore"' in gone.text
    assert member.get("/lists/the-quays").status_code == 404
    assert member.post("/lists/the-quays/restore").status_code == 303
    assert "The harbour" in member.page("/lists/the-quays")


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"days": "0"}, {"times": "late"}, {"feeds": "https://unknown.example/x"}, {"time_zone": "Nowhere"},
     {"languages": "a b c"}, {"slug": "new"}],
)  # fmt: skip
def test_what_is_wrong_stands_beside_the_form(member, newsroom, wrong):
    newsroom.fill()
    answer = member.post("/lists/new", {**FORM, **wrong})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "Europe/Paris" in answer.text or wrong.get("time_zone")


def test_own_list_is_marked_and_stands_in_the_masthead(member, newsroom):
    newsroom.fill()
    assert member.post("/lists/new", {**FORM, "whose": "mine", "times": ""}).location == "/lists/my-the-quays"
    assert "Your own: nobody else sees it." in member.page("/lists")
    assert 'href="/lists/my-the-quays"' in member.page("/lists/front-page")


def test_an_edition_says_when_it_is_of_and_keeps_its_address(member, paper):
    page = member.page("/lists/paper")
    assert "Edition of 11:30" in page
    assert "Next edition:" in page
    assert "newest-first" in page
    kept = member.page(paper)
    assert re.findall(r'data-uid="(\w+)"', kept) == re.findall(r'data-uid="(\w+)"', page) != []
    assert paper in member.page("/lists/paper/editions")
    assert "kept as it was for 180 days" in member.page("/lists/paper/editions")


def test_pages_of_an_edition_stay_with_it(member, paper):
    page = member.page("/lists/paper")
    assert paper in member.page("/lists/paper/editions")
    first = re.search(r'href="(/entries/\w+\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert "v=0" in first
    assert member.get(first).status_code == 200
    check = re.search(r'href="(/lists/paper/check[^"]*)"', page)[1].replace("&amp;", "&")
    assert member.get(check).status_code == 200


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00Z", "yesterday"])
def test_an_edition_that_is_not_is_not_found(member, paper, at):
    assert member.get(paper.rsplit("/", 1)[0] + f"/{at}").status_code in {400, 404}


def test_a_live_list_says_when_its_first_edition_comes(member, newsroom):
    newsroom.fill()
    wish = ListWish("Morning", "many-voices", times=("07:00",))
    listing.add_list(newsroom.desk, newsroom.actor(), wish)
    assert "Its first edition comes at" in member.page("/lists/morning")


def test_what_a_feed_counts_as_is_changed_and_taken_back(member, known):
    feed = f"/sources/{known['feed']}"
    assert member.post(f"{feed}/keys", {"source": "the-paper", "owner": "the-house"}).status_code == 303
    page = member.page(feed)
    assert "the-paper</span> of <span" in page
    fields = dict(re.findall(r'<input type="hidden" name="(source|owner)" value="([^"]*)">', page))
    assert fields["source"] == "tide.example"
    member.post(f"{feed}/keys", fields)
    assert "the-paper" not in member.page(feed).split("</dl>")[0].split("<dl")[1]
    member.post("/sources/2/keys", {"source": "tide.example", "owner": ""})
    assert "Canal Vecinal" in member.page("/sources/voices")


def test_views_of_an_edition_stay_at_its_address_and_keep_each_other(member, paper):
    member.post("/mutes", {"kind": "source", "text": "tide.example", "days": ""})
    page = member.page(f"{paper}?hide=read")
    shown = re.search(r'muted: <a href="([^"]+)"', page)[1].replace("&amp;", "&")
    read = re.search(r'href="([^"]+)">Show read', page)[1].replace("&amp;", "&")
    assert shown.startswith(paper)
    assert "hide=read" in shown
    assert "muted=show" in shown
    assert read == paper
    assert "you muted" in member.page(shown)


def test_a_secret_address_of_an_own_list_opens_for_its_member_alone(member, newsroom, stranger):
    newsroom.fill()
    desk, actor = newsroom.desk, newsroom.actor()
    mine = listing.add_list(desk, actor, ListWish("Mine", "many-voices"), personal=True)
    word = sharing.renew_address(desk, actor, mine.slug)
    titles = [item["title"] for item in stranger.get(f"/feeds/{word}.json").get_json(force=True)["items"]]
    assert titles == [item.entry.title for item in reading.list_page(desk, actor, mine.slug).items]
    assert stranger.get(f"/lists/{mine.slug}.json").status_code == 401
    other = accounts.actor_of(desk, newsroom.join("Rosa", "reader"))
    with pytest.raises(NotFoundError):
        sharing.renew_address(desk, other, mine.slug)
    assert word in member.page(f"/lists/{mine.slug}/follow")
    assert member.post(f"/lists/{mine.slug}/follow/end").status_code == 303
    assert stranger.get(f"/feeds/{word}.json").status_code == 404


def test_a_folder_has_the_feeds_of_the_list_that_draws_from_it_alone(member, newsroom):
    newsroom.fill()
    assert "Feeds of this folder" in member.page("/sources")
    led = member.post("/lists/folder", {"path": "News/Local"}).location
    assert re.fullmatch(r"/lists/folder-\d+/follow", led)
    assert led == member.post("/lists/folder", {"path": "News/Local"}).location
    slug = led.split("/")[2]
    titles = [item["title"] for item in member.get(f"/lists/{slug}.json").get_json(force=True)["items"]]
    assert "El barrio que aprendió a reparar su ascensor" in titles
    assert "Fog holds up the morning crossing" not in titles
    assert member.post("/lists/folder", {"path": "Nowhere"}).status_code == 404
