"""What the steps say of themselves: every move, where a promise gave way and whether it holds, as read aloud."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from rankers.explain import Place, why_not, whys
from rankers.ranking import rank
from tests.rankers import naive, naive_moves
from tests.rankers.making import FRESH, documents, rule, step, table, tables


def ranked(document, made):
    return rank(document, made, made.now)


@given(documents(), tables())
def test_every_move_is_told_as_it_was_made(document, made):
    ranking = ranked(document, made)
    stages = naive_moves.stages(ranking)
    for explanation in whys(ranking, ranking.order()):
        assert naive_moves.moves(stages, explanation.row) == explanation.moves


@given(documents(), tables())
def test_each_step_says_truly_whether_its_promise_holds(document, made):
    ranking = ranked(document, made)
    places = min(ranking.length, 50) if document.length is None else ranking.length
    final = ranking.order(0, places).tolist()
    assert [naive_moves.kept(stage, final) for stage in naive_moves.stages(ranking)] == [
        record.kept for record in ranking.records
    ]


@given(documents(), tables())
def test_where_a_promise_gave_way_is_told_with_its_places(document, made):
    ranking = ranked(document, made)
    expected = []
    for stage in naive_moves.stages(ranking):
        rows = {stage.after[place] for place in stage.gave_way}
        places = tuple(n for n, row in enumerate(ranking.order(2, 30).tolist(), start=3) if row in rows)
        expected += [(stage.line, places)] if places else []
    assert expected == [(gave.step, gave.places) for gave in ranking.gave_way(2, 30)]


@given(documents(), tables())
def test_who_is_further_down_learns_which_step_held_it(document, made):
    ranking = ranked(document, made)
    stages = naive_moves.stages(ranking)
    for row in ranking.after_end.tolist():
        absence = why_not(ranking, row)
        assert Place.FURTHER_DOWN is absence.place
        held = absence.held_by
        told = held and (held.step, held.from_, held.to, (held.reason, held.because, held.amount, held.key))
        assert naive_moves.held_by(stages, row, ranking.length) == told


LARGE = 900
STEPS = [
    step("one-per-story", "keep = 'highest'"),
    step("one-per-story", "keep = 'earliest'"),
    step("spread", "by = 'source'\npoints = 30\ndepth = 300\nwindow = 40"),
    step("spread", "by = 'language'\npoints = 7"),
    step("shares", "depth = 200\ngroups = [{ id = 'g', when = { language = 'fr' }, at_least = 0.1, why = 'w' }]"),
    step(
        "shares",
        "depth = 150\ngroups = [{ id = 'g', when = { folder = 'Far' }, at_least = 0.2, why = 'w' },"
        " { id = 'h', when = { language = 'fr' }, at_least = 0.3, why = 'w' }]",
    ),
    step("take-turns", "by = 'source'"),
    step("take-turns", "by = 'language'\neach = 100"),
    step("max-per-source", "limit = 1\nwindow = 5"),
    step("max-per-source", "limit = 3\nwindow = 100"),
    step("pin", "limit = 4"),
]


def large():
    """Entries of which most are of one source, the few in French and in a folder far down, and some picked."""
    random = np.random.default_rng(LARGE)
    sources = np.where(random.random(LARGE) < 0.6, 0, random.integers(1, 25, LARGE)).tolist()
    stories = np.where(random.random(LARGE) < 0.4, random.integers(0, 90, LARGE), -1).tolist()
    return table(
        random.integers(0, 200, LARGE).cumsum().tolist(),
        label={
            "source": [f"s{number}" for number in sources],
            "story": [None if number < 0 else f"t{number}" for number in stories],
            "language": ["fr" if place % 50 == 49 or place > 700 else "en" for place in range(LARGE)],
        },
        sets={"folder": [("Far",) if place > 600 else ("Near",) for place in range(LARGE)]},
        number={"pick": [place % 5 + 1 if place % 150 == 149 else None for place in range(LARGE)]},
    )


@pytest.mark.parametrize("line", STEPS, ids=range(len(STEPS)))
@pytest.mark.parametrize("pulled", [(1, 260), (70, 129, 600), (257, 258, LARGE)], ids=str)
def test_a_step_over_many_entries_is_that_read_aloud_however_it_is_pulled(line, pulled):
    ranking = ranked(rule(FRESH, line), large())
    (stage,) = naive_moves.stages(ranking)
    for count in pulled:
        assert stage.after[:count] == ranking.order(0, count).tolist()
    places = {row: place for place, row in enumerate(stage.after, start=1)}
    asked = list(range(0, LARGE, 41))
    assert [places.get(row) for row in asked] == [ranking.position(row) for row in asked]
    fresh = ranked(rule(FRESH, line), large())
    assert [places.get(row) for row in asked] == [fresh.position(row) for row in asked]


@pytest.mark.parametrize("line", STEPS, ids=range(len(STEPS)))
def test_moves_among_many_entries_are_told_as_they_were_made(line):
    ranking = ranked(rule(FRESH, line, "[finish]\nlength = 120"), large())
    stages = naive_moves.stages(ranking)
    for explanation in whys(ranking, ranking.shown):
        for expected, told in zip(naive_moves.moves(stages, explanation.row), explanation.moves, strict=True):
            if told.far:  # from so far down that its place there was not looked for
                assert told.from_ == told.to + 201 <= expected.from_
                assert (expected.step, expected.to, expected.why) == (told.step, told.to, told.why)
            else:
                assert expected == told
    held = {row: naive_moves.held_by(stages, row, 120) for row in ranking.order(120, 200).tolist()}
    told = {row: why_not(ranking, row).held_by for row in held}
    assert {row: held[row] and held[row][:3] for row in held} == {
        row: move and (move.step, move.from_, move.to) for row, move in told.items()
    }


def test_the_base_is_by_points_then_time_then_uid_far_down_too():
    ranking = ranked(rule(FRESH), large())
    order = naive.base_order(ranking)
    assert order[:300] == ranking.order(0, 300).tolist()
    assert order == ranking.order().tolist()
    fresh = ranked(rule(FRESH), large())
    assert [order.index(row) + 1 for row in (0, 5, 899, 450)] == [fresh.position(row) for row in (0, 5, 899, 450)]


def test_the_smallest_vectors_are_alike_too():
    made = table([0, 3600, 7200, 10800], vectors=[[1, 0], [1, 0], [0, 1], [0, 0]])
    ranking = ranked(rule(FRESH, step("spread", "by = 'meaning'\npoints = 60")), made)
    (stage,) = naive_moves.stages(ranking)
    assert [0, 2, 3, 1] == stage.after == ranking.order().tolist()
