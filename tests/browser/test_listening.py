"""A podcast is heard: a real player, the instance, a real worker's socket and door, a publisher on loopback."""

from __future__ import annotations

import io
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from aggregator.services import searching
from tests.browser.barriers import find_barriers
from tests.web.newsroom import Item, Newsroom, Source

SECONDS = 700
# The page's policy lets nothing be evaluated later, as waiting for a function would.
HEARD = """(player, seconds) => new Promise(done => {
    player.addEventListener("timeupdate", () => player.currentTime > seconds && done())
})"""


def sound():
    """Write a WAV of about 5.6 MB: more than a slice."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(range(100, 156)) * (8000 * SECONDS // 56))
    return held.getvalue()


TRANSCRIPT = "WEBVTT\n\n" + "".join(
    f"00:{n:02}:00.000 --> 00:{n:02}:30.000\n<v {('Ana', 'Ben')[n % 2]}>Minute {n}: the boats rose with the tide, and "
    "nobody on the quay was late for them.\n\n"
    for n in range(11)
)
CHAPTERS = '{"version": "1.2.0", "chapters": [{"startTime": 600, "title": "The mouth of the river"}]}'
FILES = {"/tide.vtt": TRANSCRIPT.encode(), "/tide.json": CHAPTERS.encode()}


class Publisher(BaseHTTPRequestHandler):
    """Gives parts of one file, and remembers which were asked for; what is said in it and its chapters besides."""

    protocol_version = "HTTP/1.1"
    file = sound()

    def do_GET(self):
        if self.path in FILES:
            self.send_response(200)
            self.send_header("Content-Length", str(len(FILES[self.path])))
            self.end_headers()
            self.wfile.write(FILES[self.path])
            return
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        self.server.asked.append((int(first), int(last)))
        part = self.file[int(first) : int(last) + 1]
        self.send_response(206)
        self.send_header("Content-Type", "audio/x-wav")
        self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(self.file)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *_):
        pass


@pytest.fixture
def publisher():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.asked = []
    server.handle_error = lambda *_: None  # a player that has heard enough goes away
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def newsroom(tmp_path, publisher):
    room = Newsroom(tmp_path / "data", allow_private_hosts=(f"127.0.0.1:{publisher.server_port}",))
    yield room
    room.close()


@pytest.fixture
def page(newsroom, publisher, worker, open_reader):  # noqa: ARG001  # the worker is there while somebody listens
    site = f"http://127.0.0.1:{publisher.server_port}"
    sound = f'<link rel="enclosure" type="audio/x-wav" length="{len(Publisher.file)}" href="{site}/tide.wav"/>'
    podcasting = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    files = (
        f'{sound}<podcast:transcript {podcasting} url="{site}/tide.vtt" type="text/vtt" language="en"/>'
        '<link rel="enclosure" type="video/mp4" href="https://cast.example/tide.mp4"/>'
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="5:00" title="The lock"/>'
        "</psc:chapters>"
    )
    item = Item("The tide, spoken", 1, "<p>Twelve minutes from the quay.</p>", more=files)
    other = Item("The mouth", 2, "", more=f'{sound}<podcast:chapters {podcasting} url="{site}/tide.json"/>')
    source = Source("https://cast.example/feed", "Spoken Tides", "en", "", (item, other))
    reader = open_reader()
    reader.set_up(newsroom)
    newsroom.subscribe((source,))
    newsroom.fetch((source,))
    entry = searching.search(newsroom.desk, newsroom.actor(), "tide").items[0].seen.entry
    reader.page.goto(f"/entries/{entry.uid}")
    return reader


def test_nothing_is_asked_of_the_publisher_before_somebody_listens(page, publisher):
    page.page.wait_for_load_state("networkidle")
    assert publisher.asked == []


def test_sound_plays_and_can_be_jumped_in(page, publisher):
    player = page.page.locator("audio")
    player.evaluate("player => { player.muted = true; return player.play() }")
    player.evaluate(HEARD, 0.2)
    assert round(player.evaluate("player => player.duration")) == SECONDS
    player.evaluate(f"player => {{ player.currentTime = {SECONDS - 20} }}")
    player.evaluate(HEARD, SECONDS - 19.8)
    assert all(last - first < 4 * 2**20 for first, last in publisher.asked)
    assert max(first for first, _ in publisher.asked) > 4 * 2**20
    assert page.complaints == []
    assert page.elsewhere == []


def test_a_chapter_moves_the_player(page):
    page.page.get_by_role("link", name="The lock").click()
    player = page.page.locator("audio")
    player.evaluate(HEARD, 300)
    assert 300 < player.evaluate("player => player.currentTime") < 400
    assert "/entries/" in page.page.url
    assert page.complaints == []


def test_chapters_of_a_file_move_the_player_once_they_were_wanted(page):
    page.page.goto("/lists/front-page")
    page.page.get_by_role("link", name="The mouth", exact=True).click()
    page.page.get_by_role("link", name="Fetch them and show them here").click()
    page.page.get_by_role("link", name="The mouth of the river").click()
    page.page.locator("audio").evaluate(HEARD, 600)
    assert page.complaints == []


def test_what_is_said_can_be_read_and_moves_the_player(page):
    page.page.get_by_role("link", name="Transcript, English").click()
    expect(page.page.get_by_text("Minute 9: the boats rose")).to_be_visible()
    page.page.get_by_role("link", name="10:00").click()
    page.page.locator("audio").evaluate(HEARD, 600)
    assert "/transcripts/0" in page.page.url
    assert (page.complaints, page.elsewhere) == ([], [])


def test_player_and_transcript_are_accessible(page):
    entry = page.page.url
    for path in (entry, f"{entry}/transcripts/0"):
        assert find_barriers(page.page, path) == {}
