from __future__ import annotations

import numpy as np
import pytest

from aggregator.model.meaning import Sameness
from aggregator.semantic.duplicates import Copies, canonical, read_text

WIRE = (
    "Dock workers at the container port walked out on Monday after talks about pay and night shifts broke down, "
    "leaving dozens of ships waiting outside the harbour while the union said it would meet the owners on Thursday"
)


def text(number, *, link=None, title="Dock workers walk out", body=WIRE, vector=(1.0, 0.0)):
    array = np.array(vector, dtype=np.float32)
    return read_text(number, number, link=link, title=title, text=body, vector=array / np.linalg.norm(array))


def groups(*texts):
    copies = Copies()
    found = []
    for each in texts:
        place = copies.check(each)
        copies.keep(each, place.group)
        found.append(place)
    return found


def test_the_same_address_is_the_same_text_whatever_it_says():
    first, second = groups(
        text(1, link="https://www.example.org/a/"),
        text(2, link="http://m.example.org/a/index.html", body="Other words"),
    )
    assert (1, Sameness.ADDRESS) == (second.group, second.how)
    assert first.how is None


def test_the_same_words_are_the_same_text():
    _, second = groups(text(1), text(2, title="DOCK WORKERS walk out"))
    assert (1, Sameness.TEXT) == (second.group, second.how)


def test_a_reprint_with_a_changed_sentence_is_found_by_shingles_that_the_meaning_confirms():
    _, second = groups(text(1), text(2, title="Dock workers walk out over pay"))
    assert (1, Sameness.SHINGLES) == (second.group, second.how)
    assert 600_000 <= second.likeness <= 1_000_000


def test_shingles_alone_are_not_enough():
    _, second = groups(text(1), text(2, title="Dock workers walk out over pay", vector=(0.0, 1.0)))
    assert (2, None) == (second.group, second.how)


def test_short_texts_are_not_the_same_by_chance():
    _, second = groups(text(1, title="Live", body="Updates"), text(2, title="Live", body="Updates"))
    assert second.how is None


def test_a_copy_of_a_copy_is_in_the_first_ones_group():
    places = groups(text(1), text(2), text(3, title="Dock workers walk out today"))
    assert [1, 1, 1] == [place.group for place in places]


def test_what_is_forgotten_is_not_found():
    copies = Copies()
    copies.keep(text(1, link="https://example.org/a"), 1)
    copies.forget(2)
    assert 0 == len(copies)
    assert 2 == copies.check(text(2, link="https://example.org/a")).group


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (None, None),
        ("https://example.org/", None),
        ("https://WWW.Example.org/a/b/#part", "example.org/a/b"),
        ("https://example.org/a?id=3", "example.org/a?id=3"),
        ("https://example.org/a/amp/", "example.org/a"),
        ("https://[::1", None),
    ],
)
def test_addresses_are_compared_without_what_differs_between_ways(link, kept):
    assert kept == canonical(link)
