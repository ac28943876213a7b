"""Conditions as inputs: a list of tests of which all, one or none must hold. What is nested deeper stays text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.services.rule_inputs import as_written, is_table, number_of, shown
from rankers.signals import LABEL_FACTS, SIGNALS, TEXT_FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES = ("all", "any", "none")
_BOUNDS = ("at_least", "at_most")
_TOPIC = "topic."


@dataclass(frozen=True, slots=True)
class TestForm:
    """One test. kind: number (`low` and `high` are its bounds), flag ("true" or "false") or words, one a line."""

    __test__ = False  # pytest: not a class of tests

    fact: str
    kind: str
    text: str = ""
    low: str = ""
    high: str = ""

    def data(self) -> object:
        """Give what it is in a text."""
        if self.kind == "number":
            given = zip(_BOUNDS, (self.low.strip(), self.high.strip()), strict=True)
            return {key: number_of(text) for key, text in given if text}
        if self.kind == "flag":
            return self.text == "true"
        values = [line.strip() for line in self.text.splitlines() if line.strip()]
        return values[0] if len(values) == 1 else values or ""


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """A condition. `name` says where it stands; `written`: one that fits no inputs, as it stands in the text."""

    name: str
    mode: str
    tests: tuple[TestForm, ...]
    written: str | None = None

    def without(self, number: int) -> dict[str, object]:
        """Give the condition without one of its tests."""
        return _data(self.mode, self.tests[:number] + self.tests[number + 1 :])


def kind_of_fact(fact: str) -> str | None:
    """Say how a fact is asked for; None for a word that is no fact."""
    if fact in SIGNALS:
        return "flag" if SIGNALS[fact].is_yes_no else "number"
    if fact.startswith(_TOPIC):
        return "number"
    return "words" if fact in TEXT_FACTS or fact in LABEL_FACTS else None


def condition_form(name: str, value: object) -> ConditionForm:
    """Give the inputs of a condition."""
    if value is None:
        return ConditionForm(name, "all", ())
    tests: list[TestForm] | None = None
    mode = "all"
    if is_table(value):
        keys = list(value)
        if len(keys) == 1 and keys[0] in MODES:
            mode, listed = keys[0], value[keys[0]]
            parts = [_tests(each) for each in listed] if isinstance(listed, list) else [None]
            if listed and all(part is not None and len(part) == 1 for part in parts):
                tests = [part[0] for part in parts if part]
        else:
            tests = _tests(value)
    if tests is None:
        return ConditionForm(name, "all", (), as_written(value))
    return ConditionForm(name, mode, tuple(tests))


def changed_condition(held: ConditionForm, posted: Mapping[str, str]) -> dict[str, object] | None:
    """Give the condition as the inputs have it now; None where nothing was changed."""
    if held.written is not None:
        return None
    mode = posted.get(f"{held.name}.mode", held.mode)
    tests = [_posted(held.name, number, test, posted) for number, test in enumerate(held.tests)]
    fact = posted.get(f"{held.name}.new-fact", "")
    kind = kind_of_fact(fact)
    if kind is not None:
        value = posted.get(f"{held.name}.new-value", "").strip()
        text = value if kind == "words" else "true" if value in {"", "true", "yes"} else "false"
        tests.append(TestForm(fact, kind, text, low=value))
    if mode not in MODES or (mode, tests) == (held.mode, list(held.tests)):
        return None
    return _data(mode, tuple(tests))


def _posted(name: str, number: int, held: TestForm, posted: Mapping[str, str]) -> TestForm:
    def given(key: str, now: str) -> str:
        text = posted.get(f"{name}.{number}.{key}")
        return now if text is None else text.replace("\r\n", "\n").strip()

    return TestForm(held.fact, held.kind, given("text", held.text), given("low", held.low), given("high", held.high))


def _data(mode: str, tests: tuple[TestForm, ...]) -> dict[str, object]:
    facts = [test.fact for test in tests]
    plain = len(set(facts)) == len(facts) and sum(fact.startswith(_TOPIC) for fact in facts) <= 1
    if mode == "all" and plain:
        return {key: value for test in tests for key, value in _one(test).items()}
    return {mode: [_one(test) for test in tests]} if tests else {}


def _one(test: TestForm) -> dict[str, object]:
    if test.fact.startswith(_TOPIC):
        return {"topic": {test.fact.removeprefix(_TOPIC): test.data()}}
    return {test.fact: test.data()}


def _tests(value: object) -> list[TestForm] | None:
    """Give the tests of a table without any, all or none; None where one of them fits no inputs."""
    if not is_table(value):
        return None
    tests = []
    for key, given in value.items():
        if key == "topic" and is_table(given):
            tests += [_test(_TOPIC + topic, inner) for topic, inner in given.items()]
        else:
            tests.append(_test(key, given))
    found = [test for test in tests if test is not None]
    return found if len(found) == len(tests) else None


def _test(fact: str, value: object) -> TestForm | None:
    kind = kind_of_fact(fact)
    if kind == "flag" and isinstance(value, bool):
        return TestForm(fact, kind, shown(value))
    if kind == "number" and is_table(value) and set(value) <= set(_BOUNDS):
        return TestForm(fact, kind, low=shown(value.get("at_least")), high=shown(value.get("at_most")))
    words = value if isinstance(value, list) else [value]
    if kind == "words" and all(isinstance(each, str) and each == each.strip() and "\n" not in each for each in words):
        return TestForm(fact, kind, shown(value))
    return None
