"""Transcripts and chapters files, through the door and the parse process, as a member's page asks for them."""

from __future__ import annotations

import pytest

from aggregator.errors import FetchError
from aggregator.model.access import Access
from aggregator.model.extras import Chapter
from aggregator.model.fault import FaultCode
from aggregator.model.spoken import Said
from aggregator.services.access import seal
from aggregator.store.access import set_sealed
from aggregator.worker.beside import KEPT_SECONDS, Beside
from tests.aggregator.worker.loopback import add, run

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>The tide is in.\n"


class Watch:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def feed(desk, server):
    (feed_id,) = add(desk, server.put("/feed"))
    return feed_id


def ask(desk, work, steady=lambda: 0.0):
    return run(desk, lambda staff: work(Beside(desk, staff.outbound, staff.pool, steady)))


def test_a_transcript_is_fetched_and_read_once_an_hour(desk, server, feed):
    url, watch = server.put("/t.vtt", VTT), Watch()

    async def thrice(beside):
        first = await beside.transcript(feed, url, "text/vtt")
        assert first.lines == (Said("The tide is in.", 1, "Ana"),)
        assert await beside.transcript(feed, url, "text/vtt") == first
        asked = server.asked["/t.vtt"]
        watch.seconds = KEPT_SECONDS + 1
        await beside.transcript(feed, url, "text/vtt")
        return asked, server.asked["/t.vtt"]

    assert ask(desk, thrice, watch) == (1, 2)


def test_chapters_are_fetched_and_read(desk, server, feed):
    url = server.put("/c.json", b'{"chapters": [{"startTime": 3, "title": "The lock", "url": "/lock"}]}')
    found = ask(desk, lambda beside: beside.chapters(feed, url))
    assert found == (Chapter(3, "The lock", f"http://{server.host}/lock"),)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html><body><article>" + b"<nav><p>" * 120_000, None),
        (b"[" * 5_000_000, None),
        (b"x" * 11 * 2**20, "too-large"),
    ],
    ids=["nested", "brackets", "large"],
)
def test_safety_16_a_hostile_transcript_is_contained(desk, server, feed, body, code):
    hostile, good = server.put("/bad", body, Content_Type="text/html"), server.put("/t.vtt", VTT)

    async def both(beside):
        try:
            await beside.transcript(feed, hostile, "")
        except FetchError as exc:
            assert exc.fault.code == (code or FaultCode.PARSER_LIMIT)  # noqa: PT017  # some are read within the limits
        else:
            assert code is None
        return await beside.transcript(feed, good, "")

    assert ask(desk, both).lines[0].text == "The tide is in."


def test_safety_08_a_transcript_in_a_private_network_is_not_fetched(desk, feed):
    with pytest.raises(FetchError) as caught:
        ask(desk, lambda beside: beside.transcript(feed, "http://10.0.0.1/t.vtt", ""))
    assert caught.value.fault.code is FaultCode.REFUSED_ADDRESS


def test_safety_13_files_beside_a_recording_go_through_the_proxy_of_its_feed(desk, server, feed):
    """And nowhere where it may not be used: who asks stays hidden."""
    url = server.put("/t.vtt", VTT)
    with desk.database.write() as conn:
        set_sealed(conn, feed, seal(desk, feed, Access(proxy="socks5h://127.0.0.1:9")))
    for what in (lambda beside: beside.transcript(feed, url, ""), lambda beside: beside.chapters(feed, url)):
        with pytest.raises(FetchError):
            ask(desk, what)
    assert server.asked["/t.vtt"] == 0
