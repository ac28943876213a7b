"""Reading lists, rules and their versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from aggregator.model.entry import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from aggregator.model.ids import EditionId, FeedId, ListId, OwnerId, RuleId, VersionId
    from aggregator.model.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Search:
    """What a kept search looks for: entries that hold all of `words`, as a person types them into the search field.

    `likeness`: per cent from which an entry counts as like the words in meaning, and so as found; None: by words alone.
    `since` and `until` are days (UTC), both included.
    """

    words: str
    likeness: int | None = None
    kind: Kind | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list draws from; an empty part means "all of the owner's". Folders count with their sub-folders.

    `search`: of all that, only what a kept search finds.
    """

    feeds: tuple[FeedId, ...] = ()
    folders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    search: Search | None = None

    @property
    def told(self) -> dict[str, Any]:
        """It as plain values, as they are kept, stand in receipts and are handed to programs; `scope_of` undoes it."""
        told: dict[str, Any] = {name: list(getattr(self, name)) for name in ("feeds", "folders", "languages")}
        return told | ({"search": _search_told(self.search)} if self.search else {})


def scope_of(told: Mapping[str, Any]) -> Scope:
    """Undo `Scope.told`."""
    parts = {name: tuple(values) for name, values in told.items() if name != "search"}
    return Scope(**parts, search=_search_of(told["search"]) if told.get("search") else None)


def _search_told(search: Search) -> dict[str, Any]:
    days = {name: day.isoformat() for name in ("since", "until") if (day := getattr(search, name))}
    told = {"words": search.words, "likeness": search.likeness, "kind": search.kind and search.kind.value, **days}
    return {name: value for name, value in told.items() if value is not None}


def _search_of(told: Mapping[str, Any]) -> Search:
    days = {name: date.fromisoformat(told[name]) for name in ("since", "until") if name in told}
    kind = Kind(told["kind"]) if "kind" in told else None
    return Search(told["words"], told.get("likeness"), kind, **days)


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A list people read: a scope, and the rule that ranks it.

    `feeds_of`: whose sources it draws from where that is not its owner: a member's list draws from the group's.
    `timetable`: when its editions are made; None for a live list.
    """

    id: ListId
    owner: OwnerId
    slug: str
    title: str
    rule_id: RuleId
    max_age: timedelta
    time_zone: str
    scope: Scope = field(default_factory=Scope)
    feeds_of: OwnerId | None = None
    timetable: Timetable | None = None

    @property
    def draws_on(self) -> OwnerId:
        """Whose sources it draws from."""
        return self.owner if self.feeds_of is None else self.feeds_of

    @property
    def personal(self) -> bool:
        """Whether it is one member's own, which nobody else sees."""
        return self.feeds_of is not None


@dataclass(frozen=True, slots=True)
class Edition:
    """A list as it stood at `at`, kept: made at `made`, by the version of a rule. Its receipt is stored beside it."""

    id: EditionId
    list_id: ListId
    at: datetime
    made: datetime
    version: VersionId
    shown: int
    candidates: int
    cut: bool


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


@dataclass(frozen=True, slots=True)
class GaveWay:
    """A step of a rule that could not keep its promise, in plain words, and the places (from 1) where it gave way."""

    promise: str
    places: tuple[int, ...]
