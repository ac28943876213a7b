"""What the reading services hand out: frozen values that the page, the API and the command line show alike.

Positions count from 1 and belong to the ranking: hiding read entries, paging and marking never renumber them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aggregator.model.entry import Body, Entry, EntryState
    from aggregator.model.ids import EntryId, Uid
    from aggregator.model.readinglist import GaveWay, ReadingList, RuleVersion
    from aggregator.services.current_model import MixedModels
    from rankers import Absence, Explanation

LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Counts:
    """The four fates of all candidates: total = shown + further_down + folded + withheld."""

    shown: int
    total: int
    withheld: int
    folded: int
    further_down: int


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """A filter line of the rule, its reason, and how many entries it was the first to withhold."""

    line: str
    why: str
    count: int


class EmptyKind(StrEnum):
    """Why a list shows nothing."""

    NO_FEEDS = "no-feeds"  # the list's owner has no source in the list's scope
    NOT_FETCHED = "not-fetched"  # sources, but no good fetch yet; `next` is when the first is due
    OFFLINE = "offline"  # every source failed when it was last tried; `next` is the next try
    NOTHING_NEW = "nothing-new"  # fetched, but nothing young enough for this list
    BUILDING = "building"  # entries are stored and about to be listed
    LEFT_OUT = "left-out"  # there are candidates, all withheld; `line` withheld most


@dataclass(frozen=True, slots=True)
class EmptyReason:
    """Why a list shows nothing, with what can be said about it."""

    kind: EmptyKind
    next: datetime | None = None
    line: LeftOutLine | None = None


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """An entry with what a line about it shows, whatever became of it in a ranking.

    `source` is the source key of ranking-semantics 2; `feed_title` the owner's name for the feed, else its own.
    `state` is the asking member's; all False for somebody who is not signed in. `version`: the data version at which
    the entry came or last changed.
    """

    entry: Entry
    version: int
    feed_title: str
    source: str
    state: EntryState


@dataclass(frozen=True, slots=True)
class ListedEntry(SeenEntry):
    """An entry in the list's order. `folded` counts the reports of its story that stand under it."""

    position: int
    folded: int
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class WithheldEntry(SeenEntry):
    """An entry left out by the rule. `lines` are all matching filter lines in rule order, never empty."""

    lines: tuple[LeftOutLine, ...]


@dataclass(frozen=True, slots=True)
class FoldedEntry(SeenEntry):
    """An entry folded under `lead`, which stands at `lead_position`."""

    lead: SeenEntry
    lead_position: int


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry that an explanation names: explanations count candidates by row, pages tell which entry that is.

    `position` is its place in the same ranking, None where it has none.
    """

    uid: Uid
    position: int | None
    title: str
    language: str | None
    feed_title: str


@dataclass(frozen=True, slots=True)
class EditionNote:
    """Which kept edition a page shows: the instant it is of, when it was made, and the editions beside it."""

    at: datetime
    made: datetime
    previous: datetime | None
    next: datetime | None

    @property
    def late(self) -> bool:
        """Whether nobody was there to make it in time."""
        return self.made - self.at > LATE


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list under one rule at one tick.

    Hand `at` and `data_version` back to stay on this snapshot (kept for 30 minutes). `rules` are all rules one
    can switch to, `rule` is the one used, `own_rule` the list's own; `newest` is True when `rule` is newest-first.
    `start` is the number of places before `items`; `next_start` is None at the end of what is shown, and
    `further_down` pages go on in the same order from `start=counts.shown`. `newer` counts entries that arrived
    since `at`; `hidden_read` those of this page that are hidden because they are read. `cut`: the list has more
    candidates than can be ranked, the oldest were not looked at. `mentions` has the rows that `explanation`s name.
    `gave_way`: the promises of the rule that could not be kept on this page.
    `muted` counts what the member mutes on this page, left out of `items` unless `show_muted`.
    `next_before` names what stands before `next_start`: handed on, it tells whether the next page follows on this one;
    `changed` where it does not, since the snapshot is gone and what is stored has changed.
    `edition` where a kept edition is shown; `next_edition` is when the list's next is made, None for a live list.
    `mixed`: what a change of model means for its facts, None where it means nothing.
    """

    list: ReadingList
    rule: RuleVersion
    own_rule: RuleVersion
    rules: tuple[RuleVersion, ...]
    at: datetime
    data_version: int
    newest: bool
    further: bool
    items: tuple[ListedEntry, ...]
    counts: Counts
    left_out_by: tuple[LeftOutLine, ...]
    start: int
    next_start: int | None
    newer: int
    hidden_read: int
    hide_read: bool
    empty: EmptyReason | None
    cut: bool
    mentions: Mapping[int, Mention] = field(default_factory=dict)
    gave_way: tuple[GaveWay, ...] = ()
    edition: EditionNote | None = None
    next_edition: datetime | None = None
    mixed: MixedModels | None = None
    muted: int = 0
    show_muted: bool = False
    next_before: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class LeftOutPage:
    """What the rule's filter lines withheld, newest first. `line` narrows it to one line."""

    list: ReadingList
    rule: RuleVersion
    at: datetime
    data_version: int
    items: tuple[WithheldEntry, ...]
    by: tuple[LeftOutLine, ...]
    count: int
    start: int
    next_start: int | None


@dataclass(frozen=True, slots=True)
class FoldedPage:
    """What was folded into stories, in the order of the leads. `lead` narrows it to one story."""

    list: ReadingList
    rule: RuleVersion
    at: datetime
    data_version: int
    items: tuple[FoldedEntry, ...]
    count: int
    start: int
    next_start: int | None


class OutOfScope(StrEnum):
    """Why an entry is no candidate of a list at all."""

    TOO_OLD = "too-old"  # older than the list goes back
    NOT_ARRIVED = "not-arrived"  # it came after the instant looked at
    CUT = "cut"  # the list has more candidates than can be ranked, and newer ones
    NOT_FOUND = "not-found"  # the list keeps a search, which does not find it
    OTHER_SOURCES = "other-sources"  # the list draws from other sources, folders or languages


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one entry stands in one ranking: exactly one of `explanation`, `absence` and `out_of_scope`.

    `explanation` for entries that have a place (shown or further down), `absence` for the other candidates.
    `what_if` is filled where it was asked for: (id of the line left away, position then or None).
    `mentions` has the rows that the explanation or the absence names.
    """

    list: ReadingList
    rule: RuleVersion
    at: datetime
    data_version: int
    explanation: Explanation | None
    absence: Absence | None
    what_if: tuple[tuple[str, int | None], ...] | None = None
    out_of_scope: OutOfScope | None = None
    mentions: Mapping[int, Mention] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry to read. `body` holds clean HTML as stored: its images still point to where they came from.

    `standing` is None where no list was named; `previous` and `next` are its neighbours in that list's order.
    """

    seen: SeenEntry
    body: Body
    standing: Standing | None
    previous: Uid | None
    next: Uid | None


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry found by its link, and where it stands."""

    seen: SeenEntry
    standing: Standing


@dataclass(frozen=True, slots=True)
class Undo:
    """What a marking changed, as entries per mark; `id` undoes it once, while it is the member's last.

    Only entries whose mark really changed are in it, so undoing sets exactly the opposite.
    """

    id: str
    read: tuple[EntryId, ...]
    starred: tuple[EntryId, ...]
    later: tuple[EntryId, ...]

    @property
    def count(self) -> int:
        """How many entries changed."""
        return len({*self.read, *self.starred, *self.later})


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """A member's starred or later entries, the last put there first."""

    items: tuple[SeenEntry, ...]
    next_after: str | None
