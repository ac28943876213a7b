"""Reading a rule's tables into its lines, with every problem told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rankers.arrange import STEPS, Shares
from rankers.condition_reading import read_condition
from rankers.curve_reading import read_curve
from rankers.curves import AsItIs, Curve
from rankers.lines import Filter, Term, TestCase, Topic
from rankers.reading import Reader, nearest, one_of
from rankers.signals import LABEL_FACTS, SIGNALS, TEXT_FACTS
from rankers.signals.topic import PREFIX, topic_signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rankers.arrange import ArrangeStep
    from rankers.conditions import Condition
    from rankers.signals.signal import Signal

SCHEMA = "ranking-rule/1"
_ID = re.compile(r"[a-z0-9-]{1,40}")
_MOST_LINES = 200
_MOST_LEAVES = 200
_MOST_TOPICS, _MOST_EXAMPLES, _LONGEST_TOPIC = 20, 20, 1000
_MOST_TESTS = 100
_MOST_POINTS = 1000
_LONGEST_WHY, _LONGEST_TITLE, _LONGEST_PLAIN, _LONGEST_LINK = 300, 100, 300, 2000
LONGEST_LIST = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule's tables say, before it has a name of its own."""

    id: str
    title: str
    plain: str
    reads: tuple[str, ...] | None
    topics: tuple[Topic, ...]
    filters: tuple[Filter, ...]
    scores: tuple[Term, ...]
    arrange: tuple[ArrangeStep, ...]
    length: int | None
    tests: tuple[TestCase, ...]

    def conditions(self) -> Iterator[Condition]:
        """Yield every condition of the rule."""
        yield from (line.leave_out for line in self.filters)
        yield from (line.when for line in self.scores if line.when is not None)
        for step in self.arrange:
            if isinstance(step, Shares):
                yield from (group.when for group in step.groups)


def read_rule(rule: Reader) -> Rule:
    """Read a whole rule. It can only be used if no problem was noted."""
    rule.choice("schema", (SCHEMA,))
    name = _read_id(rule)
    tables = {key: rule.tables(key) for key in ("topic", "filter", "score", "arrange")}
    topics = tuple(_read_topic(table) for table in tables["topic"])
    if len(topics) > _MOST_TOPICS:
        rule.problem("topic", f"expected at most {_MOST_TOPICS} topics, found {len(topics)}")
    names = tuple(topic.id for topic in topics)
    filters = tuple(line for table in tables["filter"] if (line := _read_filter(table, names)))
    scores = tuple(_read_term(table, names, name) for table in tables["score"])
    steps = _read_steps(tables["arrange"], names)
    finish = rule.table("finish")
    length = None
    if finish is not None:
        length = finish.whole("length", 1, LONGEST_LIST)
        finish.done()
    read = Rule(
        id=name,
        title=rule.text("title", longest=_LONGEST_TITLE) or "",
        plain=rule.text("plain", longest=_LONGEST_PLAIN) or "",
        reads=_read_reads(rule),
        topics=topics,
        filters=filters,
        scores=scores,
        arrange=steps,
        length=length,
        tests=_read_tests(rule),
    )
    rule.done()
    _check_whole(rule, tables, read)
    return read


def _check_whole(rule: Reader, tables: dict[str, list[Reader]], read: Rule) -> None:
    """Note what no single line can know: ids that are taken, and too much of anything."""
    lines = sum(len(tables[key]) for key in ("filter", "score", "arrange"))
    if lines > _MOST_LINES:
        rule.problem(None, f"expected at most {_MOST_LINES} lines and steps, found {lines}")
    seen: set[str] = set()
    for key in ("topic", "filter", "score"):
        for table in tables[key]:
            name = table.value("id")
            if isinstance(name, str) and name in seen:
                table.problem("id", f'"{name}" is the id of another line: expected each id once')
            seen.add(str(name))
    leaves = sum(condition.size() for condition in read.conditions())
    if leaves > _MOST_LEAVES:
        rule.problem(None, f"expected at most {_MOST_LEAVES} single tests in all conditions, found {leaves}")


def _read_id(table: Reader) -> str:
    name = table.text("id", longest=1000) or ""
    if name and not _ID.fullmatch(name):
        table.problem("id", f'"{name[:60]}" is no id: expected 1 to 40 of a-z, 0-9 and hyphen')
    return name


def _read_why(table: Reader) -> str:
    return table.text("why", longest=_LONGEST_WHY) or ""


def _read_topic(table: Reader) -> Topic:
    name = _read_id(table)
    text = table.text("text", longest=_LONGEST_TOPIC, needed=False)
    value = table.value("examples")
    examples: tuple[str, ...] = ()
    if value is not None:
        items = value if isinstance(value, list) else []
        if not 1 <= len(items) <= _MOST_EXAMPLES:
            table.problem("examples", f"expected a list of 1 to {_MOST_EXAMPLES} texts")
        read = (
            table.as_text(item, (*table.path, "examples", number), longest=_LONGEST_TOPIC)
            for number, item in enumerate(items)
        )
        examples = tuple(item for item in read if item)
    if (text is None) == (value is None):
        table.problem(None, 'expected either "text" or "examples"')
    table.done()
    return Topic(name, text, examples)


def _read_filter(table: Reader, topics: tuple[str, ...]) -> Filter | None:
    name = _read_id(table)
    condition = read_condition(table, "leave_out", topics)
    why = _read_why(table)
    table.done()
    return None if condition is None else Filter(name, condition, why)


def _read_term(table: Reader, topics: tuple[str, ...], rule: str) -> Term:
    name = _read_id(table)
    signal = _read_signal(table, topics)
    when = read_condition(table, "when", topics, needed=False)
    curve: Curve = AsItIs(1)
    if signal is not None:
        curve = read_curve(table, signal)
    elif "signal" in table:
        table.value("curve")  # its numbers cannot be judged without knowing the fact
    elif "when" not in table:
        table.problem(None, 'expected "signal", "when" or both')
    elif "curve" in table:
        table.value("curve")
        table.problem("curve", 'a curve needs a "signal" to work on')
    points = table.whole("points", -_MOST_POINTS, _MOST_POINTS)
    asks_paid = (when is not None and when.needs_paid(wanted=True)) or (signal and signal.name == "paid")
    if points > 0 and asks_paid:
        table.problem("points", f"paid posts may not gain points: expected 0 or less, found {points}")
    seed = table.text("seed", longest=_LONGEST_TITLE, needed=False)
    if seed is not None and (signal is None or signal.name != "lottery"):
        table.problem("seed", 'a seed belongs to the signal "lottery" only')
    why = _read_why(table)
    table.done()
    return Term(name, signal, when, curve, points, why, seed or rule, own_seed=seed not in {None, rule})


def _read_signal(table: Reader, topics: tuple[str, ...]) -> Signal | None:
    name = table.text("signal", longest=100, needed=False)
    if name is None:
        return None
    if name in SIGNALS:
        return SIGNALS[name]
    if name.startswith(PREFIX):
        topic = name.removeprefix(PREFIX)
        if topic in topics:
            return topic_signal(topic)
        table.problem("signal", f'no [[topic]] has the id "{topic}"{nearest(topic, topics)}')
        return None
    if name in LABEL_FACTS or name in TEXT_FACTS:
        table.problem("signal", f'"{name}" is no number: ask for it with when = {{ {name} = … }}')
        return None
    known = [*SIGNALS, *(PREFIX + topic for topic in topics)]
    table.problem("signal", f'"{name}" is no signal{nearest(name, known) or ": expected " + one_of(known)}')
    return None


def _read_steps(tables: list[Reader], topics: tuple[str, ...]) -> tuple[ArrangeStep, ...]:
    steps: list[ArrangeStep] = []
    for table in tables:
        name = table.choice("step", tuple(STEPS))
        why = _read_why(table)
        if table.value("step") != name:
            continue  # its other keys cannot be judged without knowing the step
        step = STEPS[name].read(table, why, topics)
        table.done()
        _check_turn(table, name, [before.name for before in steps])
        steps.append(step)
    return tuple(steps)


def _check_turn(table: Reader, name: str, before: list[str]) -> None:
    """Hold the steps to their order: one-per-story, then spread (they work on totals), pin last."""
    if name in before:
        table.problem("step", f"{name} stands twice: expected each step at most once")
    elif name == "one-per-story" and before:
        table.problem("step", "one-per-story works on points: expected it as the first step")
    elif name == "spread" and set(before) - {"one-per-story"}:
        table.problem("step", "spread works on points: expected it first, or after one-per-story")
    elif "pin" in before:
        table.problem("step", f"{name} stands after pin: expected pin as the last step")


def _read_reads(rule: Reader) -> tuple[str, ...] | None:
    value = rule.value("reads")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        rule.problem("reads", "expected a list of the facts that the rule reads, or no such key")
        return None
    return tuple(value)


def _read_tests(rule: Reader) -> tuple[TestCase, ...]:
    tests = []
    for table in rule.tables("test"):
        above = table.text("above", longest=_LONGEST_LINK)
        below = table.text("below", longest=_LONGEST_LINK)
        tests.append(TestCase(above or "", below or "", _read_why(table)))
        table.done()
    if len(tests) > _MOST_TESTS:
        rule.problem("test", f"expected at most {_MOST_TESTS} test cases, found {len(tests)}")
    return tuple(tests)
