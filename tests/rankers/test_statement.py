from dataclasses import replace

import pytest
from hypothesis import given

from rankers.document import parse_rule
from rankers.messages import LANGUAGES, messages
from rankers.messages.icu import fill
from rankers.models import ModelName, ModelTold
from rankers.published import ORDER, published_rules
from rankers.sentences import Sentences
from rankers.signals import LABEL_FACTS, SIGNALS, TEXT_FACTS
from rankers.statement import make_statement, share_said
from tests.rankers.making import documents, leave_out, rule

LOUD = "nothing up to 3 entries a day, all of it from 30 entries a day"
ENGLISH = Sentences.of("en")
UNWANTED = ("half-life", "lambda", "gini", "{", "}")


def said(document):
    return {section.key: section for section in make_statement(document, ENGLISH)}


@given(documents())
def test_every_line_of_a_rule_is_said_with_its_reason(document):
    sections = said(document)
    assert {term.id for term in document.scores} == {s.line for s in sections["parameters"].sentences if s.line}
    assert [line.id for line in document.filters] == [s.line for s in sections["left_out"].sentences if s.line]
    assert [step.name for step in document.arrange] == [s.line for s in sections["order"].sentences if s.line]
    for section in sections.values():
        assert section.heading
        assert all(sentence.text for sentence in section.sentences)
        assert all(bool(sentence.why) == bool(sentence.line) for sentence in section.sentences)


@given(documents())
def test_main_parameters_stand_by_weight_and_share_the_budget(document):
    sentences = [s for s in said(document)["parameters"].sentences if s.line]
    weights = [abs(s.points) for s in sentences]
    assert weights == sorted(weights, reverse=True)
    if document.budget:
        assert abs(1000 - sum(s.share for s in sentences)) <= len(sentences)


@pytest.mark.parametrize("name", ORDER)
def test_shipped_rules_are_said_in_the_words_of_the_page(name):
    for section in make_statement(parse_rule(published_rules()[name]), ENGLISH):
        for sentence in section.sentences:
            assert not any(word in sentence.text.lower().split() for word in UNWANTED)


def test_a_statement_reads_like_this():
    sections = said(parse_rule(published_rules()["many-voices"]))
    assert [
        "Fresh: up to 60 points by how old the entry is, half as much every 24 hours",
        f"Loud: up to 30 points less by how much its source posts, {LOUD}",
    ] == [sentence.text for sentence in sections["parameters"].sentences]
    assert ["at most 1 of one source among any 15 neighbours"] == [s.text for s in sections["order"].sentences[1:]]
    assert "66.7 % of all points of the rule" == share_said(sections["parameters"].sentences[0].share, ENGLISH)


def test_an_empty_rule_says_that_it_does_nothing():
    sections = said(rule())
    assert "Nothing gives points: the newest entry stands on top." == sections["parameters"].sentences[0].text
    assert "Nothing is left out." == sections["left_out"].sentences[0].text


def test_every_fact_has_its_words():
    known = messages("en")
    for name, signal in SIGNALS.items():
        assert f"fact.{name}" in known
        if signal.is_yes_no:
            assert {f"value.{name}.yes", f"value.{name}.no", f"test.{name}.yes", f"test.{name}.no"} <= known.keys()
        else:
            assert f"amount.{name}" in known
            assert f"noun.{name}" in known
    for name in (set(LABEL_FACTS) | set(TEXT_FACTS)) - {"story"}:
        assert f"test.{name}" in known


def test_a_language_without_words_is_refused():
    with pytest.raises(LookupError):
        Sentences.of("xx")
    with pytest.raises(LookupError):
        Sentences.of("../en")


@pytest.mark.parametrize(
    ("message", "values", "expected"),
    [
        ("plain", {}, "plain"),
        ("{a} and {b}", {"a": "x", "b": 2}, "x and 2"),
        ("{n, plural, one {# day} other {# days}}", {"n": 1}, "1 day"),
        ("{n, plural, one {# day} other {# days of {m}}}", {"n": 3, "m": "#"}, "3 days of #"),
        ("{k, select, a {A} other {B {n, plural, one {#} other {#!}}}}", {"k": "z", "n": 5}, "B 5!"),
        ("{n, ordinal, one {#st} two {#nd} few {#rd} other {#th}}", {"n": 22}, "22nd"),
        ("{n, ordinal, one {#st} two {#nd} few {#rd} other {#th}}", {"n": 112}, "112th"),
        ("{n}", {"n": 12345}, "12,345"),
    ],
)
def test_messages_choose_and_fill(message, values, expected):
    assert expected == fill(message, values, ENGLISH.number, ENGLISH._category)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_rule_that_reads_meaning_names_the_model_by_its_hash_and_languages(code):
    document, words = parse_rule(published_rules()["big-stories"]), Sentences.of(code)
    model = ModelTold(ModelName("tried-1", "ab" * 32), ("en", "fr"))
    for told, expected in ((model, "en, fr"), (replace(model, languages=()), "tried-1")):
        (sentence,) = make_statement(document, words, models=[told])[-1].sentences
        assert all(part in sentence.text for part in ("tried-1", "ab" * 32, expected))
    (without,) = make_statement(document, words)[-1].sentences
    (unused,) = make_statement(parse_rule(published_rules()["newest-first"]), words, models=[model])[-1].sentences
    assert "tried-1" not in without.text + unused.text
    assert without.text != unused.text


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("{ words = { at_least = 0 } }", "its length is at least 0 words"),
        ("{ words = { at_most = 0 } }", "its length is at most 0 words"),
        ("{ words = { at_least = 0, at_most = 1 } }", "its length is from 0 words to 1 word"),
    ],
)
def test_a_bound_of_nought_is_a_bound(condition, said):
    assert said == Sentences.of("en").test(rule(leave_out("a", condition)).filters[0].leave_out)
