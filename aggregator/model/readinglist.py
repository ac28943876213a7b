"""Reading lists, rules and their versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from aggregator.model.ids import FeedId, ListId, OwnerId, RuleId, VersionId


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list draws from; an empty part means "all of the owner's". Folders count with their sub-folders."""

    feeds: tuple[FeedId, ...] = ()
    folders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A list people read: a scope, and the rule that ranks it."""

    id: ListId
    owner: OwnerId
    slug: str
    title: str
    rule_id: RuleId
    max_age: timedelta
    time_zone: str
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Rule:
    """An owner's chain of versions under one id."""

    id: RuleId
    owner: OwnerId
    slug: str
    current: VersionId


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One published version of a rule; never changed. `hash` is the rule hash (ranking-semantics 9).

    `identity` is the version id that the publisher signed; "" for a rule that nobody published, as of the sample.
    """

    id: VersionId
    rule_id: RuleId
    slug: str
    number: int
    hash: str
    title: str
    plain: str
    toml: str
    author: str | None
    reason: str | None
    published: datetime
    identity: str = ""
