"""A real Chromium on a real server on loopback; every console error and every request to elsewhere is kept."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from aggregator.outbound.client import Outbound
from aggregator.worker.answer import AnswerServer
from aggregator.worker.beside import Beside
from aggregator.worker.fetch_loop import steady_seconds
from aggregator.worker.parse_pool import ParsePool
from tests.web.newsroom import Newsroom
from web import create_app

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="module")
def chromium():
    # No wider than a module: while it is open, an event loop runs in this thread, and asyncio.run refuses in the
    # tests of other rooms.
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI runs the browser tests: apt-get install chromium")
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def newsroom(tmp_path):
    room = Newsroom(tmp_path / "data")
    yield room
    room.close()


@pytest.fixture
def address(newsroom):
    server = make_server("127.0.0.1", 0, create_app(newsroom.settings, desk=newsroom.desk), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


expect.set_options(timeout=30_000)  # generous: what is awaited here comes, however slow the machine


class Reader:
    """Somebody at a browser. `complaints` is what the console said, `elsewhere` what was asked of other hosts."""

    def __init__(self, chromium, address, **context):
        self.address = address
        self.context = chromium.new_context(base_url=address, **context)
        self.complaints = []
        self.elsewhere = []
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._watch)

    def set_up(self, newsroom):
        """Use a one-time link as a person does."""
        self.page.goto(f"/set-up/{newsroom.link()}")
        self.page.get_by_label("Its name").fill("The Tidewater Post")
        self.page.get_by_label("Your name").fill("Ines")
        self.page.get_by_role("button", name="Begin").click()
        self.page.wait_for_url("**/lists/front-page")

    def close(self):
        """Leave."""
        self.context.close()

    def _listen(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _watch(self, request):
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.elsewhere.append(request.url)


@pytest.fixture
def open_reader(chromium, address):
    opened = []

    def reader(**context):
        one = Reader(chromium, address, **context)
        opened.append(one)
        return one

    yield reader
    for one in opened:
        one.close()


class Listening:
    """What of a worker answers a player, and who reads instead."""

    def __init__(self, desk, door, pool):
        beside = Beside(desk, door, pool, steady_seconds)
        self.audio, self.transcript, self.chapters = door.open_audio, beside.transcript, beside.chapters

    def wake(self):
        """Sources that are added are fetched by the test itself."""


@pytest.fixture
def worker(newsroom):
    """Run the worker's socket and door in a thread of their own."""
    ready, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def work():
        settings = newsroom.settings
        async with (
            Outbound(contact="", allow_private_hosts=settings.allow_private_hosts, clock=newsroom.desk.clock) as door,
            ParsePool(processes=1, memory_mib=settings.parse_memory_mib) as pool,
        ):
            server = AnswerServer(settings.data / "worker.sock", Listening(newsroom.desk, door, pool))
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
