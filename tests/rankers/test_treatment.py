from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rankers.explain import Place, why_not, whys
from rankers.exposure import room_of
from rankers.ranking import rank
from rankers.treatment import treat
from tests.rankers.making import FRESH, HOUR, documents, leave_out, rule, step, table, tables, term


@given(documents(), tables(), st.data())
def test_each_row_is_counted_once_and_lines_give_what_the_reasons_say(document, made, data):
    ranking = rank(document, made, made.now)
    rows = data.draw(st.lists(st.integers(0, len(made) - 1), unique=True)) if len(made) else []
    found = treat(ranking, np.array(rows, dtype=np.intp))
    assert len(rows) == found.candidates
    left_out = sum(line.count for line in found.left_out)
    assert found.candidates == found.shown + found.further_down + found.folded + left_out
    where = [why_not(ranking, row).place for row in rows]
    assert where.count(Place.WITHHELD) == left_out
    assert where.count(Place.FOLDED) == found.folded
    staying = [row for row, place in zip(rows, where, strict=True) if place is not Place.WITHHELD]
    told = whys(ranking, staying)
    for number, line in enumerate(found.lines):
        given_ = [each.terms[number].points for each in told]
        assert line.points == (sum(given_) // len(given_) if given_ else 0)
        assert line.touched == sum(1 for points in given_ if points)


@given(documents(), tables())
def test_all_entries_are_treated_as_all_entries(document, made):
    ranking = rank(document, made, made.now)
    found = treat(ranking, np.arange(len(made)))
    assert (ranking.counts.folded, ranking.counts.withheld) == (
        found.folded,
        sum(each.count for each in found.left_out),
    )
    assert all(line.points == line.of_all for line in found.lines)
    assert found.room == found.newest_room or found.places < len(made)
    assert found.shown == found.places


def test_room_and_moves_of_one_source_are_those_of_its_places():
    document = rule(
        FRESH,
        term("long", 'signal = "words"\ncurve = { at_least = 500 }', 5),
        leave_out("old", "{ age_hours = { at_least = 90 } }"),
        step("max-per-source", "limit = 1\nwindow = 3"),
        "[finish]\nlength = 4\n",
    )
    sources = ["a", "a", "a", "b", "c", "a"]
    made = table(
        [n * HOUR for n in (1, 2, 3, 4, 5, 100)],
        label={"source": sources},
        number={"words": [600, None, None, 600, 100, 700]},
    )
    ranking = rank(document, made, made.now)
    shown = ranking.order(0, 4).tolist()
    assert [0, 3, 4, 1] == shown
    found = treat(ranking, np.array([row for row, source in enumerate(sources) if source == "a"]))
    assert (4, 4, 2, 1, 0) == (found.candidates, found.places, found.shown, found.further_down, found.folded)
    assert [("old", 1)] == [(line.line, line.count) for line in found.left_out]
    assert room_of(["a", "b", "c", "a"])["a"] == found.room
    assert room_of(["a", "a", "a", "b"])["a"] == found.newest_room
    assert [("max-per-source", 0, 2)] == [(each.step, each.up, each.down) for each in found.steps]
    long = found.lines[1]
    assert (5_000_000 // 3, 10_000_000 // 5, 1, 2) == (long.points, long.of_all, long.touched, long.missing)
