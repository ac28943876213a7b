"""A bundle is handed out, and what another changed is looked at and accepted."""

from __future__ import annotations

from aggregator.services import importing


def test_a_bundle_is_made_and_a_change_accepted(newsroom, open_reader):
    newsroom.fill()
    reader = open_reader()
    reader.set_up(newsroom)
    page = reader.page
    page.goto("/sources")
    page.get_by_role("link", name="Bundles", exact=True).click()
    page.get_by_label("What changed, and why").fill("A beginning")
    page.get_by_role("button", name="Make a version").click()
    page.get_by_text("Version 1 of front is the newest.").wait_for()
    page.get_by_role("button", name="Let everybody follow front").click()
    page.get_by_text("Everybody may follow it:").wait_for()

    followed = newsroom.follow_bundle()
    page.goto("/bundles")
    page.get_by_text("Changes wait", exact=True).wait_for()
    page.goto(f"/bundles/followed/{followed}")
    ticks = page.get_by_role("checkbox")
    ticks.first.uncheck()
    page.get_by_role("button", name="Accept what is ticked, refuse the rest").click()
    page.wait_for_url("**/import/*")
    importing.run_waiting(newsroom.desk)
    page.goto(f"/bundles/followed/{followed}")
    page.get_by_text("Nothing waits to be decided about").wait_for()
    assert not reader.complaints
