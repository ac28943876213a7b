from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.services.rule_form import PRESETS, change_text, read_form
from aggregator.services.rule_text import move_line, remove_line, set_value
from rankers import RuleError, load_toml, parse_rule, published_rules
from tests.rankers.making import documents

SHIPPED = published_rules()
TEXT = """# Ours since spring.
schema = "ranking-rule/1"
id = "ours"      # never changes
title = "Ours"
plain = "What we like."

[[score]]        # the first
id = "fresh"
signal = "age_hours"
curve = { halves_every = 24 }   # a day
points = 60      # sixty of seventy
why = "New."

# Against noise.
[[filter]]
id = "no-audio"
leave_out = { any = [{ kind = "audio" }, { language = ["fr", "de"] }] }
why = "To read."

# Loud ones.
[[score]]
id = "loud"
signal = "source_pace"
curve = { rises = [1.5, 10] }
points = -10
why = "Loud."

[finish]
length = 10      # places
"""


def inputs(text):
    """Everything a browser would send for a form that nobody touched."""
    form = read_form(text)
    sent = {field.name: field.text for field in form.fields()}
    for line in form.all_lines():
        if line.curve and line.curve.written is None:
            curve = line.curve
            sent |= {f"{curve.name}.{key}": getattr(curve, key) for key in ("shape", "low", "high", "rows")}
        if line.condition and line.condition.written is None:
            sent[f"{line.condition.name}.mode"] = line.condition.mode
            for number, test in enumerate(line.condition.tests):
                sent |= {f"{line.condition.name}.{number}.{key}": getattr(test, key) for key in ("text", "low", "high")}
    return sent


@pytest.mark.parametrize("text", [TEXT, *SHIPPED.values()], ids=["ours", *SHIPPED])
def test_a_form_that_nobody_touched_leaves_the_text_to_the_letter(text):
    assert text == change_text(text, inputs(text))


@given(documents())
def test_form_and_text_say_the_same_of_any_rule(document):
    assert document.toml == change_text(document.toml, inputs(document.toml))


@given(documents(), st.data())
def test_what_a_form_is_changed_to_is_what_it_shows_next(document, data):
    sent = inputs(document.toml)
    numbers = [name for name in sent if name.endswith((".points", ".limit", ".window", ".low"))]
    words = [name for name in sent if name.endswith((".why", "title", "plain"))]
    for name in data.draw(st.lists(st.sampled_from(numbers), max_size=3) if numbers else st.just([])):
        sent[name] = str(data.draw(st.integers(1, 99))) if sent[name] else sent[name]
    for name in data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=3)):
        sent[name] = data.draw(
            st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1).map(str.strip).filter(bool)
        )
    changed = change_text(document.toml, sent)
    assert sent == inputs(changed)
    assert changed == change_text(changed, sent)


def test_a_change_keeps_every_comment():
    sent = inputs(TEXT) | {
        "score.0.points": "50", "score.0.curve.low": "12", "filter.0.leave_out.0.text": "video", "finish.length": "20",
        "title": "Theirs",
    }  # fmt: skip
    changed = change_text(TEXT, sent)
    expected = TEXT.replace("points = 60 ", "points = 50 ").replace("halves_every = 24", "halves_every = 12")
    expected = expected.replace('kind = "audio"', 'kind = "video"').replace("length = 10 ", "length = 20 ")
    assert expected.replace('"Ours"', '"Theirs"') == changed


def test_a_line_goes_with_the_comment_above_it_and_no_other():
    left = change_text(TEXT, {"do": "remove score.1"})
    assert "Loud ones" not in left
    assert ("Against noise" in left, "# a day" in left, "# places" in left) == (True, True, True)
    assert ["fresh"] == [term.id for term in parse_rule(left).scores]


def test_lines_change_places_with_their_comments():
    turned = change_text(TEXT, {"do": "up score.1"})
    assert ["loud", "fresh"] == [term.id for term in parse_rule(turned).scores]
    assert turned.index("# Loud ones.\n[[score]]") < turned.index("# Against noise.") < turned.index("# a day")
    assert turned == change_text(turned, {"do": "up score.0"})
    assert TEXT == change_text(turned, {"do": "down score.0"})


@pytest.mark.parametrize("name", PRESETS)
def test_a_line_to_begin_with_makes_a_rule_at_once(name):
    once = change_text(TEXT, {"new-line": name})
    document = parse_rule(once)
    assert len(list(read_form(TEXT).all_lines())) + 1 == len(list(read_form(once).all_lines()))
    assert "# sixty of seventy" in once
    if PRESETS[name].part != "arrange":
        parse_rule(change_text(once, {"new-line": name}))  # twice: under another id
    assert document.hash != parse_rule(TEXT).hash


def test_steps_are_put_where_they_may_stand():
    text = TEXT
    for name in ("pin", "max-per-source", "one-per-story", "take-turns", "spread"):
        text = change_text(text, {"new-line": name})
    steps = [step.name for step in parse_rule(text).arrange]
    assert ["one-per-story", "spread", "max-per-source", "take-turns", "pin"] == steps


def test_tests_are_added_changed_and_dropped():
    text = change_text(TEXT, {"score.1.when.new-fact": "folder", "score.1.when.new-value": "News"})
    assert {"folder": "News"} == load_toml(text)["score"][1]["when"]
    text = change_text(text, {"score.1.when.new-fact": "words", "score.1.when.new-value": "300"})
    text = change_text(text, {"score.1.when.1.high": "900", "score.1.when.mode": "any"})
    assert {"any": [{"folder": "News"}, {"words": {"at_least": 300, "at_most": 900}}]} == load_toml(text)["score"][1][
        "when"
    ]
    text = change_text(text, {"do": "drop score.1.when.0"})
    assert {"any": [{"words": {"at_least": 300, "at_most": 900}}]} == load_toml(text)["score"][1]["when"]
    assert TEXT == change_text(text, {"do": "drop score.1.when.0"})


def test_what_is_no_number_stays_as_it_was_typed():
    text = change_text(TEXT, {"score.0.points": "a lot", "finish.length": ""})
    assert '"a lot"' in text
    assert "[finish]" not in text
    assert "a lot" == next(field.text for field in read_form(text).fields() if field.name == "score.0.points")


def test_a_condition_that_is_nested_stays_as_it_is_written():
    nested = TEXT.replace(
        '{ any = [{ kind = "audio" }, { language = ["fr", "de"] }] }',
        '{ any = [{ kind = "audio", copy = true }, { paid = true }] }',
    )
    (line,) = read_form(nested).lines["filter"]
    assert load_toml(f"x = {line.condition.written}")["x"] == load_toml(nested)["filter"][0]["leave_out"]
    assert nested == change_text(nested, inputs(nested) | {"filter.0.leave_out.new-fact": "copy"})


def test_lists_in_one_line_are_written_anew_where_they_change():
    lines = ", ".join(
        f'{{ id = "{name}", points = {n}, when = {{ paid = false }}, why = "w" }}' for n, name in ((1, "a"), (2, "b"))
    )
    flat = f'schema = "ranking-rule/1"\nid = "f"\ntitle = "F"\nplain = "P."\nscore = [{lines}]\n'
    assert [("a", 5), ("b", 2)] == [
        (t.id, t.points) for t in parse_rule(change_text(flat, {"score.0.points": "5"})).scores
    ]
    assert ["b", "a"] == [term.id for term in parse_rule(move_line(flat, "score", 0, 1)).scores]
    assert ["b"] == [term.id for term in parse_rule(remove_line(flat, "score", 0)).scores]


@given(
    st.text(max_size=200) | st.from_regex(r"\A\[\[(score|filter)\]\]\n[a-z]+ = .{0,40}\Z"),
    st.sampled_from(["do", "new-line", "title", "score.0.points"]),
    st.text(max_size=20),
)
def test_no_text_and_no_input_brings_the_form_down(text, name, value):
    try:
        changed = change_text(text, {name: value})
    except RuleError:
        return  # it is no TOML, and there is no form of it
    load_toml(changed)


def test_a_value_is_set_where_nothing_was():
    assert (
        7 == load_toml(set_value(TEXT, ("score", 0, "curve", "halves_every"), 7))["score"][0]["curve"]["halves_every"]
    )
    assert json.dumps("x") in set_value(TEXT, ("score", 1, "seed"), "x")
