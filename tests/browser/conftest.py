"""A real Chromium on a real server on loopback; every console error and every request to elsewhere is kept."""

from __future__ import annotations

import os
import shutil
import threading
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

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
