"""Every page by axe, in both colour schemes and at both ends of the widths: no violation, no sideways scrolling."""

from __future__ import annotations

import pytest

from aggregator.services import importing, sample, searching
from tests.browser.barriers import TOO_WIDE, find_barriers
from tests.web.newsroom import NO_SUCH_NAME, SOURCES, STORY, Item, Source, opml
from tests.web.routes import MEMBERS, PUBLIC, fill

NOT_PAGES = {
    "alerts.show",  # of a letter: test_alerts.py looks at it
    "activitypub.actor",
    "activitypub.outbox",
    "activitypub.webfinger",
    "activitypub.nodeinfo_links",
    "activitypub.nodeinfo",
    "up.show",
    "static",
    "media.show",
    "media.listen",
    "pages.home",
    "importing.progress",
    "importing.export",
    "account.everything",
    "orders.receipt",
    "orders.room_csv",
    "orders.room_json",
    "treatment.as_csv",
    "treatment.as_json",
    "rules.envelope",
    "rules.text",
    "replays.show",  # somebody's own: test_trying.py looks at it
    "replays.progress",
    "entry.transcript",  # of a recording: test_listening.py looks at it
    "websub.confirm",
    "feeds.of_list",
    "feeds.private",
    "feeds.edition",
    "feeds.private_edition",
    "bundles.newest",
    "bundles.changelog",
    "bundles.version",
    "blogroll.show",
    "blogroll.recommendations",
    "blogroll.lists",
    "api_page.document",
}
PARTS = 4
"""The pages are dealt out to so many tests, which run side by side."""
BROKEN = Source("https://gone.example/feed", "Gone", "en", "News", (Item("Never", 1, ""),))


def _is_page(name):
    return name not in NOT_PAGES and not name.startswith(("api.", "activitypub."))


@pytest.fixture
def paths(newsroom):
    newsroom.subscribe((*SOURCES, BROKEN))
    newsroom.fetch(faults=[(BROKEN.address, NO_SUCH_NAME)])
    desk, actor = newsroom.desk, newsroom.actor()
    job = importing.start_import(desk, actor, "list.opml", opml())
    importing.run_waiting(desk)
    entry = searching.search(desk, actor, "boats").items[0].seen.entry
    known = {
        "edition": newsroom.add_paper(),
        "entry": entry.uid,
        "feed": str(entry.feed_id),
        "job": str(job),
        "followed": newsroom.follow_bundle(),
        "replay": "0",
        "link": newsroom.link(),
        "invitation": newsroom.invite(),
        "story": str(newsroom.tell(*STORY, same=STORY)),
        "sample": sample.sample_list(desk.clock.now()).items[0].entry.uid,
    }
    pages = {name: fill(path, known) for name, path in {**PUBLIC, **MEMBERS}.items() if _is_page(name)}
    return {**pages, "nowhere": "/nowhere", "newest": "/lists/front-page?rule=newest-first"}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_keeps_anybody_out(open_reader, newsroom, paths, part):
    reader = open_reader(bypass_csp=True)
    reader.set_up(newsroom)
    page = reader.page
    found = {}
    for path in list(paths.values())[part::PARTS]:
        found |= find_barriers(page, path)
    assert found == {}


def test_every_page_is_quiet_and_asks_nobody_else(open_reader, newsroom, paths):
    reader = open_reader()
    reader.set_up(newsroom)
    for path in paths.values():
        if path != "/nowhere":
            reader.page.goto(path)
    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_entries_in_arabic_run_from_right_to_left_on_a_page_that_does_not(open_reader, newsroom, paths):
    reader = open_reader()
    reader.set_up(newsroom)
    reader.page.goto("/lists/front-page")
    title = reader.page.locator("h2[lang=ar]").first
    assert title.evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert reader.page.locator("html").get_attribute("dir") == "ltr"
    assert "search.index" in paths


@pytest.mark.parametrize("width", [320, 1280])
def test_a_page_mirrored_for_right_to_left_still_fits(open_reader, newsroom, paths, width):
    reader = open_reader(viewport={"width": width, "height": 900})
    reader.set_up(newsroom)
    for name in ("lists.show", "entry.show", "sources.index", "rules.show"):
        reader.page.goto(paths[name])
        reader.page.evaluate("document.documentElement.dir = 'rtl'")
        extra = reader.page.evaluate(TOO_WIDE)
        assert extra <= 0, name


def test_everything_of_the_why_fits_at_four_hundred_per_cent_and_wide_letters(open_reader, newsroom, paths):
    reader = open_reader(viewport={"width": 320, "height": 640}, bypass_csp=True)
    reader.set_up(newsroom)
    reader.page.goto(paths["lists.show"])
    spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
    reader.page.add_style_tag(content=spacing)
    reader.page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    assert reader.page.evaluate(TOO_WIDE) <= 0
