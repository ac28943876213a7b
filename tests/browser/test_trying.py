"""A change is tried, watched as it is typed, replayed and published: with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from aggregator.services import replays
from tests.browser.barriers import find_barriers


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_change_is_tried_replayed_published_and_undone(open_reader, newsroom, script):
    newsroom.fill()
    reader = open_reader(java_script_enabled=script)
    reader.set_up(newsroom)
    page = reader.page
    page.get_by_role("link", name="Rules", exact=True).click()
    page.get_by_role("link", name="Many voices", exact=True).click()
    page.get_by_role("link", name="Try a change").click()
    expect(page.get_by_text("The order stays as it is")).to_be_visible()

    page.locator("#arrange-1-limit").fill("3")
    save = page.get_by_role("button", name="Save and show the page").first
    if script:  # the page follows what is typed, and nothing is kept yet
        page.locator(".has-moved").first.wait_for()
        expect(page.get_by_text("your draft begins with the first change")).to_be_visible()
    save.click()
    page.get_by_text("your draft, saved").wait_for()
    expect(page.locator(".has-moved").first).to_be_visible()

    page.get_by_label("Add a line").select_option("folder")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Line “from-a-folder” added").wait_for()
    page.get_by_role("navigation", name="Form or text").get_by_role("link", name="Text").click()
    page.locator("#text").fill("this is no rule")
    save.click()
    page.get_by_text("Line 1, column").first.wait_for()
    expect(page.locator("#text")).to_have_value(re.compile(r"^this is no rule\s*$"))
    page.get_by_role("button", name="Undo the last change").click()
    page.get_by_text("Line “from-a-folder” added").wait_for()

    page.get_by_role("button", name="Try it on the last 14 days").click()
    page.get_by_text("0 of 14 days ranked").wait_for()
    replays.run_waiting_replays(newsroom.desk)
    page.get_by_role("heading", name="Day by day").wait_for(timeout=15_000)
    page.get_by_role("link", name="Back to the draft").click()

    page.get_by_label("Everybody reads it").or_(page.locator("#reason")).first.fill("Folders first")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Published as version 2.").wait_for()
    expect(page.get_by_text("Folders first")).to_be_visible()
    page.goto("/rules/many-voices/versions/1")
    page.locator("#reason").fill("It was better")
    page.get_by_role("button", name="Publish it again").click()
    page.get_by_text("Version 1 is published again, as version 3.").wait_for()
    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_the_pages_of_trying_keep_nobody_out(open_reader, newsroom):
    newsroom.fill()
    reader = open_reader(bypass_csp=True)
    reader.set_up(newsroom)
    page, found = reader.page, {}
    page.goto("/rules/many-voices/try")
    for line in ("folder", "out-words", "spread"):
        page.get_by_label("Add a line").select_option(line)
        page.get_by_role("button", name="Add", exact=True).click()
        page.wait_for_load_state()
    page.get_by_role("button", name="Try it on the last 14 days").click()
    page.wait_for_url("**/replays/*")
    replay = page.url
    before = (replay, "/rules/many-voices/try", "/rules/many-voices/try?view=text", "/rules/many-voices/copy")
    for path in (*before, f"{replay}?done"):
        if path.endswith("done"):
            replays.run_waiting_replays(newsroom.desk)
        found |= find_barriers(page, path)
    assert found == {}
