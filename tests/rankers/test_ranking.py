import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.explain import whys
from rankers.ranking import rank
from rankers.score import term_column
from tests.rankers import naive
from tests.rankers.making import FRESH, NOW, documents, leave_out, rule, step, table, tables, term


def ranked(document, made):
    return rank(document, made, made.now)


@given(documents(), tables())
def test_every_candidate_is_in_exactly_one_place(document, made):
    ranking = ranked(document, made)
    parts = [ranking.shown, ranking.after_end, ranking.folded_rows, ranking.withheld_rows]
    assert list(range(len(made))) == sorted(row for part in parts for row in part.tolist())
    counts = ranking.counts
    assert [len(part) for part in parts] == [counts.shown, counts.after_end, counts.folded, counts.withheld]
    assert set(ranking.folded) == set(ranking.folded_rows.tolist())
    assert set(ranking.folded.values()) <= set(ranking.order().tolist())


@given(documents(), tables())
def test_terms_add_up_to_the_total(document, made):
    ranking = ranked(document, made)
    terms = [term_column(line, made).points for line in document.scores]
    assert sum(terms, np.zeros(len(made), dtype=np.int64)).tolist() == ranking.totals.tolist()


@given(documents(), tables())
def test_the_order_is_that_of_the_steps_read_aloud(document, made):
    ranking = ranked(document, made)
    assert naive.whole_order(ranking) == ranking.order().tolist()


@given(documents(), tables(), st.lists(st.integers(0, 45), min_size=1, max_size=6))
def test_pages_pulled_in_any_way_are_pieces_of_one_order(document, made, starts):
    whole = ranked(document, made).order().tolist()
    ranking = ranked(document, made)
    for start in starts:
        assert whole[start : start + 7] == ranking.order(start, start + 7).tolist()


@given(documents(), tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(document, made, random):
    rows = list(range(len(made)))
    random.shuffle(rows)
    shuffled = made.take(np.array(rows, dtype=np.intp))
    expected = [made.uid_hex(row) for row in ranked(document, made).order()]
    assert expected == [shuffled.uid_hex(row) for row in ranked(document, shuffled).order()]


@given(documents(), tables(), st.data())
def test_scores_are_local(document, made, data):
    """Whoever else is a candidate changes no total and no filter."""
    keep = data.draw(st.lists(st.integers(0, max(len(made) - 1, 0)), unique=True, max_size=len(made)))
    rows = np.array(keep, dtype=np.intp)
    fewer, all_of_them = ranked(document, made.take(rows)), ranked(document, made)
    assert all_of_them.totals[rows].tolist() == fewer.totals.tolist()
    assert all_of_them.scores.withheld[rows].tolist() == fewer.scores.withheld.tolist()


@given(documents(), tables(), st.data())
def test_a_term_with_no_points_is_a_term_that_is_not_there(document, made, data):
    scores = list(document.scores)
    nothing = rule(term("nothing", "signal = 'age_hours'\ncurve = { halves_every = 3 }", 0)).scores[0]
    scores.insert(data.draw(st.integers(0, len(scores))), nothing)
    more = dataclasses.replace(document, scores=tuple(scores))
    assert ranked(document, made).order().tolist() == ranked(more, made).order().tolist()


@given(documents(), tables())
def test_takes_replay_the_shown_order(document, made):
    ranking = ranked(document, made)
    shown = ranking.shown.tolist() if document.length else ranking.order(0, 50).tolist()
    folded = set(ranking.folded_rows.tolist())
    order = [row for row in naive.base_order(ranking) if row not in folded]
    reached = len(shown)
    reaches = []
    for record in reversed(ranking.records):
        reaches.insert(0, reached)
        reached = max([reached, *(place + jump + 1 for place, jump in record.takes)])
    order = order[:reached]
    for record, places in zip(ranking.records, reaches, strict=True):
        waiting = list(order)
        jumps = dict(record.takes)
        order = [waiting.pop(jumps.get(place, 0)) for place in range(places)]
    assert shown == order[: len(shown)]


@given(documents(), tables())
def test_a_kept_promise_is_told_as_kept(document, made):
    ranking = ranked(document, made)
    if len(ranking.steps) == 1:
        step, places = ranking.steps[0][1], len(ranking.order(0, min(ranking.length, 50)))
        assert ranking.records[0].kept or any(map(step.gave_way, range(places)))


@given(documents(), tables())
def test_where_a_limit_gave_way_the_reason_says_so_and_claims_nothing(document, made):
    ranking = ranked(document, made)
    for explanation in whys(ranking, [int(row) for row in ranking.order(0, 50)]):
        for line, made_order in ranking.steps:
            place = made_order.place(explanation.row)
            gave = [move for move in explanation.moves if (move.step, move.reason) == (line.name, "gave-way")]
            assert bool(gave) == (place is not None and made_order.gave_way(place))
            assert all(move.why == "" for move in gave), line.why


@given(documents(), tables())
def test_all_matching_lines_are_told_and_the_first_is_counted(document, made):
    ranking = ranked(document, made)
    lines = {row: [line.id for line in document.filters if line.leave_out.match(made)[row]] for row in range(len(made))}
    assert {row: tuple(ids) for row, ids in lines.items() if ids} == ranking.withheld
    first = [ids[0] for ids in lines.values() if ids]
    assert [(line.id, first.count(line.id)) for line in document.filters] == [
        (line.line, line.count) for line in ranking.left_out_by
    ]


@given(documents(), tables())
def test_positions_are_places_of_the_order(document, made):
    ranking = ranked(document, made)
    places = {row: place for place, row in enumerate(ranking.order().tolist(), start=1)}
    fresh = ranked(document, made)
    assert [places.get(row) for row in range(len(made))] == [fresh.position(row) for row in range(len(made))]


@given(tables())
def test_newest_first_positions_are_those_of_the_newest_first_rule(made):
    order = ranked(rule(), made).order().tolist()
    other = ranked(rule(FRESH, leave_out("a", "{ copy = true }")), made)
    assert [order.index(row) + 1 for row in range(len(made))] == other.newest_first_positions(range(len(made)))


def test_equal_totals_stand_newer_first_then_by_uid():
    made = table([5, 3, 5, 3])
    order = ranked(rule(), made).order().tolist()
    assert [3, 3, 5, 5] == [NOW - int(made.time[row]) for row in order]
    uids = [made.uid_hex(row) for row in order]
    assert uids[0] < uids[1]
    assert uids[2] < uids[3]


def test_a_table_of_another_tick_is_refused():
    with pytest.raises(ValueError, match="the facts are of"):
        rank(rule(), table([0]), NOW + 1)


def test_times_far_apart_and_large_points_still_order():
    made = table([0, 4 * 10**18, 3, 10**18], number={"words": [5, 5, None, 5]})
    ranking = ranked(rule(*(term(f"t{n}", "when = { words = { at_least = 1 } }", 1000) for n in range(199))), made)
    assert [0, 3, 1, 2] == ranking.order().tolist()


@pytest.mark.parametrize("size", [3000, 20_000])
def test_large_tables_are_ordered_by_pieces_as_by_the_whole(size):
    """Beyond the first pull: ties over many rows, one owner with most entries, stories across the pieces."""
    random = np.random.default_rng(size)
    owners = np.where(random.random(size) < 0.7, 0, random.integers(1, 30, size))
    stories = np.where(random.random(size) < 0.3, random.integers(0, size // 9, size), -1)
    made = table(
        (random.integers(0, 500, size) * 600).tolist(),
        label={
            "source": [f"s{n}" for n in owners],
            "story": [None if n < 0 else f"t{n}" for n in stories],
        },
        number={"pick": [None] * size},
    )
    document = rule(
        FRESH,
        step("one-per-story", "keep = 'newest'"),
        step("take-turns", "by = 'source'\neach = 2"),
        step("max-per-source", "limit = 1\nwindow = 12"),
    )
    ranking = ranked(document, made)
    first = ranking.order(0, 40).tolist()
    base = naive.base_order(ranking)
    expected = base
    for line, _ in ranking.steps[:2]:
        expected = naive.arrange(line, expected, ranking)
    turned = ranking.steps[1][1].first(len(expected)).tolist()
    assert expected == turned
    assert naive.max_per_source(document.arrange[2], expected[:600], made)[:40] == first
    assert sorted(expected) == sorted(ranking.order().tolist())
