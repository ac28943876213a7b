"""A podcast is heard: a real player, the instance, a real worker's socket and door, a publisher on loopback."""

from __future__ import annotations

import asyncio
import io
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe

from aggregator.outbound.client import Outbound
from aggregator.services import searching
from aggregator.worker.answer import AnswerServer
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


class Publisher(BaseHTTPRequestHandler):
    """Gives parts of one file, and remembers which were asked for."""

    protocol_version = "HTTP/1.1"
    file = sound()

    def do_GET(self):
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


class Listening:
    """What of a worker answers a player."""

    def __init__(self, door):
        self.audio = door.open_audio

    def wake(self):
        """Sources that are added are fetched by the test itself."""


@pytest.fixture
def worker(newsroom):
    """Run the worker's socket and door in a thread of their own."""
    ready, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def work():
        settings = newsroom.settings
        async with Outbound(
            contact="", allow_private_hosts=settings.allow_private_hosts, clock=newsroom.desk.clock
        ) as door:
            server = AnswerServer(settings.data / "worker.sock", Listening(door))
            await server.open()
            ready.set()
            await stop.wait()
            await server.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
    thread.start()
    assert ready.wait(60)
    yield
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def page(newsroom, publisher, worker, open_reader):  # noqa: ARG001  # the worker is there while somebody listens
    address = f"http://127.0.0.1:{publisher.server_port}/tide.wav"
    files = (
        f'<link rel="enclosure" type="audio/x-wav" length="{len(Publisher.file)}" href="{address}"/>'
        '<link rel="enclosure" type="video/mp4" href="https://cast.example/tide.mp4"/>'
        '<psc:chapters xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="5:00" title="The lock"/>'
        "</psc:chapters>"
    )
    item = Item("The tide, spoken", 1, "<p>Twelve minutes from the quay.</p>", more=files)
    source = Source("https://cast.example/feed", "Spoken Tides", "en", "", (item,))
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


def test_the_player_is_accessible(page):
    result = Axe().run(page.page)
    assert result.violations_count == 0, result.generate_report()
