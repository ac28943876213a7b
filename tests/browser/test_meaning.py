"""Pages of stories, more like this, a subject and search by sense, with the light engine at work across languages."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from aggregator.worker.answer import AnswerServer
from aggregator.worker.fetch_loop import steady_seconds
from aggregator.worker.meaning import Meaning
from tests.web.newsroom import Item, Newsroom, Source

STRIKE = "Tenants in the harbour district begin a rent strike"
AGAIN = "Harbour district tenants start rent strike over damp"
GREVE = "Les locataires du quartier du port entament une grève des loyers"
HUELGA = "Los inquilinos del barrio del puerto comienzan una huelga de alquileres"
QUAKE = "Strong earthquake shakes the northern coast, dozens injured"
BEES = "How the city keeps its bees through the winter"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def source(name, language, *titles):
    items = tuple(Item(title, hours, f"<p>{title}.</p>") for hours, title in enumerate(titles, 2))
    return Source(f"https://{name}.example/feed", name.title(), language, "News", items)


SOURCES = (
    source("tide", "en", STRIKE, QUAKE),
    source("quay", "en", AGAIN, BEES),
    source("rive", "fr", GREVE),
    source("muelle", "es", HUELGA),
)


class Thinking(Meaning):
    """The part of a worker that knows meaning, as web processes ask for it."""

    def state(self):
        return "working"


@contextmanager
def thinking(desk):
    """Have a worker's part read what there is, and answer until the end of the block."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    meaning = Thinking(desk, steady=steady_seconds)
    server = AnswerServer(desk.settings.data / "worker.sock", meaning)

    async def begin():
        await meaning.run()
        await server.open()
        ready.set()

    async def end():
        await server.close()
        meaning.stop()
        await asyncio.to_thread(meaning.close)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(begin(), loop).result(timeout=120)
        yield
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(timeout=60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def newsroom(tmp_path):
    room = Newsroom(tmp_path / "data", semantic="light")
    room.subscribe(SOURCES)
    room.fetch(SOURCES)
    with thinking(room.desk):
        yield room
    room.close()


def test_the_pages_of_meaning_keep_nobody_out(open_reader, newsroom):
    reader = open_reader(bypass_csp=True)
    reader.set_up(newsroom)
    page, found = reader.page, {}
    story = page.locator('a[href^="/stories/"]').first.get_attribute("href")
    entry = page.get_by_role("link", name=STRIKE).or_(page.get_by_role("link", name=AGAIN)).first.get_attribute("href")
    uid = re.search("[0-9a-f]{32}", entry)[0]
    paths = ("/", story, f"/entries/{uid}/like", "/subject?words=loyers+et+locataires", "/search?q=grève+des+loyers")
    for path in (*paths, "/about/models", "/rules/many-voices/versions/1", "/lists/front-page/check"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
        for scheme, width in itertools.product(("light", "dark"), (320, 1280)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            results = Axe().run(page)
            if results.violations_count:
                found[path, scheme, width] = results.generate_report()
            if page.evaluate(TOO_WIDE) > 0:
                found[path, scheme, width] = "scrolls sideways"
    assert found == {}
