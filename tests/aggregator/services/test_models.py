from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.model.meaning import Engine
from aggregator.semantic.cards import light_card
from aggregator.services.models import choose_engine, model_state
from aggregator.store import cards
from tests.aggregator.candidates.stored import make_entry
from tests.aggregator.services.newsroom import open_newsroom


@pytest.mark.parametrize(
    ("memory", "disk", "languages", "engine"),
    [
        (1_000, 10_000, {"en"}, Engine.NONE),
        (2_000, 10_000, {"en"}, Engine.LIGHT),
        (8_000, 1_000, {"en"}, Engine.LIGHT),
        (8_000, 10_000, {"en", "en-GB"}, Engine.FULL),
        (8_000, 10_000, {"en", "fr"}, Engine.LIGHT),
        (8_000, 10_000, set(), Engine.LIGHT),
    ],
)
def test_an_english_model_is_never_chosen_for_sources_in_other_languages(memory, disk, languages, engine):
    assert engine is choose_engine(memory_mib=memory, disk_mib=disk, languages=languages)[0]


def test_a_card_names_its_weights_and_says_what_it_reads():
    card = light_card()
    assert card.id == f"{card.name}@{card.digest[:12]}"
    assert card.reads("pt-BR")
    assert card.reads(None)
    assert not card.reads("uk")


def test_the_state_says_how_far_the_model_has_come(tmp_path):
    with open_newsroom(tmp_path) as room:
        room.add_source(1)
        room.store(1, [(make_entry(number), timedelta(hours=number)) for number in range(3)])
        assert model_state(room.desk, room.reader).current is None
        with room.desk.database.write() as conn:
            cards.let_count(conn, light_card(), now=room.clock.now())
        state = model_state(room.desk, room.reader)
        assert (light_card().id, 0, 3) == (state.current, state.given, state.left)
