"""Every limit of a rule, from both sides: what is just allowed is read, one more is refused and told."""

from __future__ import annotations

import pytest

from rankers.document import parse_rule
from rankers.problems import RuleError
from tests.rankers.making import FRESH, HEAD, leave_out, step, term


def told(text):
    """The problems of a whole rule, without the name of the file."""
    try:
        parse_rule(text)
    except RuleError as error:
        return [str(problem).removeprefix("rule.toml:") for problem in error.problems]
    return []


def of(*parts):
    return told(HEAD + "\n".join(parts))


def words(number, size=1):
    return [f"{'w' * size}{n}" for n in range(number)]


def group(share="0.1", name="g", why="w"):
    return f"{{ id = '{name}', when = {{ copy = true }}, at_least = {share}, why = '{why}' }}"


def age(curve):
    return term("a", f"signal = 'age_hours'\ncurve = {{ {curve} }}")


def nested(depth):
    return leave_out("a", "{ any = [" * (depth - 1) + "{ copy = true }" + "] }" * (depth - 1))


def lines(number):
    return [
        leave_out("f", "{ copy = true }"),
        step("pin"),
        *(term(f"t{n}", "when = { copy = true }", 0) for n in range(number - 2)),
    ]


def cases(number):
    return "\n".join("[[test]]\nabove = 'a'\nbelow = 'b'\nwhy = 'c'" for _ in range(number))


def topics(number):
    return "\n".join(f"[[topic]]\nid = 't{n}'\ntext = 'x'" for n in range(number))


RANGES = [
    (lambda n: f"[finish]\nlength = {n}", 1, 500),
    (lambda n: term("a", "when = { copy = true }", n), -1000, 1000),
    (lambda n: step("spread", f"by = 'source'\npoints = {n}"), 1, 1000),
    (lambda n: step("spread", f"by = 'source'\npoints = 1\ndepth = {n}"), 2, 500),
    (lambda n: step("spread", f"by = 'source'\npoints = 1\nwindow = {n}"), 1, 100),
    (lambda n: step("take-turns", f"by = 'source'\neach = {n}"), 1, 100),
    (lambda n: step("max-per-source", f"window = 500\nlimit = {n}"), 1, 499),
    (lambda n: step("max-per-source", f"limit = 1\nwindow = {n}"), 2, 500),
    (lambda n: step("pin", f"limit = {n}"), 1, 50),
    (lambda n: step("shares", f"depth = {n}\ngroups = [{group()}]"), 1, 500),
]


@pytest.mark.parametrize(("part", "low", "high"), RANGES, ids=range(len(RANGES)))
def test_a_whole_number_is_read_between_its_ends(part, low, high):
    assert [] == of(part(low)) == of(part(high))
    for beyond in (low - 1, high + 1):
        assert f"expected a whole number from {low} to {high}, found {beyond}" in of(part(beyond))[0]


MOST = [
    # (how many there may be, a rule with so many, what is said of one more)
    (200, lines, "expected at most 200 lines and steps, found 201"),
    (200, lambda n: leave_out("a", f"{{ title = {words(100)}, text = {words(n - 101)}, folder = 'x' }}"),
        "at most 200 single tests in all conditions, found 201"),
    (200, lambda n: [leave_out("a", f"{{ title = {words(100)}, folder = {words(n - 101)} }}"),
        step("shares", f"groups = [{group()}]")], "at most 200 single tests in all conditions, found 201"),
    (20, topics, "expected at most 20 topics, found 21"),
    (20, lambda n: f"[[topic]]\nid = 't'\nexamples = {words(n)}", "expected a list of 1 to 20 texts"),
    (100, cases, "expected at most 100 test cases, found 101"),
    (100, lambda n: leave_out("a", f"{{ title = {words(n)} }}"), "expected a list of 1 to 100, found 101"),
    (8, lambda n: step("shares", f"groups = [{', '.join(group(name=f'g{i}') for i in range(n))}]"), "a list of 1 to 8"),
    (20, lambda n: age(f"table = {[[i, 0] for i in range(n)]}"), "expected 2 to 20 rows"),
    (4, nested, "conditions may stand within each other 4 deep, not deeper"),
]  # fmt: skip


@pytest.mark.parametrize(("most", "part", "words"), MOST, ids=range(len(MOST)))
def test_as_many_as_allowed_are_read_and_one_more_is_refused(most, part, words):
    just, beyond = part(most), part(most + 1)
    assert [] == of(*([just] if isinstance(just, str) else just))
    (said,) = of(*([beyond] if isinstance(beyond, str) else beyond))
    assert words in said


LONGEST = [
    (300, lambda text: FRESH.replace("A reason.", text)),
    (300, lambda text: leave_out("a", "{ copy = true }").replace("A reason for a.", text)),
    (300, lambda text: step("pin").replace("A reason.", text)),
    (300, lambda text: step("shares", f"groups = [{group(why=text)}]")),
    (40, lambda text: step("shares", f"groups = [{group(name=text)}]")),
    (300, lambda text: f"[[test]]\nabove = 'a'\nbelow = 'b'\nwhy = '{text}'"),
    (2000, lambda text: f"[[test]]\nabove = '{text}'\nbelow = 'b'\nwhy = 'c'"),
    (2000, lambda text: f"[[test]]\nabove = 'a'\nbelow = '{text}'\nwhy = 'c'"),
    (1000, lambda text: f"[[topic]]\nid = 't'\ntext = '{text}'"),
    (1000, lambda text: f"[[topic]]\nid = 't'\nexamples = ['{text}']"),
    (100, lambda text: term("a", f"signal = 'lottery'\nseed = '{text}'")),
    (500, lambda text: leave_out("a", f"{{ folder = '{text}' }}")),
]


@pytest.mark.parametrize(("longest", "part"), LONGEST, ids=range(len(LONGEST)))
def test_a_text_is_as_long_as_it_may_be(longest, part):
    assert [] == of(part("x" * longest))
    (said,) = of(part("x" * (longest + 1)))
    assert said.endswith(f"expected at most {longest} characters, found {longest + 1}")


def test_title_and_plain_are_as_long_as_they_may_be():
    for old, longest in (("A rule", 100), ("What it does.", 300)):
        assert [] == told(HEAD.replace(old, "x" * longest))
        assert "characters" in told(HEAD.replace(old, "x" * (longest + 1)))[0]


def test_an_id_has_forty_characters_at_most():
    assert [] == of(FRESH.replace('"fresh"', f'"{"a" * 40}"'))
    (said,) = of(FRESH.replace('"fresh"', f'"{"a" * 70}"'))
    assert f'6:1: "{"a" * 60}" is no id: expected 1 to 40 of a-z, 0-9 and hyphen' == said


def test_patterns_are_as_long_as_they_may_be():
    assert [] == of(leave_out("a", f"{{ title = '{'x' * 200}' }}"), leave_out("b", f"{{ title = '/{'x' * 500}/' }}"))
    assert "expected at most 200 characters, found 201" in of(leave_out("a", f"{{ title = '{'x' * 201}' }}"))[0]
    long = of(leave_out("a", f"{{ title = '/{'x' * 501}/' }}"))
    assert "expected an expression of 1 to 500 characters, found 501" in long[0]
    assert "expected at least one letter" not in of(leave_out("a", "{ title = '//' }"))[0]
    assert "expected an expression of 1 to 500 characters, found 0" in of(leave_out("a", "{ title = '//' }"))[0]


def test_a_text_has_64_kib_at_most():
    head = HEAD + "# "
    assert [] == told(head + "x" * (65_536 - len(head)))
    assert ["1:1: expected at most 65536 bytes, found 65537"] == told(head + "x" * (65_537 - len(head)))


def test_a_line_has_64_dots_at_most_texts_and_comments_aside():
    dotted = FRESH + "a" + ".a" * 64 + " = 1 # " + "." * 80
    assert "expected at most 64 dots" not in of(dotted)[0]
    assert ["11:1: expected at most 64 dots in a line"] == of(dotted.replace("a.a", "a.a.a", 1))
    assert [] == of(FRESH.replace("A reason.", "." * 70))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("277777777", None),
        ("277777778", "10:11: expected a number up to 277777777, found 277777778"),
        ("1000000000000", "10:11: expected a number up to 277777777, found 1000000000000"),
        ("1000000000001", "10:11: expected a number up to 277777777, found 1000000000001"),
        ("nan", "10:11: expected a number up to 277777777, found NaN"),
        ("-inf", "10:11: expected a number up to 277777777, found -Infinity"),
        ("1e-29", "10:11: 1E-29 is too fine: age_hours is counted in whole seconds"),
        ("1e-30", "10:11: expected a number up to 277777777, found 1E-30"),
        ("1e29", "10:11: expected a number up to 277777777, found 1E+29"),
        ("'3'", "10:11: expected a number, found a text"),
        ("true", "10:11: expected a number, found true or false"),
        ("[3]", "10:11: expected a number, found a list"),
        ("{ a = 1 }", "10:11: expected a number, found a table"),
        ("12:00:00", "10:11: expected a number, found a date or time"),
    ],
)
def test_a_number_is_as_large_and_as_fine_as_counting_allows(number, said):
    assert ([] if said is None else [said]) == of(age(f"at_most = {number}"))


def test_numbers_may_be_as_far_below_nought_as_above_it():
    most = 10**12
    assert [] == of(leave_out("a", f"{{ words = {{ at_least = -{most}, at_most = {most} }} }}"))
    for number in (-most - 1, most + 1):
        (said,) = of(leave_out("a", f"{{ words = {{ at_least = {number} }} }}"))
        assert said.endswith(f"expected a number up to {most}, found {number}")


@pytest.mark.parametrize(
    ("curve", "said"),
    [
        ("table = [[1, 0], [2, 1]]", None),
        ("table = [[1, 0], [2, -0.000001]]", "10:28: expected a share from 0 to 1"),
        ("table = [[1, 0], [2, 1.000001]]", "10:28: expected a share from 0 to 1"),
        ("table = [[1, 0], [2, 0.0000001]]", "10:28: 1E-7 is too fine: a share is counted in millionths"),
        ("table = [[1, 0, 0], [2, 1]]", "10:20: expected a row [x, share]"),
        ("table = [[1], [2, 1]]", "10:20: expected a row [x, share]"),
        ("table = [7, [2, 1]]", "10:20: expected a row [x, share]"),
        ("table = [[2, 1], [2, 1]]", "10:28: expected an x above the one before"),
        ("table = 3", "10:11: expected 2 to 20 rows [x, share]"),
        ("rises = [1, 2]", None),
        ("rises = [2, 2]", "10:11: expected two numbers of which the first is smaller"),
        ("rises = [1, 2, 3]", "10:11: expected two numbers [from, to], found a list"),
        ("rises = 3", "10:11: expected two numbers [from, to], found a number"),
        ("falls = [0, 'x']", "10:23: expected a number, found a text"),
        ("at_least = 1", None),
        ("at_most = -1", None),
        ("", "10:1: expected one of halves_every, rises, falls, at_least, at_most, table"),
        ("at_least = 1, at_most = 2, rises = [1, 2]", "expected one shape, found rises and at_least and at_most"),
    ],
)
def test_a_curve_is_one_whole_shape(curve, said):
    found = of(age(curve))
    assert [] == found if said is None else any(said in each for each in found)


def test_shares_of_all_groups_make_a_whole_at_most():
    def groups(*shares):
        return step("shares", f"groups = [{', '.join(group(share, f'g{n}') for n, share in enumerate(shares))}]")

    assert [] == of(groups("0.5", "0.5")) == of(groups("1")) == of(groups("0.000001"))
    assert "add up to more than 1" in of(groups("0.5", "0.500001"))[0]
    for share in ("0", "1.000001", "-0.1"):
        assert any("expected a share above 0 and up to 1" in each for each in of(groups(share)))
    twice = step("shares", f"groups = [{group()}, {group()}]")
    assert ["8:1: two groups have the same id"] == of(twice)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("reads = 3", "5:1: expected a list of the facts that the rule reads, or no such key"),
        ("reads = ['words', 3]", "5:1: expected a list of the facts that the rule reads, or no such key"),
        ("[[topic]]\nid = 't'\nexamples = []", "7:1: expected a list of 1 to 20 texts"),
        ("[[topic]]\nid = 't'\nexamples = ['']", "7:13: expected a text, found an empty one"),
        ("[[topic]]\nid = 't'\ntext = 'x'\nexamples = ['y']", '5:1: expected either "text" or "examples"'),
        (leave_out("a", "{ title = [] }"), "7:15: expected a list of 1 to 100, found 0"),
        (leave_out("a", "{ words = {} }"), "7:15: expected at_least, at_most or both"),
        (leave_out("a", "3"), "7:1: expected a table, found a number"),
        (leave_out("a", "{ any = 3 }"), '7:15: "any" expects a list of at least one condition, found a number'),
        (leave_out("a", "{ any = [3] }"), "7:22: expected a table, found a number"),
        (leave_out("a", "{ topic = 3 }"), "7:15: expected a table, found a number"),
        (leave_out("a", "{ kind = 'Video' }"), None),
        (step("shares", "groups = 3"), "8:1: expected tables headed [[groups]], found a number"),
        (step("pin", "limit = '3'"), '8:1: expected a whole number from 1 to 50, found "3"'),
        (step("pin", "limit = true"), "8:1: expected a whole number from 1 to 50, found true"),
        (step("pin", "limit = false"), "8:1: expected a whole number from 1 to 50, found false"),
        (step("pin", "limit = nan"), "8:1: expected a whole number from 1 to 50, found NaN"),
        (step("pin", "limit = [3]"), "8:1: expected a whole number from 1 to 50, found a list"),
        (step("take-turns", "by = 3"), "8:1: expected source, owner, folder or language, found 3"),
        (step("one-per-story", "keep = 'eearliest'"), 'found "eearliest" (did you mean "earliest"?)'),
        (term("a", "signal = 'agehours'", 0), '9:1: "agehours" is no signal (did you mean "age_hours"?)'),
        (term("a", "signal = 3", 0), "9:1: expected a text, found a number"),
        (term("a", "signal = 'title'\ncurve = { at_least = 1 }", 0), '9:1: "title" is no number'),
        (term("a", "signal = 'language'\ncurve = { at_least = 1 }", 0), '9:1: "language" is no number'),
        (term("a", "when = { paid = true }", 1), "7:1: paid posts may not gain points: expected 0 or less, found 1"),
        (term("a", "when = { paid = true }", 0), None),
        (term("a", "when = { paid = false }", 1), None),
        (term("a", "when = { any = [{ copy = true }, { paid = true }] }", 1), "paid posts may not gain points"),
        (term("a", "when = { copy = true, paid = true }", 1), "paid posts may not gain points"),
        (term("a", "when = { none = [{ none = [{ paid = true }] }] }", 1), "paid posts may not gain points"),
        (term("a", "when = { none = [{ paid = true }] }", 1), None),
        (term("a", "when = { none = [{ title = 'sponsored' }] }", 1), None),
        (step("one-per-story") + step("spread", "by = 'source'\npoints = 1"), None),
        (step("one-per-story") + step("take-turns", "by = 'source'") + step("pin"), None),
        ("[[test]]\nabove = 'a'\nbelow = 'b'\nwhy = 'c'\ncolour = 1", '9:1: "colour" is not known here'),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_told_and_what_is_right_is_not(part, said):
    found = of(part)
    assert [] == found if said is None else any(said in each for each in found), found


def test_tests_of_a_rule_are_kept_as_written():
    (case,) = parse_rule(
        HEAD + "[[test]]\nabove = 'https://a.example/1'\nbelow = 'https://b.example/2'\nwhy = 'Why.'"
    ).tests
    assert ("https://a.example/1", "https://b.example/2", "Why.") == (case.above, case.below, case.why)
