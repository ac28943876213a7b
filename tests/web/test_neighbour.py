"""What publishers are told, and what editors are told of publishers."""

from __future__ import annotations

from datetime import timedelta

from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FetchFailure, Schedule
from aggregator.model.traffic import Traffic
from aggregator.store import feeds, leases, moves
from aggregator.store.traffic import add_traffic
from tests.web.newsroom import NOW, Newsroom
from web import create_app


def test_publishers_read_who_fetches_and_how_to_reach_us(tmp_path):
    room = Newsroom(tmp_path / "data", public_url="https://news.example.org", contact="mailto:press@example.org")
    client = create_app(room.settings, desk=room.desk).test_client()
    text = client.get("/about/fetcher", base_url="https://news.example.org").text
    room.close()
    assert "Broadsheet (feed reader; +https://news.example.org/about/fetcher; mailto:press@example.org)" in text
    assert '<a href="mailto:press@example.org"' in text
    assert "every 30 minutes at most" in text
    assert "30 requests a minute" in text


def test_without_a_contact_the_page_says_what_to_answer(stranger):
    assert "429 and Retry-After" in stranger.get("/about/fetcher").text


def test_the_sources_page_shows_the_account(member, newsroom):
    with newsroom.desk.database.write() as conn:
        counts = {(NOW.date(), "tide.example"): Traffic(1200, 900, 3, 4_200_000)}
        add_traffic(conn, counts, keep_since=NOW.date())
    text = member.get("/sources").text
    assert all(shown in text for shown in ("What we asked of others", "1,200", "75 %", "4.2 MB", "tide.example"))


def test_safety_70_editors_see_what_moved(member, newsroom):
    newsroom.fill()
    with newsroom.desk.database.write() as conn:
        feed = feeds.find_feed_by_address(conn, "https://tide.example/feed.xml")
        moves.move_feed(conn, feed.id, "https://tide.example/new?token=abcdefgh", now=NOW)
    text = member.get("/sources").text
    assert "Moved lately" in text
    assert "abcdefgh" not in text
    assert "https://tide.example/feed.xml" in member.get(f"/sources/{feed.id}").text


def test_safety_70_editors_are_told_of_a_feed_that_is_gone(member, newsroom):
    newsroom.fill()
    with newsroom.desk.database.write() as conn:
        feed = feeds.find_feed_by_address(conn, "https://tide.example/feed.xml")
        schedule = Schedule(NOW, timedelta(hours=1))
        leases.set_failed(conn, [FetchFailure(feed.id, Fault(FaultCode.GONE, "410"), schedule, NOW)])
        feeds.set_paused(conn, feed.id, paused=True)
    text = member.get("/sources").text
    assert "In trouble" in text
    assert "gone for good" in text
