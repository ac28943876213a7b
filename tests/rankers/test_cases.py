from __future__ import annotations

from hypothesis import given

from rankers.cases import best_standing
from rankers.explain import Place, why_not
from rankers.ranking import rank
from tests.rankers.making import FRESH, HOUR, documents, leave_out, rule, step, table, tables


@given(documents(), tables())
def test_an_entry_stands_where_the_order_has_it_or_its_lead(document, made):
    ranking = rank(document, made, made.now)
    places = {row: place for place, row in enumerate(ranking.order().tolist(), start=1)}
    for row in range(len(made)):
        found = best_standing(ranking, [row])
        absence = why_not(ranking, row)
        assert (row, absence.place) == (found.row, found.place)
        assert places.get(row if absence.lead is None else absence.lead) == found.position
        assert tuple(line for line, _ in absence.lines) == found.lines


def test_above_means_an_earlier_place_or_any_place_before_none():
    document = rule(FRESH, leave_out("old", "{ age_hours = { at_least = 90 } }"), step("one-per-story"))
    made = table([n * HOUR for n in (1, 2, 3, 100)], label={"story": ["s", None, "s", None], "source": list("abcd")})
    ranking = rank(document, made, made.now)
    lead, second, folded, out = (best_standing(ranking, [row]) for row in range(4))
    assert [1, 2, 1, None] == [one.position for one in (lead, second, folded, out)]
    assert Place.FOLDED is folded.place
    assert lead.above(second)
    assert folded.above(second)
    assert second.above(out)
    assert not second.above(lead)
    assert not lead.above(folded)
    assert not folded.above(lead)
    assert not out.above(second)
    assert not out.above(out)


def test_of_several_entries_with_one_link_the_best_placed_counts():
    ranking = rank(
        rule(FRESH, leave_out("old", "{ age_hours = { at_least = 2 } }")), table([1, 2, 3 * HOUR]), table([1]).now
    )
    assert 1 == best_standing(ranking, [2, 1, 0]).row + 1
    assert best_standing(ranking, []) is None
