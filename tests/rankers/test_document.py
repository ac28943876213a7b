import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankers.document import parse_rule
from rankers.problems import RuleError
from tests.rankers.making import FRESH, HEAD, documents, leave_out, rule, step, term


def problems(*parts, head=HEAD):
    with pytest.raises(RuleError) as raised:
        parse_rule(head + "\n".join(parts), file="mine.toml")
    return [str(problem) for problem in raised.value.problems]


def the_problem(*parts, head=HEAD):
    (problem,) = problems(*parts, head=head)
    return problem


PACE = 'signal = "source_pace"\ncurve = { rises = [3, 30] }'

MISTAKES = [
    # (a part after the four lines of HEAD, line, column, words of the message)
    ("colour = 1", 5, 1, '"colour" is not known here'),
    ("finsh = { length = 3 }", 5, 1, 'did you mean "finish"?'),
    ("[finish]\nlength = 0", 6, 1, "expected a whole number from 1 to 500, found 0"),
    ("[finish]\nlength = 2.5", 6, 1, "expected a whole number from 1 to 500, found 2.5"),
    ("[finish]\nlenght = 3", 6, 1, 'did you mean "length"?'),
    ("[finish]", 5, 1, '"length" is missing'),
    (term("a", "signal = 'age_hour'\ncurve = { halves_every = 1 }"), 9, 1, 'did you mean "age_hours"?'),
    (term("a", "signal = 'age_hours'"), 5, 1, '"age_hours" needs a curve'),
    (term("a", ""), 5, 1, 'expected "signal", "when" or both'),
    (term("a", "signal = 'age_hours'\ncurve = { halves = 1 }"), 10, 11, 'did you mean "halves_every"?'),
    (term("a", "signal = 'age_hours'\ncurve = { halves_every = 0 }"), 10, 11, "expected a number above 0"),
    (
        term("a", "signal = 'age_hours'\ncurve = { halves_every = 0.0001 }"),
        10,
        11,
        "age_hours is counted in whole seconds",
    ),
    (term("a", "signal = 'age_hours'\ncurve = { falls = [5, 5] }"), 10, 11, "the first is smaller"),
    (term("a", "signal = 'age_hours'\ncurve = { falls = [5] }"), 10, 11, "expected two numbers"),
    (term("a", "signal = 'words'\ncurve = { table = [[1, 0], [1, 1]] }"), 10, 28, "expected an x above the one before"),
    (term("a", "signal = 'words'\ncurve = { table = [[1, 0], [2, 1.5]] }"), 10, 28, "expected a share from 0 to 1"),
    (term("a", "signal = 'words'\ncurve = { table = [[1, 0]] }"), 10, 11, "expected 2 to 20 rows"),
    (term("a", "signal = 'age_hours'\ncurve = { halves_every = inf }"), 10, 11, "expected a number up to"),
    (term("a", "signal = 'age_hours'\ncurve = { halves_every = 1e999999999 }"), 10, 11, "expected a number up to"),
    (term("a", "signal = 'age_hours'\ncurve = { halves_every = 2026-01-01 }"), 10, 11, "found a date or time"),
    (
        term("a", "signal = 'age_hours'\ncurve = { at_most = 3, at_least = 1 }"),
        10,
        11,
        "expected one shape, found at_least and at_most",
    ),
    (term("a", PACE, points=1001), 7, 1, "expected a whole number from -1000 to 1000, found 1001"),
    (term("A b", PACE), 6, 1, "expected 1 to 40 of a-z, 0-9 and hyphen"),
    (term("a", "signal = 'title'"), 9, 1, "ask for it with when = { title"),
    (term("a", "signal = 'topic.rents'"), 9, 1, 'no [[topic]] has the id "rents"'),
    (term("a", "when = { folder = 'x' }\ncurve = { at_least = 1 }"), 10, 1, 'a curve needs a "signal"'),
    (term("a", "signal = 'words'\nseed = 'x'\ncurve = { at_least = 1 }"), 10, 1, "belongs to the signal"),
    (term("a", "when = { paid = true }"), 7, 1, "paid posts may not gain points"),
    (term("a", "when = { none = [{ paid = false }] }"), 7, 1, "paid posts may not gain points"),
    (term("a", "when = { category = 'Sponsored' }"), 7, 1, "paid posts may not gain points"),
    (term("a", "signal = 'paid'"), 7, 1, "paid posts may not gain points"),
    (leave_out("a", "{ titel = 'x' }"), 7, 15, 'did you mean "title"?'),
    (leave_out("a", "{ title = 'C++' }"), 7, 15, r"write /C\+\+/"),
    (leave_out("a", "{ title = 'ukr*ain' }"), 7, 15, "a * may only stand at the end"),
    (leave_out("a", "{ title = '* x' }"), 7, 15, "a * may only stand at the end"),
    (leave_out("a", "{ title = ' - ' }"), 7, 15, "expected at least one letter or digit"),
    (leave_out("a", "{ title = ['ok', '/(/'] }"), 7, 30, "not an expression that RE2 can run"),
    (leave_out("a", "{ title = '/a(?=b)/' }"), 7, 15, "not an expression that RE2 can run"),
    (leave_out("a", "{}"), 7, 1, "expected at least one test"),
    (leave_out("a", "{ any = [] }"), 7, 15, "at least one condition, found an empty list"),
    (leave_out("a", "{ words = 5 }"), 7, 15, "expected { at_least"),
    (leave_out("a", "{ words = { at_least = 5, at_most = 4 } }"), 7, 15, "at_least is above at_most"),
    (leave_out("a", "{ words = { least = 5 } }"), 7, 25, 'did you mean "at_least"?'),
    (leave_out("a", "{ copy = 1 }"), 7, 15, "expected true or false, found a number"),
    (leave_out("a", "{ kind = 'vidoe' }"), 7, 15, 'did you mean "video"?'),
    (leave_out("a", "{ any = [{ any = [{ any = [{ any = [{ copy = true }] }] }] }] }"), 7, 49, "4 deep"),
    (leave_out("a", "{ topic.x = { at_least = 0.3 } }"), 7, 15, 'no [[topic]] has the id "x"'),
    (leave_out("a", "{ likes = { at_least = 3 } }"), 7, 15, '"likes" is no fact'),
    (step("max-per-source", "limit = 3\nwindow = 3"), 9, 1, "expected a window larger than the limit"),
    (step("max-per-sorce"), 6, 1, 'did you mean "max-per-source"?'),
    (step("take-turns"), 5, 1, '"by" is missing: expected source, owner, folder or language'),
    (step("pin") + step("take-turns", "by = 'source'"), 10, 1, "expected pin as the last step"),
    (step("pin") + step("pin"), 10, 1, "expected each step at most once"),
    (step("take-turns", "by = 'source'") + step("one-per-story"), 10, 1, "expected it as the first step"),
    (step("take-turns", "by = 'source'") + step("spread", "by = 'source'\npoints = 1"), 10, 1, "works on points"),
    (step("shares"), 5, 1, "a list of 1 to 8"),
    ("[[topic]]\nid = 't'", 5, 1, 'expected either "text" or "examples"'),
    ("[[topic]]\nid = 't'\ntext = ''", 7, 1, "found an empty one"),
    ("reads = ['words']\n" + FRESH, 5, 1, "expected what the rule reads: age_hours"),
    (FRESH + FRESH, 12, 1, '"fresh" is the id of another line'),
    ("x = ", 5, 5, "not a TOML text"),
    ("x = 'a", 5, 7, "not a TOML text"),
    ("score = 3", 5, 1, "expected tables headed [[score]], found a number"),
    ("finish = 3", 5, 1, "expected a table, found a number"),
    ("[[test]]\nabove = 'https://a.example/1'\nwhy = 'x'", 5, 1, '"below" is missing'),
]


@pytest.mark.parametrize(("text", "line", "column", "words"), MISTAKES)
def test_a_mistake_is_told_with_its_place(text, line, column, words):
    told = [problem for problem in problems(text) if words in problem]
    assert [f"mine.toml:{line}:{column}:"] == [problem.split(" ")[0] for problem in told]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_text():
    found = problems(
        "[[score]]\nid = 'X'\nsignal = 'age'\npoints = 3\n[[filter]]\nid = 'f'\nwhy = ''\nleave_out = { a = 1 }"
    )
    assert [5, 6, 7, 11, 12] == [int(problem.split(":")[1]) for problem in found]


@pytest.mark.parametrize("missing", ["schema", "id", "title", "plain"])
def test_the_four_first_lines_are_needed(missing):
    head = "".join(f"{line}\n" for line in HEAD.splitlines() if not line.startswith(missing))
    assert f'"{missing}" is missing' in the_problem(head=head)


def test_another_schema_is_refused():
    assert "expected ranking-rule/1" in the_problem(head=HEAD.replace("rule/1", "rule/2"))


def test_a_why_is_needed_on_every_line():
    for part in (FRESH, leave_out("a", "{ copy = true }"), step("pin")):
        assert '"why" is missing' in the_problem("\n".join(x for x in part.splitlines() if not x.startswith("why")))


@pytest.mark.parametrize(
    "text",
    [
        "plain = '" + "x" * 70_000 + "'",
        "x = " + "[" * 20_000,
        "x = " + "[" * 5000 + "]" * 5000,
        "a" + ".a" * 20_000 + " = 1",
        "[" + "a." * 20_000 + "a]",
        "x = " + "9" * 10_000,
        "[finish]\nlength = " + "9" * 4000,
        "\n".join(term(f"t{n}", "when = { copy = true }", 0) for n in range(201)),
        "\n".join(leave_out(f"t{n}", f"{{ title = {[f'w{i}' for i in range(100)]} }}") for n in range(3)),
        leave_out("a", f"{{ title = {[f'w{i}' for i in range(101)]} }}"),
        leave_out("a", f"{{ title = '/{'a' * 501}/' }}"),
        leave_out("a", "{ title = '/(((a{1,100}){1,100}){1,100})/' }"),
        FRESH.replace("A reason.", "x" * 301),
    ],
    ids=range(13),
)
def test_too_much_is_refused(text):
    assert len(problems(text)) >= 1


def test_a_problem_names_the_line_in_a_text_with_every_kind_of_string():
    text = 'x = """\n[[score]]\nid = "no"\n"""\ny = \'a # b\'\n"odd key" = [1, # one\n 2]\n'
    assert [5, 9, 10] == [int(problem.split(":")[1]) for problem in problems(text)]


SPELLINGS = [
    "[[score]]\nid='a'\nsignal='age_hours'\ncurve={halves_every=18}\npoints=40\nwhy='Yes.'",
    "# a comment\n[[score]]\nwhy = ' Yes. '\npoints = 40.0\n[score.curve]\nhalves_every = 1.8e1",
    '[[score]]\npoints = 4_0\ncurve.halves_every = 18.0 # hours\nwhy = """Yes."""',
]


def test_spellings_of_one_rule_have_one_hash():
    hashes = set()
    for text in SPELLINGS:
        whole = text if "signal" in text else text.replace("[[score]]", "[[score]]\nid = 'a'\nsignal = 'age_hours'", 1)
        hashes.add(rule(whole).hash)
    assert 1 == len(hashes)


@pytest.mark.parametrize(
    ("written", "default"),
    [
        (step("one-per-story", "keep = 'highest'"), step("one-per-story")),
        (step("take-turns", "by = 'source'\neach = 1"), step("take-turns", "by = 'source'")),
        (
            step("spread", "by = 'source'\npoints = 3\ndepth = 200\nwindow = 10"),
            step("spread", "by = 'source'\npoints = 3"),
        ),
        (step("pin", "limit = 3"), step("pin")),
        (term("a", "signal = 'lottery'\nseed = 'a-rule'"), term("a", "signal = 'lottery'")),
        (leave_out("a", "{ title = ['x'] }"), leave_out("a", "{ title = 'x' }")),
        (leave_out("a", "{ language = ['fr'] }"), leave_out("a", "{ language = 'fr' }")),
        ("[[test]]\nabove = 'x'\nbelow = 'y'\nwhy = 'z'\n", ""),
        ("reads = ['age_hours']\n" + FRESH, FRESH),
        (FRESH.replace("A reason.", "Cafe\u0301."), FRESH.replace("A reason.", "Caf\u00e9.")),
    ],
)
def test_a_default_written_out_changes_no_hash(written, default):
    assert rule(default).hash == rule(written).hash


@pytest.mark.parametrize(
    "other",
    [
        FRESH.replace("60", "61"),
        FRESH.replace("24", "25"),
        FRESH.replace("fresh", "new"),
        FRESH.replace("A reason.", "Another."),
        FRESH + step("pin"),
        FRESH + "[finish]\nlength = 30",
    ],
)
def test_what_a_rule_says_is_in_its_hash(other):
    assert rule(FRESH).hash != rule(other).hash


def test_order_of_lines_is_in_the_hash():
    a, b = leave_out("a", "{ copy = true }"), leave_out("b", "{ paid = true }")
    assert rule(a, b).hash != rule(b, a).hash


def test_the_canonical_rule_counts_in_smallest_units():
    document = rule(FRESH, leave_out("a", "{ source_pace = { at_least = 2.5 } }"))
    canonical = json.loads(document.canonical)
    assert 86_400 == canonical["score"][0]["curve"]["halves_every"]
    assert {"source_pace": {"at_least": 2500}} == canonical["filter"][0]["leave_out"]


@given(documents())
def test_reads_names_every_fact_and_no_other(document):
    text = document.canonical.decode()
    for name in document.reads - {"story", "pick", "owner", "meaning"}:
        assert f'"{name}"' in text


@given(documents(), st.sampled_from(["\n", "\r\n"]))
def test_a_rule_read_again_has_the_same_hash(document, newline):
    again = parse_rule(document.toml.replace("\n", newline))
    assert document.hash == again.hash
    assert document == again


@given(st.text(max_size=300))
def test_any_text_is_a_rule_or_a_list_of_problems(text):
    with pytest.raises(RuleError) as raised:
        parse_rule(text)
    assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in raised.value.problems)


@given(documents(), st.data())
def test_a_rule_with_a_piece_changed_never_breaks_the_reader(document, data):
    text = document.toml
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, min(at + 8, len(text))))
    put = data.draw(st.text("={}[]\"'.,#\n19az-", max_size=4))
    with contextlib.suppress(RuleError):
        parse_rule(text[:at] + put + text[end:])


def test_points_may_be_written_as_a_whole_decimal():
    assert 40 == rule(FRESH.replace("60", "40.0")).scores[0].points
