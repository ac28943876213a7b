"""What a made-up model finds in the entries of a newsroom whose sources 1, 2, … wrote "Entry 1", "Entry 2", …"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from aggregator.model.meaning import CopyPlace, Engine, ModelCard, Sameness, StoredVector, StoryPlace
from aggregator.semantic.numbers import to_half
from aggregator.store import cards, entries, stories, values, vectors
from tests.aggregator.candidates.stored import make_entry


def card(name):
    return ModelCard(name, Engine.LIGHT, name.encode().hex().ljust(64, "0"), "CC0", 16, ("en",), "Tries.")


CARD, OTHER = card("tried"), card("another")


def fill(room):
    """Four sources; the first two have one owner. Entry n of source n was written n hours ago."""
    for number in range(1, 5):
        room.add_source(number, owner="one.example" if number < 3 else f"f{number}.example")
        room.store(number, [(make_entry(number), timedelta(hours=number))])


def ids(room):
    with room.desk.database.read() as conn:
        return {int(e.title.split()[1]): e.id for e in entries.iter_entries(conn, limit=100)}


def vector(number):
    made = np.random.default_rng(number).normal(size=16).astype(np.float32)
    return made / np.linalg.norm(made)


def read(room, *numbers, model=CARD):
    """Let a model count and have read these entries; without any it has read nothing yet."""
    held = ids(room)
    with room.desk.database.write() as conn:
        cards.let_count(conn, model, now=room.clock.now())
        versions = {text.entry_id: text.version for text in vectors.unread(conn, 0, 100)}
        stored = [StoredVector(held[n], versions[held[n]], n.to_bytes(16, "big"), to_half(vector(n))) for n in numbers]
        if stored:
            vectors.keep(conn, model.id, stored, read_to=values.data_version(conn))


def tell(room, *numbers, copies=()):
    """Put entries into one story, begun by the first; `copies` are in one group."""
    held = ids(room)
    with room.desk.database.write() as conn:
        stories.keep(
            conn,
            CARD.id,
            [StoryPlace(held[n], 0, held[numbers[0]], None if n == numbers[0] else held[numbers[0]]) for n in numbers],
            [CopyPlace(held[n], held[copies[0]], Sameness.TEXT if n != copies[0] else None) for n in copies],
        )
