"""Try a change: the page a draft would make beside the one there is, what each line does, and who has room.

Both sides are ranked over one table, so that they see the same entries. A try is bounded: one at a time for a member,
only so many entries for a rule of many lines, only the newest where words are looked for that nobody looked for yet;
what was not looked at is said.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model.ids import EntryId
from aggregator.services.asking import list_and_rule
from aggregator.services.exposure import MEASURED, source_titles
from aggregator.services.lab import Warned, warnings_of
from aggregator.services.list_table import Stored, fresh_snapshot, list_table
from aggregator.services.pages import FoundEntry
from aggregator.services.ranked import Ranked, RankingKey
from aggregator.services.ranking import document_of, live_tick
from aggregator.services.rights import Right, require
from aggregator.services.rule_cases import run_cases
from aggregator.services.seeing import see_entries
from aggregator.services.standing import standing_in
from aggregator.store import entries, values
from rankers import compare_editions, line_effects, measure_exposure, parse_rule, rank, why_not

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from aggregator.candidates.table import Candidates
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry
    from aggregator.services.rule_cases import CaseResult
    from rankers import Counts, Exposure, LineEffect, Ranking, RuleDocument

PLACES = 30
"""Places compared."""
MOST_GONE = 30
WORK = 3_000_000
"""Entries times lines: a rule of 200 lines is tried on the newest 15,000 entries."""
MOST_WHAT_IF = 30
"""Lines of a draft up to which it is said where an entry would stand without each: every line is a ranking more."""
MOST_UNREAD = 3000
"""Entries whose texts a try may read, where a draft looks for words that nobody looked for yet."""


@dataclass(frozen=True, slots=True)
class TriedEntry:
    """An entry on the draft's page. `was`: its place without the draft, None where it was not among those shown."""

    seen: SeenEntry
    position: int
    was: int | None


@dataclass(frozen=True, slots=True)
class GoneEntry:
    """An entry that is shown without the draft only: `place` says where it is then, `lines` what leaves it out."""

    seen: SeenEntry
    was: int
    place: str
    position: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """An entry somebody asks for by its link: where it stands by the draft, and `was` its place without it."""

    found: FoundEntry
    was: int | None


@dataclass(frozen=True, slots=True)
class Side:
    """Who has room in one of both orders. `top`: the source with most, and its share in thousandths. Age in hours."""

    counts: Counts
    sources: int
    there: int
    top: str
    top_share: int
    three_share: int
    gini: float
    floor: float
    median_hours: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft beside a version, on one table. `looked_at`: how many of the newest entries, None for all of them.

    `vanished`: titles of sources that are shown without the draft only. `overlap` is 1 for the same order.
    """

    list: ReadingList
    document: RuleDocument
    at: datetime
    entries: tuple[TriedEntry, ...]
    gone: tuple[GoneEntry, ...]
    effects: tuple[LineEffect, ...]
    before: Side
    after: Side
    vanished: tuple[str, ...]
    languages: tuple[tuple[str, int, int], ...]
    warnings: tuple[Warned, ...]
    cases: tuple[CaseResult, ...]
    overlap: float
    candidates: int
    looked_at: int | None
    asked: tuple[AskedEntry, ...] = ()

    @property
    def moved(self) -> int:
        """How many entries stand elsewhere than before, among those that both sides show."""
        return sum(1 for entry in self.entries if entry.was not in {None, entry.position})

    @property
    def new(self) -> int:
        """How many entries come onto the page."""
        return sum(1 for entry in self.entries if entry.was is None)


def try_text(
    desk: Desk,
    actor: Actor,
    slug: str,
    before: RuleVersion,
    text: str,
    *,
    at: datetime | None = None,
    link: str = "",
    language: str = "en",
) -> Trial:
    """Rank a list by a text and by a version. `at` stays on the entries of a try before; None: now.

    `link`: an entry asked for, whose reasons are said in `language`.

    Raises RuleError where the text is no rule, NotFoundError, BusyError where the actor's last try still runs.
    """
    require(actor, Right.TRY_RULES)
    document = parse_rule(text)
    now = int(desk.clock.now().timestamp())
    with ExitStack() as stack:
        stack.enter_context(desk.turns.take(actor.member.id if actor.member else actor.group))
        conn = stack.enter_context(desk.database.read())
        found = list_and_rule(conn, actor, slug, None).list
        ours = document_of(before.toml)
        facts_version = values.data_version(conn)
        stored = Stored(fresh_snapshot(desk, conn, facts_version), facts_version)
        tick = live_tick(now, stored.snapshot) if at is None else min(now, int(at.timestamp()))
        table, looked_at = _table(desk, conn, found, stored, tick, documents=(ours, document))
        sides = [rank(each, table.table, tick) for each in (ours, document)]
        trial = _trial(conn, actor, found, sides=sides, made=table, looked_at=looked_at)
        if not link:
            return trial
        draft = replace(before, toml=text, hash=document.hash)
        keys = [
            RankingKey(found.id, side.document.hash, tick, stored.snapshot.version, facts_version) for side in sides
        ]
        cut = table.cut or looked_at is not None
        ours_, drafts = (
            Ranked(found, version, side, table.entry_ids, cut=cut, key=key)
            for version, side, key in zip((before, draft), sides, keys, strict=True)
        )
        return replace(trial, asked=_asked(conn, actor, ours_, drafts, link=link, language=language))


def _table(
    desk: Desk, conn: Connection, found: ReadingList, stored: Stored, tick: int, *, documents: Sequence[RuleDocument]
) -> tuple[Candidates, int | None]:
    """Make one table for both rules, of as many of the newest entries as their lines allow."""
    reads = MEASURED.union(*(document.columns for document in documents))
    made = list_table(desk, conn, stored, found, tick, reads=reads, leaves=())
    ours, draft = documents
    most = WORK // (len(draft.filters) + len(draft.scores) + len(draft.arrange) + 1)
    if set(draft.leaves) - set(ours.leaves):
        most = min(most, MOST_UNREAD)
    looked_at = None
    if len(made.table) > most:
        rows = np.sort(np.argsort(-made.table.time, kind="stable")[:most])
        made = replace(made, table=made.table.take(rows), rows=made.rows[rows], entry_ids=made.entry_ids[rows])
        looked_at = most
    leaves = tuple(dict.fromkeys((*ours.leaves, *draft.leaves)))
    if leaves:
        bits = desk.columns.leaves.bits(conn, stored.snapshot, leaves, made.rows, keep=False)
        made = replace(made, table=replace(made.table, leaves=bits))
    return made, looked_at


def _trial(
    conn: Connection,
    actor: Actor,
    found: ReadingList,
    *,
    sides: Sequence[Ranking],
    made: Candidates,
    looked_at: int | None,
) -> Trial:
    before, after = sides
    titles = source_titles(conn, found.draws_on)
    old, new = (side.order(0, min(PLACES, side.length)) for side in sides)
    compared = compare_editions(old, new)
    was = {row: place for place, row in enumerate(old.tolist(), start=1)}
    gone = compared.leaving[:MOST_GONE]
    seen = see_entries(conn, actor, [_id(made, row) for row in (*new.tolist(), *gone)])
    measured = [measure_exposure(made.table, rows) for rows in (old, new)]
    effects = line_effects(after, len(new))
    return Trial(
        list=found,
        document=after.document,
        at=datetime.fromtimestamp(made.table.now, UTC),
        entries=tuple(
            TriedEntry(seen[_id(made, row)], place, was.get(row))
            for place, row in enumerate(new.tolist(), start=1)
            if _id(made, row) in seen
        ),
        gone=tuple(_gone(after, made, row, was[row], seen) for row in gone if _id(made, row) in seen),
        effects=effects,
        before=_side(before, measured[0], titles),
        after=_side(after, measured[1], titles),
        vanished=_vanished(measured[0], measured[1], titles),
        languages=_languages(*measured),
        warnings=warnings_of(after, effects, measured[1], titles, places=len(new)),
        cases=run_cases(conn, after.document.tests, found, after, made),
        overlap=compared.overlap,
        candidates=len(made.table),
        looked_at=looked_at,
    )


def _asked(
    conn: Connection, actor: Actor, before: Ranked, after: Ranked, *, link: str, language: str
) -> tuple[AskedEntry, ...]:
    """Say where the entries with a link stand by the draft, and where without each of its lines."""
    held = entries.find_by_link(conn, link.strip())
    what_if = len(document_of(after.version.toml).scores) <= MOST_WHAT_IF
    asked = []
    for seen in see_entries(conn, actor, [each.id for each in held]).values():
        row = before.find_row(seen.entry.id)
        told = standing_in(conn, actor, after, seen, language=language, what_if=what_if)
        asked.append(AskedEntry(FoundEntry(seen, told), None if row is None else before.position(row)))
    return tuple(asked)


def _gone(after: Ranking, made: Candidates, row: int, was: int, seen: Mapping[EntryId, SeenEntry]) -> GoneEntry:
    absence = why_not(after, row)
    lines = tuple(line for line, _ in absence.lines)
    return GoneEntry(seen[_id(made, row)], was, str(absence.place), absence.position, lines)


def _side(ranking: Ranking, measured: Exposure, titles: Mapping[str, str]) -> Side:
    rooms = [share.room for share in measured.sources]
    whole = sum(rooms) or 1
    top = measured.sources[0] if rooms and rooms[0] else None
    return Side(
        counts=ranking.counts,
        sources=sum(1 for room in rooms if room),
        there=len(rooms),
        top=titles.get(top.key, top.key) if top else "",
        top_share=round(1000 * rooms[0] / whole) if top else 0,
        three_share=round(1000 * sum(rooms[:3]) / whole),
        gini=measured.evenness.gini,
        floor=measured.evenness.floor,
        median_hours=None if measured.median_age is None else round(measured.median_age / 3600),
    )


def _vanished(before: Exposure, after: Exposure, titles: Mapping[str, str]) -> tuple[str, ...]:
    stays = {share.key for share in after.sources if share.room}
    return tuple(titles.get(each.key, each.key) for each in before.sources if each.room and each.key not in stays)


def _languages(before: Exposure, after: Exposure) -> tuple[tuple[str, int, int], ...]:
    """Give (language, room before, room after) in thousandths, those with most room first."""
    sides = []
    for measured in (before, after):
        whole = sum(share.room for share in measured.languages) or 1
        sides.append({share.key: round(1000 * share.room / whole) for share in measured.languages if share.room})
    keys = sides[0].keys() | sides[1].keys()
    rows = [(key, sides[0].get(key, 0), sides[1].get(key, 0)) for key in keys]
    return tuple(sorted(rows, key=lambda row: (-max(row[1:]), row[0])))


def _id(made: Candidates, row: int) -> EntryId:
    return EntryId(int(made.entry_ids[row]))
