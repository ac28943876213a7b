"""The page of a source whose entries are letters offers only what letters know of."""

from __future__ import annotations

from aggregator.services import newsletters


def test_a_newsletter_is_not_fetched_as_a_feed_is(member, newsroom):
    desk = newsroom.desk
    with desk.database.write() as conn:
        feed = newsletters.feed_of_sender(conn, "ines@letters.example", "Ines", desk.clock.now())
    page = member.page(f"/sources/{feed}")
    for offered in ("every ten minutes", "Pause", "Remove", "What it counts as"):
        assert offered in page
    for senseless in ("Fetch now", "Whole texts", "Password, token, proxy"):
        assert senseless not in page
