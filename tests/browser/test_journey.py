"""The whole way of a new member, with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from aggregator.services import importing
from tests.web.newsroom import SOURCES, opml


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_the_link_to_a_ranked_page_and_back(open_reader, newsroom, script):
    reader = open_reader(java_script_enabled=script)
    page = reader.page
    page.goto("/")
    expect(page.get_by_text("This is a sample edition.")).to_be_visible()

    reader.set_up(newsroom)
    expect(page.get_by_role("heading", name="This page has no sources yet")).to_be_visible()

    page.get_by_role("link", name="Import a source list").click()
    page.get_by_label("File").set_input_files({"name": "mine.opml", "mimeType": "text/x-opml", "buffer": opml()})
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name=f"Import these {len(SOURCES)} sources").click()
    page.get_by_role("heading", name="Importing").wait_for()
    importing.run_waiting(newsroom.desk)
    page.get_by_role("heading", name="Imported", exact=True).wait_for(timeout=10_000)
    expect(page.get_by_role("row")).to_have_count(1 + len(SOURCES))
    newsroom.fetch()

    page.get_by_role("link", name="To the front page").click()
    first = page.locator("article.item").first
    first.locator("summary").click()
    expect(first.get_by_text("By time alone it would stand")).to_be_visible()
    expect(first.get_by_role("row", name="Total")).to_be_visible()

    first.get_by_role("button", name="Mark read").click()
    page.locator("article.item.is-read").first.wait_for()
    expect(page.get_by_role("status").get_by_text("Marked one as read.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back").wait_for()
    expect(page.locator("article.item.is-read")).to_have_count(0)

    page.get_by_role("link", name="Newest first", exact=True).click()
    expect(page.locator("a[aria-current='true']", has_text="Newest first")).to_be_visible()
    expect(page.locator("article.item").first.get_by_text("by time alone").first).to_be_visible()

    page.get_by_role("navigation", name="Lists and pages").get_by_role("link", name="Search").click()
    page.get_by_label("Words").fill("sediment")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="What the sediment remembers", exact=True).click()
    expect(page.get_by_role("heading", name="What the sediment remembers")).to_be_visible()

    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("link", name="Many voices", exact=True).click()
    expect(page.get_by_text("halves_every = 24")).to_be_visible()

    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_opening_an_entry_marks_it_read_and_the_keys_go_through_the_page(open_reader, newsroom):
    newsroom.fill()
    reader = open_reader()
    reader.set_up(newsroom)
    page = reader.page
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('article').querySelector('.place').textContent") == "1"
    page.keyboard.press("j")
    page.keyboard.press("w")
    expect(page.locator("article.item").nth(1).locator("details")).to_have_attribute("open", "")
    page.keyboard.press("s")
    page.get_by_text("Starred.").wait_for()
    page.keyboard.press("z")
    page.get_by_text("Taken back").wait_for()
    page.keyboard.press("j")
    with page.expect_response("**/marks") as marked:
        page.keyboard.press("o")
    assert marked.value.ok
    page.get_by_role("link", name="Back to the list").click()
    page.locator("article.item.is-read").wait_for()
    expect(page.locator("article.item.is-read")).to_have_count(1)
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.get_by_role("heading", name="Sources", exact=True).wait_for()
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch the keys off").click()
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("/keys$"))
    assert (reader.complaints, reader.elsewhere) == ([], [])
