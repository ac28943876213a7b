"""Stories, more like this, a subject and search by sense with the light engine at work, across languages."""

from __future__ import annotations

import asyncio
import re
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from aggregator.worker.answer import AnswerServer
from aggregator.worker.fetch_loop import steady_seconds
from aggregator.worker.meaning import Meaning
from tests.browser.barriers import find_barriers
from tests.web.newsroom import Item, Newsroom, Source

STRIKE = "Tenants in the harbour district begin a rent strike"
AGAIN = "Harbour district tenants start rent strike over damp"
GREVE = "Les locataires du quartier du port entament une grève des loyers"
HUELGA = "Los inquilinos del barrio del puerto comienzan una huelga de alquileres"
QUAKE = "Strong earthquake shakes the northern coast, dozens injured"
BEES = "How the city keeps its bees through the winter"


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


def answered_by_sense(page, path):
    """Open a page that meaning has a tenth of a second to answer for; on a busy machine words alone may do it first."""
    for _ in range(20):
        page.goto(path)
        if page.get_by_text("By words alone").count() == 0:
            return


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_story_is_followed_through_languages(open_reader, newsroom, script):
    reader = open_reader(java_script_enabled=script)
    reader.set_up(newsroom)
    page = reader.page
    told = page.locator(".told").filter(has_text="4 sources").first
    expect(told).to_be_visible()
    expect(page.get_by_role("link", name=QUAKE, exact=True)).to_be_visible()
    told.get_by_text("4 sources").click()
    told.locator('a[href^="/stories/"]').click()
    page.wait_for_url("**/stories/*")
    for title in (STRIKE, AGAIN, GREVE, HUELGA):
        expect(page.get_by_role("link", name=title).first).to_be_visible()
    expect(page.get_by_text("By meaning alone").first).to_be_visible()
    expect(page.get_by_text(QUAKE)).to_have_count(0)

    page.get_by_role("link", name=GREVE).first.click()
    page.get_by_role("link", name="More like this").first.click()
    page.wait_for_url("**/like")
    expect(page.get_by_role("link", name=STRIKE).first).to_be_visible()

    for words, title in (("grève+des+loyers", STRIKE), ("rent+strike", GREVE), ("tremblement+de+terre", QUAKE)):
        answered_by_sense(page, f"/search?words={words}")
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()
    assert (reader.complaints, reader.elsewhere) == ([], [])


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_subject_in_french_finds_entries_in_english(open_reader, newsroom, script):
    reader = open_reader(java_script_enabled=script)
    reader.set_up(newsroom)
    page = reader.page
    page.goto("/subject")
    page.get_by_label("The subject in words").fill("logement, loyers, locataires en grève")
    if not script:
        page.get_by_role("button", name="Show the nearest entries").click()
    expect(page.locator(".nearest .near").first).to_contain_text(re.compile(f"{GREVE}|{STRIKE}|{AGAIN}|{HUELGA}"))
    expect(page.get_by_role("link", name=STRIKE, exact=True)).to_be_visible()
    nearest = page.locator(".nearest h3").all_inner_texts()
    assert {STRIKE, AGAIN, GREVE, HUELGA} == set(nearest[:4])
    expect(page.get_by_text('text = "logement')).to_be_visible()
    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_the_pages_of_meaning_keep_nobody_out(open_reader, newsroom):
    reader = open_reader(bypass_csp=True)
    reader.set_up(newsroom)
    page, found = reader.page, {}
    story = page.locator('a[href^="/stories/"]').first.get_attribute("href")
    entry = page.get_by_role("link", name=STRIKE).or_(page.get_by_role("link", name=AGAIN)).first.get_attribute("href")
    uid = re.search("[0-9a-f]{32}", entry)[0]
    paths = (
        "/",
        story,
        f"/entries/{uid}/like",
        "/subject?words=loyers+et+locataires",
        "/search?words=grève+des+loyers",
    )
    for path in (*paths, "/about/models", "/rules/many-voices/versions/1", "/lists/front-page/check"):
        found |= find_barriers(page, path)
    assert found == {}
