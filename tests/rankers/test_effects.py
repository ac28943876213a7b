from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from rankers.effects import line_effects
from rankers.ranking import rank
from rankers.score import term_column
from tests.rankers.making import FRESH, HOUR, documents, leave_out, rule, step, table, tables, term

PLACES = 12


def changed(before, after):
    """How many of `after` stand elsewhere than in `before`, or come or go: places compared one by one."""
    return sum(1 for place, row in enumerate(after) if row not in before or before.index(row) != place)


@given(documents(), tables())
def test_what_a_line_moved_is_what_the_rule_without_it_shows(document, made):
    ranking = rank(document, made, made.now)
    shown = ranking.order(0, PLACES).tolist()
    found = {(effect.part, effect.id): effect for effect in line_effects(ranking, PLACES)}
    others = {
        **{("filter", line.id): ("filters", document.filters, line) for line in document.filters},
        **{("score", line.id): ("scores", document.scores, line) for line in document.scores},
        **{("arrange", line.name): ("arrange", document.arrange, line) for line in document.arrange},
    }
    assert others.keys() == found.keys()
    for key, (part, lines, line) in others.items():
        smaller = replace(document, **{part: tuple(one for one in lines if one is not line)})
        without = rank(smaller, made, made.now).order(0, len(shown)).tolist()
        assert changed(without, shown) == found[key].moved, key
        assert 0 <= found[key].touched <= len(made)


def test_a_line_counts_what_it_touches_and_what_it_cannot_read():
    document = rule(
        leave_out("old", "{ age_hours = { at_least = 90 } }"),
        FRESH,
        term("long", 'signal = "words"\ncurve = { at_least = 500 }', 5),
    )
    made = table([HOUR, 2 * HOUR, 3 * HOUR, 100 * HOUR], number={"words": [600, None, 100, 700]})
    effects = {effect.id: effect for effect in line_effects(rank(document, made, made.now), 30)}
    assert (1, 0) == (effects["old"].touched, effects["old"].missing)
    assert (3, 0, True) == (effects["fresh"].touched, effects["fresh"].missing, effects["fresh"].alone)
    assert (1, 1) == (effects["long"].touched, effects["long"].missing)


def test_a_step_says_at_which_places_it_gave_way():
    document = rule(FRESH, step("max-per-source", "limit = 1\nwindow = 3"))
    made = table([1, 2, 3, 4], label={"owner": ["a", "a", "b", "a"]})
    (gave,) = rank(document, made, made.now).gave_way(0, 4)
    assert ("max-per-source", (3, 4)) == (gave.step.name, gave.places)
    assert rank(document, made, made.now).gave_way(0, 2) == ()


@given(documents(), tables())
def test_what_a_line_touches_cannot_read_and_could_do_alone(document, made):
    ranking = rank(document, made, made.now)
    stay = [not ranking.withheld_by(row) for row in range(len(made))]
    shown = ranking.order(0, PLACES).tolist()
    found = {(effect.part, effect.id): effect for effect in line_effects(ranking, PLACES)}
    for line in document.filters:
        effect = found["filter", line.id]
        assert (int(line.leave_out.match(made).sum()), 0, False) == (effect.touched, effect.missing, effect.alone)
    for line in document.scores:
        column = term_column(line, made)
        counted = [bool(kept and points) for kept, points in zip(stay, column.points.tolist(), strict=True)]
        has = [True] * len(made) if column.present is None else column.present.tolist()
        gate = [True] * len(made) if column.open is None else column.open.tolist()
        unknown = [kept and let and not known for kept, let, known in zip(stay, gate, has, strict=True)]
        only = rank(replace(document, scores=(line,)), made, made.now).order(0, len(shown)).tolist()
        alone = len(document.scores) > 1 and only == shown
        effect = found["score", line.id]
        assert (sum(counted), sum(unknown), alone) == (effect.touched, effect.missing, effect.alone)
    for line, made_order in ranking.steps:
        before, after = made_order.incoming.first(len(shown)).tolist(), made_order.first(len(shown)).tolist()
        folded = ranking.counts.folded if line.name == "one-per-story" else 0
        assert (folded or changed(before, after)) == found["arrange", line.name].touched
