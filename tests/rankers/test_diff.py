import dataclasses

import pytest
from hypothesis import given

from rankers.diff import diff_rules
from rankers.document import parse_rule
from rankers.ranking import rank
from rankers.sentences import Sentences
from tests.rankers.making import FRESH, HEAD, documents, leave_out, rule, step, tables, term

ENGLISH = Sentences.of("en")


def kinds(before, after):
    return [change.kind for change in diff_rules(before, after, ENGLISH).changes]


@given(documents())
def test_a_rule_differs_in_nothing_from_itself(document):
    assert () == diff_rules(document, document, ENGLISH).changes


@given(documents(), documents())
def test_rules_of_other_hashes_differ_in_something(one, other):
    assert (one.hash == other.hash) == (not diff_rules(one, other, ENGLISH).changes)
    assert all(change.text for change in diff_rules(one, other, ENGLISH).changes)


@given(documents(), documents(), tables(max_size=15))
def test_what_is_called_the_same_order_is_the_same_order(one, other, made):
    mixed = dataclasses.replace(other, scores=one.scores, arrange=one.arrange, length=one.length)
    if diff_rules(one, mixed, ENGLISH).same_order:
        assert rank(one, made, made.now).order().tolist() == rank(mixed, made, made.now).order().tolist()


A, B = leave_out("a", "{ copy = true }"), leave_out("b", "{ title = 'x' }")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", FRESH, ["added"]),
        (FRESH, "", ["removed"]),
        (FRESH, FRESH.replace("60", "50"), ["points"]),
        (FRESH, FRESH.replace("24", "25"), ["curve"]),
        (FRESH, FRESH.replace("halves_every = 24", "falls = [1, 24]"), ["curve"]),
        (FRESH, FRESH + "when = { copy = false }", ["when"]),
        (FRESH, FRESH.replace("age_hours", "words"), ["signal"]),
        (FRESH, FRESH.replace("A reason.", "Another."), ["wording"]),
        (A + B, B + A, ["filter-order"]),
        (A, A.replace("copy", "first_report"), ["condition"]),
        (step("pin"), step("pin", "limit = 1"), ["parameter"]),
        (
            step("take-turns", "by = 'source'") + step("max-per-source", "limit = 1\nwindow = 3"),
            step("max-per-source", "limit = 1\nwindow = 3") + step("take-turns", "by = 'source'"),
            ["step-moved", "step-moved"],
        ),
        ("[finish]\nlength = 3", "[finish]\nlength = 4", ["length"]),
        ("", "[finish]\nlength = 4", ["length"]),
        ("[[topic]]\nid = 't'\ntext = 'a'", "[[topic]]\nid = 't'\ntext = 'b'", ["subject"]),
        (term("l", "signal = 'lottery'"), term("l", "signal = 'lottery'\nseed = 'x'"), ["seed"]),
    ],
)
def test_a_change_is_told_by_what_it_does(before, after, expected):
    assert expected == kinds(rule(before), rule(after))


def test_words_alone_move_nothing():
    before, after = rule(FRESH), parse_rule(HEAD.replace("A rule", "Another") + FRESH)
    (change,) = diff_rules(before, after, ENGLISH).changes
    assert "only words changed: the title" == change.text
    assert diff_rules(before, after, ENGLISH).same_order


def test_a_moved_curve_is_told_in_plain_words():
    (change,) = diff_rules(rule(FRESH), rule(FRESH.replace("24", "36")), ENGLISH).changes
    assert "Fresh: “half as much every 24 hours” became “half as much every 36 hours”" == change.text
