"""Rules: read them in plain words, check a text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from aggregator.errors import NotFoundError
from aggregator.services.current_model import model_told
from aggregator.services.ranked import sentences_of
from aggregator.services.ranking import document_of
from aggregator.services.rights import Right, require
from aggregator.store import rules as stored
from rankers import RuleError, diff_rules, make_statement, parse_rule

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Diff, Problem, RuleDocument, Section


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a rule in plain words.

    `part` is "score", "filter", "arrange" or "finish"; `points` and `share` (per mille of the rule's budget)
    are 0 for all but "score". `sentence` says what it does ("half as much every 24 hours"), `why` is the author's.
    """

    part: str
    id: str
    signal: str | None
    points: int
    share: int
    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """One version of a rule: its text, its lines in plain words, and its history, newest first.

    `hash_here`: its hash with the model that counts here now; the version has that of when it was published.
    """

    version: RuleVersion
    document: RuleDocument
    lines: tuple[RuleLine, ...]
    budget: int
    versions: tuple[RuleVersion, ...]
    current: bool
    hash_here: str


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What checking a rule's text found: a document, or problems with line and column."""

    document: RuleDocument | None
    problems: tuple[Problem, ...]


def rules(desk: Desk, actor: Actor) -> tuple[RuleVersion, ...]:
    """Give the current version of every rule of the instance's group, by title."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return stored.get_current_versions(conn, actor.group)


def rule_page(desk: Desk, actor: Actor, slug: str, number: int | None = None, *, language: str = "en") -> RulePage:
    """Give one rule, its current version or the one named by `number`; everybody is not told who published it.

    Raises NotFoundError.
    """
    require(actor, Right.READ)
    with desk.database.read() as conn:
        versions = stored.get_versions(conn, stored.get_rule(conn, actor.group, slug).id)
        model = tuple(told.model for told in model_told(conn))
    if actor.only is not None:
        versions = tuple(replace(each, author=None) for each in versions)
    version = versions[0] if number is None else next((each for each in versions if each.number == number), None)
    if version is None:
        raise NotFoundError("rule version", number)
    document = document_of(version.toml)
    return RulePage(
        version=version,
        document=document,
        lines=_lines(version.toml, language),
        budget=document.budget,
        versions=versions,
        current=version is versions[0],
        hash_here=document.hash_with(model if document.reads_models else ()),
    )


def find_version(desk: Desk, actor: Actor, name: str) -> RuleVersion:
    """Give a version by name: `many-voices` is the current one, `many-voices@2` the second. Raises NotFoundError."""
    slug, _, number = name.partition("@")
    if number and not number.isdecimal():
        raise NotFoundError("rule version", name)
    return rule_page(desk, actor, slug, int(number) if number else None).version


def changes(before: RuleVersion, after: RuleVersion, *, language: str = "en") -> Diff:
    """Say what differs between two versions, what moves entries first."""
    return diff_rules(document_of(before.toml), document_of(after.toml), sentences_of(language))


def changes_to(before: RuleVersion, after: RuleDocument, *, language: str = "en") -> Diff:
    """Say what a text that is not published changes from a version."""
    return diff_rules(document_of(before.toml), after, sentences_of(language))


def statement(desk: Desk, actor: Actor, version: RuleVersion, *, language: str = "en") -> tuple[Section, ...]:
    """Say a whole rule in plain words, made from the rule itself, with the model that counts here by name."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        models = model_told(conn)
    return make_statement(document_of(version.toml), sentences_of(language), models=models)


def rule_lines(version: RuleVersion, *, language: str = "en") -> tuple[RuleLine, ...]:
    """Say the lines of a version in words. Public: it looks at nothing but the version's own text."""
    return _lines(version.toml, language)


def check_rule(text: str, *, file: str = "rule.toml") -> RuleCheck:
    """Parse a rule's text without keeping anything."""
    try:
        return RuleCheck(parse_rule(text, file=file), ())
    except RuleError as fault:
        return RuleCheck(None, fault.problems)


@lru_cache(maxsize=256)
def _lines(toml: str, language: str) -> tuple[RuleLine, ...]:
    """Say each line of a rule in words; a text always says the same."""
    document, words = document_of(toml), sentences_of(language)
    scores = (
        RuleLine(
            part="score",
            id=term.id,
            signal=term.signal.name if term.signal else None,
            points=term.points,
            share=round(1000 * abs(term.points) / document.budget) if document.budget else 0,
            sentence=words.curve(term),
            why=term.why,
        )
        for term in document.scores
    )
    filters = (
        RuleLine("filter", each.id, None, 0, 0, words.test(each.leave_out), each.why) for each in document.filters
    )
    steps = (RuleLine("arrange", each.name, None, 0, 0, words.step(each), each.why) for each in document.arrange)
    finish = RuleLine("finish", "finish", None, 0, 0, words.finish(document.length), "")
    return (*scores, *filters, *steps, finish)
