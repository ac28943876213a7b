"""What differs between two versions of a rule: effects, not text. Lines are matched by id, steps by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rankers.sentences import Sentences, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rankers.conditions import Condition
    from rankers.document import RuleDocument
    from rankers.lines import Term, Topic

WORDING = "wording"
SAME_ORDER = frozenset({WORDING, "filter-order"})
"""Kinds of change that move no entry."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    kind: added, removed, points, curve, signal, when, seed, condition, subject, filter-order, step-moved, parameter,
    length or wording. line: the id of the line or the name of the step, "" for the rule. text: a sentence.
    """

    kind: str
    line: str
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """All differences between two rules. `same_order`: none of them can move an entry."""

    changes: tuple[Change, ...]

    @property
    def same_order(self) -> bool:
        """Tell whether both rules give the same order of any table."""
        return all(change.kind in SAME_ORDER for change in self.changes)


def diff_rules(before: RuleDocument, after: RuleDocument, sentences: Sentences) -> Diff:
    """Return what changed from one rule to another, what moves entries first."""
    comparison = _Comparison(sentences)
    changes = [
        *comparison.topics(before.topics, after.topics),
        *comparison.filters(before, after),
        *comparison.terms(before, after),
        *comparison.steps(before, after),
        *comparison.length(before, after),
    ]
    return Diff((*changes, *comparison.wording(before, after)))


class _Comparison:
    def __init__(self, sentences: Sentences) -> None:
        self._say = sentences.say
        self._sentences = sentences

    def _change(self, kind: str, line: str, **values: str) -> Change:
        return Change(kind, line, self._say(f"change.{kind}", label=label(line), **values))

    def _came_and_went(self, what: str, before: dict[str, str], after: dict[str, str]) -> Iterator[Change]:
        """Yield what only one of the rules has; the values say what it is."""
        for line, said in before.items():
            if line not in after:
                yield self._change("removed", line, what=self._say(f"what.{what}", id=line), before=said)
        for line, said in after.items():
            if line not in before:
                yield self._change("added", line, what=self._say(f"what.{what}", id=line), after=said)

    def topics(self, before: Sequence[Topic], after: Sequence[Topic]) -> Iterator[Change]:
        """Yield subjects that came, went or are described otherwise."""
        old, new = ({topic.id: topic.text or "; ".join(topic.examples) for topic in t} for t in (before, after))
        yield from self._came_and_went("topic", old, new)
        for line in new:
            if line in old and old[line] != new[line]:
                yield self._change("subject", line, before=old[line], after=new[line])

    def filters(self, before: RuleDocument, after: RuleDocument) -> Iterator[Change]:
        """Yield filters that came, went, ask for something else or stand in another order."""
        old, new = ({line.id: line.leave_out for line in rule.filters} for rule in (before, after))
        yield from self._came_and_went("filter", self._tests(old), self._tests(new))
        both = [line for line in new if line in old]
        for line in both:
            if old[line].canonical() != new[line].canonical():
                yield self._change("condition", line, before=self._test(old[line]), after=self._test(new[line]))
        if both != [line for line in old if line in new]:
            yield self._change("filter-order", "")

    def terms(self, before: RuleDocument, after: RuleDocument) -> Iterator[Change]:
        """Yield terms that came, went, or give other points in another way."""
        old, new = ({term.id: term for term in rule.scores} for rule in (before, after))
        yield from self._came_and_went("term", self._lines(old), self._lines(new))
        for line in new:
            if line in old:
                yield from self._term(old[line], new[line])

    def _term(self, old: Term, new: Term) -> Iterator[Change]:
        if old.points != new.points:
            number = self._sentences.number
            yield self._change("points", new.id, before=number(old.points), after=number(new.points))
        if old.signal != new.signal:
            yield self._change("signal", new.id, before=self._fact(old), after=self._fact(new))
        elif old.curve != new.curve:
            curve = self._sentences.curve
            yield self._change("curve", new.id, before=curve(old), after=curve(new))
        if _written(old.when) != _written(new.when):
            yield self._change("when", new.id, before=self._test(old.when), after=self._test(new.when))
        if old.seed != new.seed and new.signal is not None and new.signal.name == "lottery":
            yield self._change("seed", new.id, after=new.seed)

    def steps(self, before: RuleDocument, after: RuleDocument) -> Iterator[Change]:
        """Yield steps that came, went, moved or do something else."""
        old, new = ({step.name: step for step in rule.arrange} for rule in (before, after))
        say = self._sentences.step
        yield from self._came_and_went(
            "step", {name: say(step) for name, step in old.items()}, {name: say(step) for name, step in new.items()}
        )
        old_order, new_order = ([name for name in one if name in other] for one, other in ((old, new), (new, old)))
        for place, name in enumerate(new_order):
            what = self._say("what.step", id=name)
            if old_order[place] != name:
                was, now = str(old_order.index(name) + 1), str(place + 1)
                yield self._change("step-moved", name, what=what, before=was, after=now)
            if old[name].canonical() != new[name].canonical():
                yield self._change("parameter", name, what=what, before=say(old[name]), after=say(new[name]))

    def length(self, before: RuleDocument, after: RuleDocument) -> Iterator[Change]:
        """Yield another end."""
        if before.length != after.length:
            say = self._sentences.finish
            yield self._change("length", "", before=say(before.length), after=say(after.length))

    def wording(self, before: RuleDocument, after: RuleDocument) -> Iterator[Change]:
        """Yield changed titles and reasons: words that move nothing."""
        old, new = _words(before), _words(after)
        for (part, line), text in new.items():
            if (part, line) in old and old[part, line] != text:
                yield self._change(WORDING, line, what=self._say(f"what.{part}", id=line))

    def _tests(self, conditions: dict[str, Condition]) -> dict[str, str]:
        return {line: self._test(condition) for line, condition in conditions.items()}

    def _test(self, condition: Condition | None) -> str:
        return self._say("change.always") if condition is None else self._sentences.test(condition)

    def _lines(self, terms: dict[str, Term]) -> dict[str, str]:
        return {
            line: f"{self._sentences.number(term.points)}, {self._sentences.curve(term)}"
            for line, term in terms.items()
        }

    def _fact(self, term: Term) -> str:
        return self._say("change.always") if term.signal is None else self._sentences.fact(term.signal)


def _written(condition: Condition | None) -> object:
    return None if condition is None else condition.canonical()


def _words(rule: RuleDocument) -> dict[tuple[str, str], str]:
    """Return every text of a rule that moves nothing, by what it is and its line."""
    lines = [*((line.id, line.why) for line in rule.filters), *((term.id, term.why) for term in rule.scores)]
    steps = [(step.name, step.why) for step in rule.arrange]
    return {
        ("title", ""): rule.title,
        ("plain", ""): rule.plain,
        **{("why", line): why for line, why in (*lines, *steps)},
    }
