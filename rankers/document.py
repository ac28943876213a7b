"""RuleDocument: a rule parsed, checked, and named by its hash (ranking-semantics 9)."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import rfc8785

from rankers.document_reading import SCHEMA, Rule, read_rule
from rankers.models import come_from_models, models_form
from rankers.places import find_places
from rankers.problems import Problem, RuleError
from rankers.reading import Problems, Reader
from rankers.signals import fact_named
from rankers.signals.signal import Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rankers.arrange import ArrangeStep
    from rankers.conditions import Condition
    from rankers.lines import Filter, Term, TestCase, Topic
    from rankers.models import ModelName
    from rankers.patterns import TextLeaf

_LARGEST_TEXT = 64 * 1024
_MOST_DOTS = 64
_TEXT_OR_COMMENT = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""")
_TOML_PLACE = re.compile(
    r"^(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """A rule that can be used. Two texts that mean the same have one `hash`.

    length: where the list ends (`finish` of the text), None where it has no end. canonical: RFC 8785 bytes of the rule.
    reads: names of the facts it reads. columns: the parts of a CandidateTable that those are made from.
    leaves: its text patterns, whose bits a table must bring. conditions: all of its filters, gates and groups.
    """

    id: str
    title: str
    plain: str
    topics: tuple[Topic, ...]
    filters: tuple[Filter, ...]
    scores: tuple[Term, ...]
    arrange: tuple[ArrangeStep, ...]
    length: int | None
    tests: tuple[TestCase, ...]
    hash: str
    canonical: bytes = field(repr=False)
    reads: frozenset[str]
    columns: frozenset[str]
    leaves: tuple[TextLeaf, ...]
    conditions: tuple[Condition, ...] = field(repr=False)
    toml: str = field(repr=False, compare=False)

    @property
    def finish(self) -> int | None:
        """Return where the list ends, None where it has no end."""
        return self.length

    @property
    def budget(self) -> int:
        """Return the sum of all points without their signs: what a line's share is counted from."""
        return sum(abs(term.points) for term in self.scores)

    @property
    def reads_models(self) -> bool:
        """Tell whether it reads anything that a model of meaning gives."""
        return come_from_models(self.columns)

    def hash_with(self, models: Iterable[ModelName]) -> str:
        """Return its hash where these models give what it reads of meaning; `hash` is that without any."""
        return hash_of_form(hashed_form(self, models))

    def without(self, term: str) -> RuleDocument:
        """Return the rule as it would be without one of its terms; for what-if, it has no name of its own."""
        return replace(self, scores=tuple(line for line in self.scores if line.id != term))


def parse_rule(toml: str, *, file: str = "rule.toml") -> RuleDocument:
    """Parse and check a rule. Raises RuleError with every problem; nothing is half loaded."""
    table = load_toml(toml, file=file)
    problems = Problems(file, find_places(toml))
    rule = Reader(table, (), problems)
    read = read_rule(rule)
    facts = frozenset(_facts(read))
    if read.reads is not None and not problems.found and set(read.reads) != facts:
        rule.problem("reads", f"expected what the rule reads: {', '.join(sorted(facts))}; or no such key")
    if problems.found:
        raise RuleError(tuple(sorted(problems.found)))
    return _document(read, facts, toml)


def read_canonical(canonical: Mapping[str, object], *, file: str = "rule.json") -> RuleDocument:
    """Read a rule from its canonical form, as a receipt holds it. Raises RuleError; the document has no TOML."""
    problems = Problems(file, {}, in_smallest_units=True)
    read = read_rule(Reader(canonical, (), problems))
    if problems.found:
        raise RuleError(tuple(problems.found))
    return _document(read, frozenset(_facts(read)), "")


def _document(read: Rule, facts: frozenset[str], toml: str) -> RuleDocument:
    canonical = _canonical(read)
    return RuleDocument(
        id=read.id,
        title=read.title,
        plain=read.plain,
        topics=read.topics,
        filters=read.filters,
        scores=read.scores,
        arrange=read.arrange,
        length=read.length,
        tests=read.tests,
        hash=hash_of_form(_named(canonical, facts)),
        canonical=rfc8785.dumps(canonical),
        reads=facts,
        columns=frozenset(column for fact in facts for column in _columns(fact)),
        leaves=tuple(dict.fromkeys(_leaves(read))),
        conditions=tuple(read.conditions()),
        toml=toml,
    )


def load_toml(toml: str, *, file: str = "rule.toml") -> dict[str, object]:
    """Read a rule's text as TOML and no further, with all that could fill the memory or the stack refused first.

    Raises RuleError. Numbers with a fraction become Decimal.
    """
    size = len(toml.encode())
    if size > _LARGEST_TEXT:
        raise RuleError((Problem(file, 1, 1, f"expected at most {_LARGEST_TEXT} bytes, found {size}"),))
    for number, line in enumerate(toml.splitlines(), start=1):
        if _TEXT_OR_COMMENT.sub("", line).count(".") > _MOST_DOTS:  # tomllib takes the square of a key's parts
            raise RuleError((Problem(file, number, 1, f"expected at most {_MOST_DOTS} dots in a line"),))
    try:
        return tomllib.loads(toml, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise RuleError((_toml_problem(toml, file, str(fault)),)) from fault
    except (ValueError, RecursionError) as fault:  # an integer of thousands of digits; keys nested by dots
        raise RuleError((Problem(file, 1, 1, f"not a TOML text: {fault}"),)) from fault


def _toml_problem(toml: str, file: str, said: str) -> Problem:
    """Make a problem of tomllib's message; before Python 3.14 the place stands in its text only."""
    match = _TOML_PLACE.match(said)
    what = match["what"] if match else said
    if match and match["line"]:
        return Problem(file, int(match["line"]), int(match["column"]), f"not a TOML text: {what}")
    last = toml.splitlines() or [""]
    return Problem(file, len(last), len(last[-1]) + 1, f"not a TOML text: {what}")


def _canonical(rule: Rule) -> dict[str, Any]:
    """Return the rule as RFC 8785 will write it: units as integers, defaults and comments gone."""
    keys: dict[str, Any] = {"schema": SCHEMA, "id": rule.id, "title": rule.title, "plain": rule.plain}
    lists: dict[str, list[dict[str, object]]] = {
        "topic": [topic.canonical() for topic in rule.topics],
        "filter": [line.canonical() for line in rule.filters],
        "score": [line.canonical() for line in rule.scores],
        "arrange": [{"step": step.name, "why": step.why, **step.canonical()} for step in rule.arrange],
    }
    keys.update({key: lines for key, lines in lists.items() if lines})
    if rule.length is not None:
        keys["finish"] = {"length": rule.length}
    return keys


def hashed_form(document: RuleDocument, models: Iterable[ModelName] = ()) -> dict[str, Any]:
    """Return what a rule's hash is made of: {rule, facts, models}; a version's envelope carries it.

    Raises ValueError where models are named and the rule reads nothing that one gives.
    """
    named = models_form(models)
    if named and not document.reads_models:
        raise ValueError("the rule reads nothing that a model gives")
    return {**_named(json.loads(document.canonical), document.reads), "models": named}


def hash_of_form(form: Mapping[str, Any]) -> str:
    """Return the rule hash of what `hashed_form` gave."""
    return hashlib.sha256(b"broadsheet rule/1\n" + rfc8785.dumps(dict(form))).hexdigest()


def _named(canonical: dict[str, Any], facts: frozenset[str]) -> dict[str, Any]:
    """Name a rule by what it says and by what the facts it reads mean."""
    return {"rule": canonical, "facts": {name: fact_named(name).declaration() for name in facts}, "models": []}


def _facts(rule: Rule) -> Iterator[str]:
    for condition in rule.conditions():
        yield from condition.facts()
    for term in rule.scores:
        if term.signal is not None:
            yield term.signal.name
    for step in rule.arrange:
        yield from step.facts()


def _columns(fact: str) -> tuple[str, ...]:
    declared = fact_named(fact)
    return declared.reads if isinstance(declared, Signal) else (fact,)


def _leaves(rule: Rule) -> Iterator[TextLeaf]:
    for condition in rule.conditions():
        yield from condition.leaves()
