"""Rules: read them in plain words, check a text, publish a version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Problem, RuleDocument


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
    """One version of a rule: its text, its lines in plain words, and its history, newest first."""

    version: RuleVersion
    document: RuleDocument
    lines: tuple[RuleLine, ...]
    budget: int
    versions: tuple[RuleVersion, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What checking a rule's text found: a document, or problems with line and column."""

    document: RuleDocument | None
    problems: tuple[Problem, ...]


def install_shipped(desk: Desk) -> tuple[RuleVersion, ...]:
    """Publish the shipped rules as rules of the instance's group; gives the versions that were new.

    Twice changes nothing; a shipped rule whose text moved on becomes a new version, unless the group has
    published its own since.
    """
    raise NotImplementedError


def rules(desk: Desk, actor: Actor) -> tuple[RuleVersion, ...]:
    """Give the current version of every rule of the instance's group, by title."""
    raise NotImplementedError


def rule_page(desk: Desk, actor: Actor, slug: str, number: int | None = None) -> RulePage:
    """One rule, its current version or the one named by `number`. Raises NotFoundError."""
    raise NotImplementedError


def check_rule(text: str, *, file: str = "rule.toml") -> RuleCheck:
    """Parse a rule's text without keeping anything."""
    raise NotImplementedError


def publish(desk: Desk, actor: Actor, text: str, reason: str) -> RuleVersion:
    """Publish a text as the next version of the rule it names, or as a new rule.

    Raises RuleError where the text is no rule, ConflictError where it is what is published already.
    """
    raise NotImplementedError
