import hashlib
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.exposure import (
    compare_editions,
    evenness,
    evenness_over,
    fair_room,
    gini,
    measure_exposure,
    rank_biased_overlap,
    room_of,
    room_of_places,
    source_room,
)
from rankers.ranking import rank
from tests.rankers.making import documents, table, tables

ROOMS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


def test_room_falls_with_the_place_by_a_fixed_table():
    rooms = room_of_places()
    assert (1_000_000, 630_930, 500_000) == rooms[:3]
    assert 500 == len(rooms)
    assert list(rooms) == sorted(rooms, reverse=True)
    digest = hashlib.sha256(",".join(map(str, rooms)).encode()).hexdigest()
    assert "24bbd243a4d8514b670b9487e89e09dd21dddd4f13baed31192e7efc2f808d69" == digest


def test_no_room_is_so_near_a_half_that_machines_could_differ():
    with localcontext() as context:
        context.prec = 40
        for place, room in enumerate(room_of_places(), start=1):
            exact = Decimal(1_000_000) * Decimal(2).ln() / Decimal(place + 1).ln()
            assert abs(exact - room) < Decimal("0.49999")


@given(documents(), tables())
def test_all_room_goes_to_somebody(document, made):
    ranking = rank(document, made, made.now)
    measured = measure_exposure(made, ranking.shown)
    assert sum(room_of_places()[: measured.places]) == sum(share.room for share in measured.sources)
    assert len(made) == sum(share.candidates for share in measured.sources)
    assert measured.places == sum(share.shown for share in measured.sources)
    names = [made.label("source", row) for row in ranking.shown.tolist()]
    assert room_of(names) == {share.key: share.room for share in measured.sources if share.shown}
    assert 0 <= measured.evenness.floor <= 1
    assert 0 <= measured.evenness.among_shown <= measured.evenness.gini + 1e-9


@given(ROOMS)
def test_gini_is_the_mean_difference(values):
    total = sum(values)
    expected = sum(abs(a - b) for a in values for b in values) / (2 * len(values) * total) if total else 0
    assert expected == pytest.approx(gini(values))


def test_thirty_places_among_many_sources_cannot_be_even():
    measured = evenness([*room_of_places()[:30], *[0] * 219], 30)
    assert measured.gini == pytest.approx(measured.floor)
    assert 0.88 <= measured.floor <= 0.92
    assert 20 < measured.effective <= 30


def test_equal_rooms_count_each_source():
    assert 4 == pytest.approx(evenness([5, 5, 5, 5], 4).effective)


def test_a_fair_share_is_a_hundred_per_cent():
    fair = fair_room(30, 10)
    assert 100 == source_room(fair, fair)
    assert 0 == source_room(5, 0)
    assert 1000 == source_room(10**9, fair)


@given(st.permutations(range(12)), st.integers(0, 12))
def test_overlap_is_whole_for_one_order_and_nothing_for_strangers(order, cut):
    assert 1 == pytest.approx(rank_biased_overlap(order, order))
    assert rank_biased_overlap(order, [row + 100 for row in order]) == 0
    assert 0 <= rank_biased_overlap(order, order[:cut]) <= 1


def test_a_change_at_the_top_counts_more_than_one_at_the_bottom():
    order = list(range(10))
    top = [1, 0, *order[2:]]
    bottom = [*order[:8], 9, 8]
    assert rank_biased_overlap(order, top) < rank_biased_overlap(order, bottom) < 1


def test_two_editions_compared():
    told = compare_editions(np.array([3, 1, 2]), np.array([1, 3, 5]))
    assert ((5,), (2,), ((1, 2, 1), (3, 1, 2))) == (told.entering, told.leaving, told.moved)


def test_folders_are_counted_by_their_main_one():
    made = table([0, 1, 2], label={"source": ["a", "b", "c"]}, sets={"folder": [("News", "Work"), ("News",), None]})
    measured = measure_exposure(made, np.array([0, 2]))
    assert [("News", 1, 2)] == [(share.key, share.shown, share.candidates) for share in measured.folders]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 30), st.randoms(use_true_random=False))
def test_no_sharing_out_of_several_editions_is_more_even_than_the_floor(editions, sources, chance):
    """Giving each next place to whoever has least is within a hair of the best there is."""
    rooms = [0] * sources
    for places in editions:
        for room in room_of_places()[:places]:
            rooms[chance.randrange(sources)] += room
    found = evenness_over(rooms, editions)
    assert 0 <= found.floor <= found.gini + 0.05
    assert found.effective <= sources + 1e-9


def test_one_edition_has_the_floor_that_its_places_leave():
    rooms = [*room_of_places()[:3], 0, 0]
    assert evenness(rooms, 3).floor == evenness_over(rooms, [3]).floor == evenness_over(rooms, [3]).gini
    assert evenness_over([], [3]).floor == 0


def test_fair_shares_and_rooms_are_rounded_to_even():
    assert 1_065_465 == fair_room(3, 2)
    assert 710_310 == fair_room(3, 3)
    assert 0 == fair_room(3, 0)
    assert [50, 33, 12, 38, 999, 1000] == [
        source_room(*pair) for pair in ((1, 2), (1, 3), (25, 200), (75, 200), (999, 100), (1001, 100))
    ]


def test_the_floor_gives_further_rounds_to_the_last_ones_first():
    """Five places among two sources: 1,000,000 and 430,677 to the one, 630,930, 500,000 and 386,853 to the other."""
    measured = evenness([2_000_000, 500_000], 5)
    assert (0.3, 0.014771) == pytest.approx((measured.gini, measured.floor), abs=1e-5)
    assert evenness([0, 0], 0).effective == 0


def test_overlap_weighs_each_depth_by_nine_tenths_of_the_one_before():
    assert (0.9 + 0.81) / 2.71 == pytest.approx(rank_biased_overlap([1, 2, 3], [2, 1, 3]))
    assert (1 + 0.9 / 2) / 1.9 == pytest.approx(rank_biased_overlap([1, 2], [1]))
    assert rank_biased_overlap([], []) == 1


def test_several_editions_share_out_the_largest_room_first():
    """Twice three places among two sources, most even: 1,000,000 + 630,930 + 500,000 to each."""
    assert evenness_over([1, 1], [3, 3]).floor == 0
    assert 0.016 < evenness_over([1, 1], [3]).floor == evenness([1, 1], 3).floor


def test_only_five_hundred_places_have_room_and_the_median_is_the_upper_middle():
    made = table(list(range(502)), label={"source": ["a"] * 502, "story": ["s", "s", "t"] + [None] * 499})
    measured = measure_exposure(made, np.arange(502))
    assert (500, 502, 2, 250) == (measured.places, measured.candidates, measured.stories, measured.median_age)
    assert [(500, 502, sum(room_of_places()))] == [(s.shown, s.candidates, s.room) for s in measured.sources]
    nothing = measure_exposure(made, np.arange(0))
    assert (0, 0, None) == (nothing.places, nothing.stories, nothing.median_age)


def test_shares_stand_by_room_then_by_entries_then_by_name():
    made = table([0, 1, 2, 3, 4], label={"source": ["b", "c", "a", "d", "d"]})
    assert ["b", "d", "a", "c"] == [share.key for share in measure_exposure(made, np.array([0])).sources]
