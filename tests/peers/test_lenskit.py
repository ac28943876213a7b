"""Our measures of room beside those of lenskit, where it is installed: pip install torch==2.13.0 lenskit==2025.8.1.

It brings torch, so it is no development dependency; docs/benchmarks.md says when this was run last.
"""

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankers.exposure import gini, room_of, room_of_places

lenskit = pytest.importorskip("lenskit.metrics", reason="lenskit is not installed")
from lenskit.data import ItemList  # noqa: E402  # after the skip
from lenskit.metrics import ExposureGini, ListGini  # noqa: E402  # after the skip
from lenskit.metrics.ranking import RankWeight  # noqa: E402  # after the skip


class Room(RankWeight):
    """The room of a place as ranking-semantics 7 has it."""

    def weight(self, ranks):
        return 1 / np.log2(np.asarray(ranks) + 1)

    def log_weight(self, ranks):
        return np.log(self.weight(ranks))


@st.composite
def editions(draw):
    """Editions of one list, each the sources of its places; and how many sources have candidates."""
    sources = draw(st.integers(2, 40))
    places = st.lists(st.integers(0, sources - 1), min_size=1, max_size=60)
    return sources, draw(st.lists(places, min_size=1, max_size=6))


def theirs(metric, lists):
    parts = [metric.compute_list_data(ItemList(item_ids=one, ordered=True), None) for one in lists]
    return metric.global_aggregate(parts)


@settings(deadline=None)
@given(editions())
def test_our_gini_of_room_is_their_exposure_gini(drawn):
    sources, lists = drawn
    had = Counter()
    for one in lists:
        had.update(room_of(map(str, one)))
    ours = gini([had[str(source)] for source in range(sources)])
    assert theirs(ExposureGini(items=sources, weight=Room()), lists) == pytest.approx(ours, abs=2e-5)


@settings(deadline=None)
@given(editions())
def test_our_gini_of_places_is_their_list_gini(drawn):
    sources, lists = drawn
    counts = Counter(chain.from_iterable(lists))
    ours = gini([counts[source] for source in range(sources)])
    assert theirs(ListGini(items=sources), lists) == pytest.approx(ours, abs=1e-6)


def test_the_room_of_a_place_is_the_usual_discount():
    assert [round(1e6 * weight) for weight in Room().weight(np.arange(1, 501))] == list(room_of_places())
