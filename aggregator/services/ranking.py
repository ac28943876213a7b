"""Rankings: the one place where they are made and kept. Every page, command and feed takes them from here.

A ranking is decided by list, rule hash, tick and data version, and made once for all who ask (desk.rankings).
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np

from aggregator.candidates.table import count_newer, entries_of
from aggregator.errors import UnusableRuleError
from aggregator.model.ids import EntryId, Uid
from aggregator.model.readinglist import GaveWay
from aggregator.services.kept_search import finds_of
from aggregator.services.list_table import Stored, feed_facts, fresh_snapshot, list_table
from aggregator.store import editions, values
from rankers import (
    RuleError,
    Sentences,
    SignalError,
    make_receipt,
    parse_rule,
    rank,
    reopen_receipt,
    treat,
    what_if,
    why_not,
    whys,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from aggregator.candidates.snapshot import Snapshot
    from aggregator.model.ids import ListId
    from aggregator.model.readinglist import Edition, ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Absence, CandidateTable, Explanation, LeftOut, Ranking, Receipt, RuleDocument, Treatment
    from rankers import Counts as RankedCounts

MINUTE = 60
KEPT_EDITION = 0
"""The data version of a ranking that was made again from its receipt: what is stored now has no part in it."""
MOST_EXPLAINED = 1000
"""Explanations kept of one ranking, at about 3 KB each: somebody may page through all of it."""


@dataclass(frozen=True, slots=True)
class RankingKey:
    """What decides a ranking: `at` in seconds, `data_version` of the columns, `facts_version` of the database."""

    list_id: ListId
    rule_hash: str
    at: int
    data_version: int
    facts_version: int


class Ranked:
    """A list ranked by one version of a rule at one tick: what pages ask of it, for all threads.

    The engine works places out as they are asked for and is not made for two threads: all of it is reached
    through here, one at a time. Rows are those of its candidate table.
    """

    def __init__(
        self,
        reading_list: ReadingList,
        version: RuleVersion,
        ranking: Ranking,
        entry_ids: NDArray[np.int64],
        *,
        cut: bool,
        key: RankingKey,
    ) -> None:
        self.list = reading_list
        self.version = version
        self.key = key
        self.at = datetime.fromtimestamp(key.at, UTC)
        self.cut = cut
        self._ranking = ranking
        self._entry_ids = entry_ids
        self._explained: dict[tuple[int, str], Explanation] = {}
        self._folded: Mapping[int, int] | None = None
        self._turn = RLock()

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self._entry_ids)

    @property
    def data_version(self) -> int:
        """The data version of the columns it was made from."""
        return self.key.data_version

    @property
    def has_end(self) -> bool:
        """Whether the rule ends the list."""
        return self._ranking.document.length is not None

    @property
    def counts(self) -> RankedCounts:
        """How many candidates are where."""
        with self._turn:
            return self._ranking.counts

    @property
    def left_out_by(self) -> tuple[LeftOut, ...]:
        """How many each filter was the first to leave out."""
        with self._turn:
            return self._ranking.left_out_by

    def rows(self, start: int, stop: int) -> tuple[int, ...]:
        """Return the rows at these places, counted from 0, further down included."""
        with self._turn:
            return tuple(self._ranking.order(start, stop).tolist())

    def digest(self, stop: int) -> str:
        """Name which entries stand at the places before `stop`, in any order: for noticing that others do elsewhere."""
        uids = sorted(self.uid(row) for row in self.rows(0, stop))
        return hashlib.sha256("\n".join(uids).encode()).hexdigest()[:16]

    def entry_id(self, row: int) -> EntryId:
        """Return the entry that a row stands for."""
        return EntryId(int(self._entry_ids[row]))

    def uid(self, row: int) -> Uid:
        """Return the uid of a row's entry."""
        return Uid(self._ranking.table.uid_hex(row))

    @property
    def entry_ids(self) -> NDArray[np.int64]:
        """The entries of all rows; -1 for one that is gone."""
        return self._entry_ids

    def find_row(self, entry_id: EntryId) -> int | None:
        """Return the row of an entry; None where it is no candidate."""
        found = np.flatnonzero(self._entry_ids == entry_id)
        return int(found[0]) if len(found) else None

    def position(self, row: int) -> int | None:
        """Return the place of a row, from 1; None where it is folded or withheld."""
        with self._turn:
            return self._ranking.position(row)

    def explain(self, rows: Sequence[int], language: str) -> tuple[Explanation, ...]:
        """Explain rows that have a place; each is worked out once."""
        with self._turn:
            if len(self._explained) > MOST_EXPLAINED:
                self._explained.clear()
            unknown = [row for row in rows if (row, language) not in self._explained]
            for told in whys(self._ranking, unknown, sentences=sentences_of(language)):
                self._explained[told.row, language] = told
            return tuple(self._explained[row, language] for row in rows)

    def absence(self, row: int, language: str) -> Absence:
        """Say why a row is not shown."""
        with self._turn:
            return why_not(self._ranking, row, sentences=sentences_of(language))

    def what_if(self, row: int) -> tuple[tuple[str, int | None], ...]:
        """Rank once more for each line: its id, and where the row would stand without it."""
        with self._turn:
            return tuple((one.without, one.position) for one in what_if(self._ranking, row))

    def treatment(self, entry_ids: Collection[EntryId]) -> Treatment:
        """Say how the rule treats those of these entries that are candidates."""
        rows = np.flatnonzero(np.isin(self._entry_ids, np.fromiter(entry_ids, dtype=np.int64)))
        with self._turn:
            return treat(self._ranking, rows)

    def gave_way(self, start: int, stop: int, language: str) -> tuple[GaveWay, ...]:
        """Say which steps could not keep their promise at these places, counted from 0."""
        with self._turn:
            found = self._ranking.gave_way(start, stop)
        return tuple(GaveWay(sentences_of(language).step(each.step), each.places) for each in found)

    def withheld_rows(self, line: str | None = None) -> tuple[int, ...]:
        """Return the rows left out, by this line where one is named, newest first."""
        with self._turn:
            rows = self._ranking.withheld_rows.tolist()
            if line is not None:
                rows = [row for row in rows if line in self._ranking.withheld_by(row)]
            return tuple(sorted(rows, key=self._newest_first))

    def withheld_by(self, row: int) -> tuple[str, ...]:
        """Return the ids of all filters that match a row, in the rule's order."""
        with self._turn:
            return self._ranking.withheld_by(row)

    def folded(self) -> Mapping[int, int]:
        """Return the lead of each row that is folded into a story."""
        with self._turn:
            if self._folded is None:
                self._folded = self._ranking.folded
            return self._folded

    def receipt(self, secret: bytes) -> Receipt:
        """Write down what this order was made from; `secret` is what salts are made from."""
        with self._turn:
            return make_receipt(
                self._ranking,
                list_key=self.list.slug,
                version=self.version.identity,
                secret=secret,
                scope={**self.list.scope.told, "max_age": int(self.list.max_age.total_seconds())},
            )

    def _newest_first(self, row: int) -> tuple[int, list[int]]:
        table = self._ranking.table
        return -int(table.time[row]), table.uid[row].tolist()


def sentences_of(language: str) -> Sentences:
    """Give the words of a language, English where the engine does not have it yet."""
    try:
        return Sentences.of(language)
    except LookupError:
        return Sentences.of("en")


@lru_cache(maxsize=64)
def document_of(toml: str) -> RuleDocument:
    """Parse a published rule's text; each is parsed once."""
    return parse_rule(toml)


def usable_document(version: RuleVersion) -> RuleDocument:
    """Return a published rule for ranking by. Raises UnusableRuleError where it reads what is not here any more."""
    try:
        return document_of(version.toml)
    except RuleError as fault:
        raise UnusableRuleError(version.slug, "; ".join(one.message for one in fault.problems)) from fault


def order_by(version: RuleVersion, table: CandidateTable, at: int) -> Ranking:
    """Rank a table by a published rule at a tick. Raises UnusableRuleError where a plug-in's signal fails."""
    try:
        return rank(usable_document(version), table, at)
    except SignalError as fault:
        raise UnusableRuleError(version.slug, str(fault)) from fault


def ranked(
    desk: Desk,
    reading_list: ReadingList,
    version: RuleVersion,
    at: datetime | None = None,
    *,
    data_version: int | None = None,
    conn: Connection | None = None,
) -> Ranked:
    """Rank a list by a version of a rule.

    `at` None: the live tick. With `at` a ranking that was shown and is still kept is given again, the one of
    `data_version` where that is told; else it is made from what is stored now of what had arrived by then.
    """
    with ExitStack() as stack:
        conn = conn or stack.enter_context(desk.database.read())
        now = desk.clock.now().timestamp()
        document = usable_document(version)
        if at is not None:
            tick = int(at.timestamp())
            pinned = desk.rankings.find(
                lambda key: (
                    (key.list_id, key.rule_hash, key.at) == (reading_list.id, document.hash, tick)
                    and key.data_version != KEPT_EDITION
                    and data_version in {None, key.data_version}
                )
            )
            if pinned is not None:
                make = partial(_make, desk, conn, reading_list, version, snapshot=desk.columns.snapshot(), key=pinned)
                return desk.rankings.get(pinned, make, now=now)
        facts_version = values.data_version(conn)
        snapshot = fresh_snapshot(desk, conn, facts_version)
        tick = live_tick(int(now), snapshot) if at is None else int(at.timestamp())
        key = RankingKey(reading_list.id, document.hash, tick, snapshot.version, facts_version)
        make = partial(_make, desk, conn, reading_list, version, snapshot=snapshot, key=key)
        return desk.rankings.get(key, make, now=now)


def ranked_edition(
    desk: Desk, conn: Connection, reading_list: ReadingList, version: RuleVersion, edition: Edition
) -> Ranked:
    """Rank a kept edition again from its receipt: its places are as they were, whatever has changed since."""
    now = desk.clock.now().timestamp()
    tick = int(edition.at.timestamp())
    document = usable_document(version)
    key = RankingKey(reading_list.id, document.hash, tick, KEPT_EDITION, KEPT_EDITION)

    def make() -> Ranked:
        ranking = reopen_receipt(*editions.get_receipt(conn, edition.id), document)
        snapshot = fresh_snapshot(desk, conn, values.data_version(conn))
        ids = entries_of(snapshot, ranking.table.uid, until=tick)
        return Ranked(reading_list, version, ranking, ids, cut=edition.cut, key=key)

    return desk.rankings.get(key, make, now=now)


def newer_since(desk: Desk, conn: Connection, ranking: Ranked) -> int:
    """Count what arrived after the ranking's tick and would be a candidate now."""
    version = values.data_version(conn)
    snapshot = fresh_snapshot(desk, conn, version)
    if snapshot.newest_arrival <= ranking.key.at:
        return 0
    now = int(desk.clock.now().timestamp())
    facts = feed_facts(desk, conn, ranking.list.draws_on, Stored(snapshot, version), now)
    finds = finds_of(desk, conn, snapshot, ranking.list.scope.search)
    return count_newer(snapshot, facts, ranking.list, ranking.key.at, now, finds=finds)


@dataclass(frozen=True, slots=True)
class Tick:
    """An instant a list is ranked at for many askers, and what it would be made from: no ranking is needed to know."""

    at: datetime
    data_version: int
    facts_version: int


def shared_tick(desk: Desk, conn: Connection, every: int) -> Tick:
    """Give the clock floored to `every` seconds, or what arrived last since: the same for all who ask meanwhile."""
    facts_version = values.data_version(conn)
    snapshot = fresh_snapshot(desk, conn, facts_version)
    at = live_tick(int(desk.clock.now().timestamp()), snapshot, every)
    return Tick(datetime.fromtimestamp(at, UTC), snapshot.version, facts_version)


def live_tick(now: int, snapshot: Snapshot, every: int = MINUTE) -> int:
    """Give the clock floored to the minute, or the newest arrival of this minute.

    The data version moved with that arrival, so that it costs no ranking more; and who adds a source sees its
    entries at once rather than in the next minute.
    """
    minute = now - now % every
    return max(minute, snapshot.newest_arrival) if snapshot.newest_arrival <= now else minute


def _make(
    desk: Desk,
    conn: Connection,
    reading_list: ReadingList,
    version: RuleVersion,
    *,
    snapshot: Snapshot,
    key: RankingKey,
) -> Ranked:
    document = usable_document(version)
    stored = Stored(snapshot, key.facts_version)
    found = list_table(
        desk, conn, stored, reading_list, key.at, reads=document.columns, leaves=document.leaves, topics=document.topics
    )
    ranking = order_by(version, found.table, key.at)
    return Ranked(reading_list, version, ranking, found.entry_ids, cut=found.cut, key=key)
