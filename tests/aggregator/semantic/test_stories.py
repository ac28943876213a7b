from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.semantic.stories import DAY, LONGEST, WINDOW, Blend, Stories, Told
from aggregator.semantic.tokens import is_telling, names_of, words_of

BLEND = Blend(meaning=0.75, words=0.2, names=0.05, a_day=0.02, join=0.5, join_across=0.6)


def told(number, vector, *, time=0, language="en", words="", names=""):
    array = np.array(vector, dtype=np.float32)
    return Told(
        number, time, language, frozenset(words.split()), frozenset(names.split()), array / np.linalg.norm(array)
    )


def stories():
    return Stories(BLEND, 3)


def numbers(entries):
    return [place.story for place in stories().place_in_turn(entries)]


def test_the_first_entry_begins_a_story_of_its_own_number():
    assert [7] == numbers([told(7, (1, 0, 0))])


def test_likeness_in_meaning_and_words_joins_and_the_reason_says_how_much():
    first, second = told(1, (1, 0, 0), words="rent strike harbour"), told(2, (1, 0.1, 0), words="rent strike begins")
    _, place = stories().place_in_turn([first, second])
    assert (1, 1) == (place.story, place.near)
    assert place.likeness >= 500_000
    assert 990_000 <= place.meaning <= 1_000_000
    assert 0 < place.words < 1_000_000


def test_unlike_entries_stay_apart():
    assert [1, 2] == numbers([told(1, (1, 0, 0), words="rent strike"), told(2, (0, 1, 0), words="quake coast")])


def test_between_languages_meaning_decides_alone_with_a_threshold_of_its_own():
    near = told(2, (1, 0.6, 0), language="fr", words="greve loyers")
    far = told(3, (0.55, 0.9, 0), language="fr", words="greve loyers")
    assert [1, 1] == numbers([told(1, (1, 0, 0), words="rent strike"), near])
    assert [1, 3] == numbers([told(1, (1, 0, 0), words="rent strike"), far])


def test_a_story_that_nobody_told_for_a_week_is_over():
    first = told(1, (1, 0, 0), words="rent strike")
    assert [1, 1] == numbers([first, told(2, (1, 0, 0), words="rent strike", time=WINDOW)])
    assert [1, 2] == numbers([first, told(2, (1, 0, 0), words="rent strike", time=WINDOW + 1)])


def test_a_story_takes_nothing_from_later_than_four_weeks_after_it_began():
    daily = [told(day + 1, (1, 0, 0), words="rent strike", time=day * DAY) for day in range(30)]
    found = numbers(daily)
    assert {1} == set(found[: LONGEST // DAY + 1])
    assert 1 not in found[LONGEST // DAY + 1 :]


def test_what_is_placed_together_is_what_is_placed_one_after_the_other():
    entries = [told(n, (1, n % 3, n % 2), words=f"w{n % 4} v{n % 3}", time=n * 1000) for n in range(1, 40)]
    together = stories().place_in_turn(entries)
    alone = stories()
    apart = [alone.place_in_turn([entry])[0] for entry in entries]
    assert [p.story for p in together] == [p.story for p in apart]


def test_a_window_begun_from_what_was_kept_goes_on_the_same():
    entries = [told(n, (1, n % 3, n % 2), words=f"w{n % 4} v{n % 3}", time=n * 1000) for n in range(1, 40)]
    whole = stories().place_in_turn(entries)
    again = stories()
    for entry, place in zip(entries[:20], whole[:20], strict=True):
        again.keep(entry, place.story)
    assert [p.story for p in whole[20:]] == [p.story for p in again.place_in_turn(entries[20:])]


def test_forgotten_stories_leave_room_and_take_nothing():
    held = stories()
    held.place_in_turn([told(1, (1, 0, 0), words="rent strike")])
    held.forget(1)
    assert 0 == len(held)
    assert 2 == held.place_in_turn([told(2, (1, 0, 0), words="rent strike")])[0].story


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20 * DAY), st.integers(0, 4), st.sampled_from(["en", "fr", None])), max_size=40)
)
def test_every_entry_has_one_story_named_by_an_entry_before_it_or_itself(drawn):
    entries = [
        told(n, (1, kind, kind % 2), time=time, language=language, words=f"w{kind}")
        for n, (time, kind, language) in enumerate(sorted(drawn, key=lambda each: each[0]), 1)
    ]
    if not entries:
        return
    places = stories().place_in_turn(entries)
    for place in places:
        assert place.story <= place.entry_id
        assert (place.story == place.entry_id) == (place.near is None)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Talks in Geneva end without Lavrov", {"geneva", "lavrov"}),
        ("Tenants strike", set()),
        ("ALL TALKS IN GENEVA FAIL", set()),
        ("The Rise And Fall Of The Harbour", set()),
        ("Fire kills 142 people", {"142"}),
        ("Les pourparlers à Genève reprennent", {"geneve"}),
    ],
)
def test_names_stand_inside_sentences(title, names):
    assert names == names_of(title, "")


@pytest.mark.parametrize(
    ("title", "text", "telling"),
    [
        ("About", "We are a site with a long page about us", False),
        ("Privacy Policy", "", False),
        ("", "", False),
        ("", "Rent strike begins", True),
        ("Peru votes again", "", True),
        ("지진 경보 해제", "", True),
        ("地震警報", "", True),
    ],
)
def test_a_title_of_a_word_or_two_tells_nothing(title, text, telling):
    assert telling == is_telling(title, text)


def test_what_tells_nothing_stands_alone_and_nothing_joins_it():
    about = [replace(told(n, (1, 0, 0), words="about us"), telling=n == 3) for n in (1, 2, 3, 4)]
    assert [1, 2, 3, 4] == [place.story for place in stories().place_in_turn(about)]


def test_words_are_folded_and_bounded():
    assert frozenset({"greve", "des", "loyers"}) == words_of("Grève des loyers", "")
    assert 80 == len(words_of(" ".join(f"w{n}" for n in range(200)), ""))
