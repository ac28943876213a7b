"""The sample edition: what anybody may read and take apart without an account, a source or a network.

It hands out the same values as reading.py, made by the same engine from entries written for it (sample_edition.py).
`rule` is the id of a shipped rule; `language` the one in which points and moves are explained. Nobody's marks, no
database: two processes give the same page in the same minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregator.errors import NotFoundError
from aggregator.services.pages import (
    Counts,
    EmptyKind,
    EmptyReason,
    EntryPage,
    LeftOutPage,
    ListedEntry,
    ListPage,
    Standing,
    WithheldEntry,
)
from aggregator.services.registers import all_lines, lines_of, next_start
from aggregator.services.sample_edition import edition, sample_entries, sample_rules
from aggregator.services.seeing import fields_of, mentions_of

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import Uid
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.sample_edition import Edition

RULE: Final = "many-voices"
NEWEST_FIRST: Final = "newest-first"


def sample_list(
    now: datetime, *, rule: str = RULE, start: int = 0, limit: int | None = None, language: str = "en"
) -> ListPage:
    """Give the sample as ranked by one rule, from place `start` on; all that is shown where no `limit` is told.

    A `start` at the end of what is shown goes further down. Raises NotFoundError("rule").
    """
    today = edition(now, _version(rule))
    ranking, seen = today.ranking, today.seen
    counts, by = ranking.counts, lines_of(ranking)
    further = 0 < counts.shown <= start
    end = counts.shown + counts.after_end if further else counts.shown
    places = range(min(start, end), end if limit is None else min(end, start + limit))
    told = ranking.stretch(places.start, places.stop, language)
    items = tuple(
        ListedEntry(**fields_of(seen[ranking.entry_id(row)]), position=place + 1, folded=folds, explanation=explanation)
        for place, row, folds, explanation in zip(places, told.rows, told.folds, told.told, strict=True)
    )
    return ListPage(
        list=ranking.list,
        rule=ranking.version,
        own_rule=_version(RULE),
        rules=sample_rules(),
        at=ranking.at,
        data_version=ranking.data_version,
        newest=rule == NEWEST_FIRST,
        further=further,
        items=items,
        counts=Counts(counts.shown, len(ranking), counts.withheld, counts.folded, counts.after_end),
        left_out_by=by,
        start=places.start,
        next_start=next_start(places.stop, end),
        newer=0,
        hidden_read=0,
        hide_read=False,
        empty=None if counts.shown else EmptyReason(EmptyKind.LEFT_OUT, line=max(by, key=lambda line: line.count)),
        cut=False,
        mentions=mentions_of(seen, ranking, told.named),
    )


def sample_left_out(now: datetime, *, rule: str = RULE, line: str | None = None) -> LeftOutPage:
    """Give what the rule's filter lines withheld, newest first. Raises NotFoundError("rule")."""
    today = edition(now, _version(rule))
    ranking = today.ranking
    told = {one.line: one for one in all_lines(ranking)}
    rows = ranking.withheld_rows(line)
    return LeftOutPage(
        list=ranking.list,
        rule=ranking.version,
        at=ranking.at,
        data_version=ranking.data_version,
        items=tuple(
            WithheldEntry(
                **fields_of(today.seen[ranking.entry_id(row)]),
                lines=tuple(told[filter_id] for filter_id in ranking.withheld_by(row)),
            )
            for row in rows
        ),
        by=lines_of(ranking),
        count=len(rows),
        start=0,
        next_start=None,
    )


def sample_entry(
    now: datetime, uid: Uid, *, rule: str = RULE, what_if: bool = False, language: str = "en"
) -> EntryPage:
    """Give one entry with its body, its standing in the sample and its neighbours.

    `what_if` ranks once more for each line of the rule. Raises NotFoundError("rule" or "entry").
    """
    today = edition(now, _version(rule))
    ranking = today.ranking
    sample = next((sample for sample in sample_entries() if sample.entry.uid == uid), None)
    row = None if sample is None else ranking.find_row(sample.entry.id)
    if sample is None or row is None:
        raise NotFoundError("entry", uid)
    position = ranking.position(row)
    standing = Standing(
        list=ranking.list,
        rule=ranking.version,
        at=ranking.at,
        data_version=ranking.data_version,
        explanation=None if position is None else ranking.explain([row], language)[0],
        absence=ranking.absence(row, language) if position is None else None,
        what_if=ranking.what_if(row) if what_if else None,
        mentions=mentions_of(today.seen, ranking, {each: ranking.position(each) for each in range(len(ranking))}),
    )
    return EntryPage(
        seen=today.seen[sample.entry.id],
        body=sample.body,
        standing=standing,
        previous=None if position is None else _at(today, position - 1),
        next=None if position is None else _at(today, position + 1),
    )


def _version(rule: str) -> RuleVersion:
    found = next((version for version in sample_rules() if version.slug == rule), None)
    if found is None:
        raise NotFoundError("rule", rule)
    return found


def _at(today: Edition, position: int) -> Uid | None:
    """Return the entry at a place, from 1; None where there is no such place."""
    rows = today.ranking.rows(position - 1, position) if position > 0 else ()
    return today.seen[today.ranking.entry_id(rows[0])].entry.uid if rows else None
