import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.explain import (
    MICRO_PER_TENTH,
    Place,
    State,
    shown_tenths,
    tenths_that_add_up,
    what_if,
    why,
    why_not,
    whys,
)
from rankers.ranking import rank
from rankers.sentences import Sentences
from tests.rankers.making import FRESH, HOUR, documents, leave_out, rule, step, table, tables, term

POINTS = st.integers(-1000 * 10**6, 1000 * 10**6)


AGE = 'signal = "age_hours"\ncurve = { halves_every = 1 }'
PACE = 'signal = "source_pace"\ncurve = { rises = [1, 2] }'


def ranked(document, made):
    return rank(document, made, made.now)


@given(st.lists(POINTS, max_size=30))
def test_shown_tenths_always_add_up_to_the_shown_total(points):
    tenths = tenths_that_add_up(points)
    assert shown_tenths(sum(points)) == sum(tenths)
    assert all(
        abs(shown * MICRO_PER_TENTH - exact) < MICRO_PER_TENTH for shown, exact in zip(tenths, points, strict=True)
    )
    assert all(shown == 0 for shown, exact in zip(tenths, points, strict=True) if exact == 0)


def test_what_is_left_of_a_tenth_goes_to_the_largest_remainder():
    assert [1, 0, 0] == tenths_that_add_up([50_000, 40_000, 30_000])
    assert [0, 1, 1] == tenths_that_add_up([40_000, 90_000, 80_000])
    assert [-1, 1] == tenths_that_add_up([-50_001, 60_000])


@given(documents(), tables())
def test_every_entry_is_explained_to_the_last_point(document, made):
    ranking = ranked(document, made)
    for explanation in whys(ranking, range(len(made))):
        assert int(ranking.totals[explanation.row]) == explanation.total
        assert explanation.total == sum(result.points for result in explanation.terms)
        assert explanation.total_tenths == sum(result.tenths for result in explanation.terms)
        for line, result in zip(document.scores, explanation.terms, strict=True):
            assert line.points * result.curve_out == result.points
            assert (result.state is State.OK) or result.points == 0
            assert result.why == line.why
            assert result.value_text


@given(documents(), tables())
def test_neighbours_and_positions_agree_with_the_order(document, made):
    ranking = ranked(document, made)
    order = ranking.order().tolist()
    for place, explanation in enumerate(whys(ranking, order)):
        assert place + 1 == explanation.position
        above, below = explanation.above, explanation.below
        assert (order[place - 1] if place else None) == (above.row if above else None)
        assert (order[place + 1] if place + 1 < len(order) else None) == (below.row if below else None)
        if above:
            assert int(ranking.totals[above.row]) - explanation.total == above.margin


@given(documents(), tables())
def test_moves_lead_from_the_points_to_the_place(document, made):
    ranking = ranked(document, made)
    for explanation in whys(ranking, ranking.order()):
        for move in explanation.moves:
            assert (move.from_ != move.to) or move.reason == "gave-way"
            assert explanation.row not in move.because or move.reason == "pick"
            assert move.why == ("" if move.reason == "gave-way" else "A reason.")
        if len(ranking.steps) == 1 and explanation.moves:
            assert explanation.position == explanation.moves[-1].to


@given(documents(), tables())
def test_an_absence_names_what_keeps_the_entry_away(document, made):
    ranking = ranked(document, made)
    shown = set(ranking.shown.tolist())
    for row in range(len(made)):
        absence = why_not(ranking, row)
        assert (absence.place is Place.SHOWN) == (row in shown)
        assert ranking.withheld.get(row, ()) == tuple(line for line, _ in absence.lines)
        assert (absence.place is Place.WITHHELD) == bool(absence.lines)
        assert ranking.folded.get(row) == absence.lead
        assert sum(result.points for result in absence.terms) == absence.total


@given(documents(), tables(max_size=12), st.data())
def test_what_if_is_the_rule_without_the_line(document, made, data):
    if not len(made):
        return
    row = data.draw(st.integers(0, len(made) - 1))
    assert [line.id for line in document.scores] == [case.without for case in what_if(ranked(document, made), row)]
    for case in what_if(ranked(document, made), row):
        assert case.position == ranked(document.without(case.without), made).position(row)


SIX = table([0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR], label={"source": ["a", "a", "b", "b", "c", "d"]})


def test_an_entry_held_by_its_source_names_who_stood_in_the_way():
    ranking = ranked(rule(FRESH, step("max-per-source", "limit = 1\nwindow = 4"), "[finish]\nlength = 4"), SIX)
    assert [0, 2, 4, 5, 1, 3] == ranking.order().tolist()
    (move,) = why(ranking, 1).moves
    assert ("max-per-source", 2, 5, "limit", (0,)) == (move.step, move.from_, move.to, move.reason, move.because)
    (move,) = why(ranking, 5).moves
    assert (6, 4, "overtook", (1, 3)) == (move.from_, move.to, move.reason, move.because)
    assert () == why(ranking, 2).moves  # it moved by one because another had to wait: no move of its own
    absence = why_not(ranking, 1)
    assert (Place.FURTHER_DOWN, 5, "max-per-source") == (absence.place, absence.position, absence.held_by.step)
    assert why_not(ranking, 3).held_by is not None


def test_a_lead_that_took_the_place_of_its_story_names_who_held_it():
    made = table([0, HOUR, 2 * HOUR, 3 * HOUR], label={"story": ["s", None, None, "s"]})
    ranking = ranked(rule(FRESH, step("one-per-story", "keep = 'earliest'")), made)
    assert [3, 1, 2] == ranking.order().tolist()
    (move,) = why(ranking, 3).moves
    assert (3, 1, "story", (0,)) == (move.from_, move.to, move.reason, move.because)
    assert (Place.FOLDED, 3) == (why_not(ranking, 0).place, why_not(ranking, 0).lead)


def test_an_entry_like_one_above_says_what_that_cost():
    ranking = ranked(rule(FRESH, step("spread", "by = 'source'\npoints = 20\nwindow = 2")), SIX)
    moves = {row: why(ranking, row).moves for row in range(6)}
    assert ("like", (0,), 20_000_000) == (moves[1][0].reason, moves[1][0].because, moves[1][0].amount)


def test_a_withheld_entry_tells_all_its_lines_and_what_it_would_have_scored():
    document = rule(FRESH, leave_out("one", "{ source = 'a' }"), leave_out("two", "{ age_hours = { at_most = 0 } }"))
    absence = why_not(ranked(document, SIX), 0)
    assert (("one", "A reason for one."), ("two", "A reason for two.")) == absence.lines
    assert 600 == absence.total_tenths


@pytest.mark.parametrize(
    ("line", "made", "expected"),
    [
        (AGE, table([9 * HOUR + 59]), "9 hours old"),
        (AGE, table([HOUR]), "1 hour old"),
        (AGE, table([59 * 60 + 59]), "59 minutes old"),
        (AGE, table([3 * 86400]), "3 days old"),
        (AGE, table([0], age_known=[False]), "not known"),
        (PACE, table([0], number={"source_pace": [400]}), "0.4 entries a day"),
        (PACE, table([0], number={"source_pace": [28_400]}), "28 entries a day"),
        (PACE, table([0], number={"source_pace": [50]}), "0.05 entries a day"),
        (PACE, table([0], number={"source_pace": [460]}), "0.5 entries a day"),
        (PACE, table([0], number={"source_pace": [9960]}), "10 entries a day"),
        (AGE, table([-5]), "0 minutes old"),
        (AGE, table([48 * HOUR]), "2 days old"),
        (AGE, table([48 * HOUR - 1]), "47 hours old"),
        (PACE, table([0], number={"source_pace": [1000]}), "1 entry a day"),
        ('signal = "words"\ncurve = { rises = [1, 2] }', table([0], number={"words": [12_345]}), "12,345 words"),
        ('signal = "words"\ncurve = { rises = [1, 2] }', table([0]), "not known"),
        ('signal = "first_report"', table([0], flags={"first_report": [1]}), "first to report"),
        ("signal = 'folder_share'", table([0], number={"folder_share": [12000]}), "a folder with 1.2 % of the entries"),
        ("when = { source = 'x' }", table([0], label={"source": ["x"]}), "its source is “x”"),
        ("when = { source = 'x' }", table([0], label={"source": ["y"]}), "not so: its source is “x”"),
    ],
)  # fmt: skip
def test_facts_are_told_in_plain_words(line, made, expected):
    assert expected == why(ranked(rule(term("a", line)), made), 0).terms[0].value_text


def test_explaining_many_is_explaining_each():
    ranking = ranked(rule(FRESH, step("take-turns", "by = 'source'")), SIX)
    assert tuple(why(ranking, row) for row in range(6)) == whys(ranking, np.arange(6))


def test_a_pick_from_far_down_says_how_far_it_was_looked_for():
    made = table(
        list(range(600)),
        label={"source": [f"s{n % 40}" for n in range(600)]},
        number={"pick": [None] * 599 + [1]},
    )
    ranking = ranked(rule(FRESH, step("max-per-source", "limit = 1\nwindow = 20"), step("pin")), made)
    (move,) = why(ranking, 599).moves
    assert ("pin", 202, 1, "pick", 1, True) == (move.step, move.from_, move.to, move.reason, move.amount, move.far)
    said = Sentences.of("en").move(move, ranking.position, entry="Entry")
    assert "Entry stands at 1st because an editor picked it" == said


def test_moves_are_told_in_plain_words():
    ranking = ranked(rule(FRESH, step("max-per-source", "limit = 1\nwindow = 4"), "[finish]\nlength = 4"), SIX)
    told = {
        row: [Sentences.of("en").move(move, ranking.position) for move in why(ranking, row).moves] for row in (1, 5)
    }
    assert ["it waited from 2nd to 5th: its source stands already at 1st"] == told[1]
    assert ["it moved up from 6th to 4th: others had to wait"] == told[5]


def test_a_pick_that_stands_below_others_names_those_and_not_itself():
    """Rows 0 to 2 stand in that order by time; they are picked for places 3, 1 and 2."""
    made = table([0, 60, 120, 180], number={"pick": [3, 1, 2, None]})
    ranking = rank(rule(step("pin", "limit = 3")), made, made.now)
    assert [1, 2, 0, 3] == ranking.order().tolist()
    (down,) = why(ranking, 0).moves
    assert ("overtaken", 1, 3, (1, 2)) == (down.reason, down.from_, down.to, down.because)
