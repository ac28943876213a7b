"""Reading conditions from a rule's tables, with every problem told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rankers.conditions import (
    ALL_KEYS,
    Condition,
    Every,
    FlagTest,
    LabelTest,
    NumberTest,
    Some,
    TextTest,
    known_facts,
)
from rankers.patterns import LONGEST_EXPRESSION, fault_of
from rankers.reading import Reader, kind_of, nearest, one_of
from rankers.signals import TEXT_FACTS
from rankers.signals.labels import LabelFact
from rankers.signals.signal import Signal

if TYPE_CHECKING:
    from rankers.places import Path

DEEPEST = 4
_LONGEST_LIST = 100


def read_condition(line: Reader, key: str, topics: tuple[str, ...], *, needed: bool = True) -> Condition | None:
    """Read the condition at a key of a line; None where it is absent or cannot be used (the problem is noted)."""
    value = line.need(key, "a condition") if needed else line.value(key)
    if value is None:
        return None
    table = line.as_table(value, (*line.path, key))
    return None if table is None else _read(table, topics, depth=1)


def _read(table: Reader, topics: tuple[str, ...], *, depth: int) -> Condition | None:
    if depth > DEEPEST:
        table.problem(None, f"conditions may stand within each other {DEEPEST} deep, not deeper")
        return None
    if not table.names():
        table.problem(None, "expected at least one test in a condition")
        return None
    parts = [part for key in table.names() for part in _read_key(table, key, topics, depth)]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _read_key(table: Reader, key: str, topics: tuple[str, ...], depth: int) -> list[Condition]:
    if key in ALL_KEYS:
        parts = _read_parts(table, key, topics, depth)
        if not parts:
            return []
        return [Every(parts, "all") if key == "all" else Some(key, parts)]
    if key == "topic":
        return _read_topics(table, topics)
    test = _read_test(table, key, topics)
    return [] if test is None else [test]


def _read_parts(table: Reader, key: str, topics: tuple[str, ...], depth: int) -> tuple[Condition, ...]:
    value = table.value(key)
    if not isinstance(value, list) or not value:
        table.problem(key, f'"{key}" expects a list of at least one condition, found {_found(value)}')
        return ()
    parts = []
    for number, item in enumerate(value):
        inner = table.as_table(item, (*table.path, key, number))
        part = None if inner is None else _read(inner, topics, depth=depth + 1)
        if part is not None:
            parts.append(part)
    return tuple(parts)


def _read_topics(table: Reader, topics: tuple[str, ...]) -> list[Condition]:
    named = table.table("topic")
    if named is None:
        return []
    tests = []
    for name in named.names():
        if name not in topics:
            named.problem(name, f'no [[topic]] has the id "{name}"{nearest(name, topics)}')
            continue
        signal = known_facts(topics)[f"topic.{name}"]
        if isinstance(signal, Signal):
            tests.append(_read_bounds(named, name, signal))
    return [test for test in tests if test is not None]


def _read_test(table: Reader, key: str, topics: tuple[str, ...]) -> Condition | None:
    facts = known_facts(topics)
    if key not in facts:
        words = [*facts, *ALL_KEYS]
        table.problem(key, f'"{key}" is no fact that a condition can ask for{nearest(key, words)}')
        return None
    fact = facts[key]
    if isinstance(fact, Signal):
        return _read_flag(table, key, fact) if fact.is_yes_no else _read_bounds(table, key, fact)
    if isinstance(fact, LabelFact):
        return _read_labels(table, key, fact)
    return _read_patterns(table, key)


def _read_flag(table: Reader, key: str, signal: Signal) -> Condition | None:
    value = table.value(key)
    if not isinstance(value, bool):
        table.problem(key, f'"{key}" is yes or no: expected true or false, found {kind_of(value)}')
        return None
    return FlagTest(signal, value)


def _read_bounds(table: Reader, key: str, signal: Signal) -> Condition | None:
    value = table.value(key)
    if not isinstance(value, dict):
        table.problem(
            key,
            f'"{signal.name}" is a number: expected {{ at_least = … }} or {{ at_most = … }}, found {kind_of(value)}',
        )
        return None
    bounds = Reader(value, (*table.path, key), table.problems)
    given = {
        name: bounds.scaled(name, signal.scale, signal.fineness) for name in ("at_least", "at_most") if name in bounds
    }
    bounds.done(("at_least", "at_most"))
    if not given and not value:
        bounds.problem(None, "expected at_least, at_most or both")
    test = NumberTest(signal, given.get("at_least"), given.get("at_most"))
    if test.at_least is not None and test.at_most is not None and test.at_least > test.at_most:
        bounds.problem(None, "at_least is above at_most: nothing can be both")
    return test


def _read_labels(table: Reader, key: str, fact: LabelFact) -> Condition | None:
    values = []
    for value, path in _items(table, key):
        text = table.as_text(value, path, longest=500)
        if text is None:
            continue
        if fact.words and text.casefold() not in fact.words:
            table.problems.add(path, f'"{key}" is {one_of(fact.words)}, found "{text}"{nearest(text, fact.words)}')
        values.append(text)
    return LabelTest(fact, tuple(values)) if values else None


def _read_patterns(table: Reader, key: str) -> Condition | None:
    patterns = []
    for value, path in _items(table, key):
        text = table.as_text(value, path, longest=LONGEST_EXPRESSION + 2)
        if not text:
            continue
        fault = fault_of(text)
        if fault is not None:
            table.problems.add(path, fault)
        patterns.append(text)
    return TextTest(TEXT_FACTS[key].name, tuple(patterns)) if patterns else None


def _items(table: Reader, key: str) -> list[tuple[object, Path]]:
    """Return one value, or the values of a list, each with its path."""
    value = table.value(key)
    path = (*table.path, key)
    if not isinstance(value, list):
        return [(value, path)]
    if not 0 < len(value) <= _LONGEST_LIST:
        table.problem(key, f"expected a list of 1 to {_LONGEST_LIST}, found {len(value)}")
    return [(item, (*path, number)) for number, item in enumerate(value)]


def _found(value: object) -> str:
    return "an empty list" if value == [] else kind_of(value)
