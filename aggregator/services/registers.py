"""The registers of what a list does not show in its order: left out by a line, folded into a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.services.opening import open_list
from aggregator.services.pages import FoldedEntry, FoldedPage, LeftOutLine, LeftOutPage, WithheldEntry
from aggregator.services.seeing import fields_of, see_entries

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import Uid
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.ranked import Ranked

PAGE = 50


def left_out(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    line: str | None = None,
    start: int = 0,
    limit: int = PAGE,
) -> LeftOutPage:
    """Give what the rule's filter lines withheld, each with all lines that match it, newest first."""
    start = max(0, start)
    with desk.database.read() as conn:
        ranking = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version).ranking
        named = {each.line: each for each in all_lines(ranking)}
        rows = ranking.withheld_rows(line)
        seen = see_entries(conn, actor, [ranking.entry_id(row) for row in rows[start : start + limit]])
    items = tuple(
        WithheldEntry(**fields_of(seen[entry_id]), lines=tuple(named[one] for one in ranking.withheld_by(row)))
        for row in rows[start : start + limit]
        if (entry_id := ranking.entry_id(row)) in seen
    )
    return LeftOutPage(
        list=ranking.list,
        rule=ranking.version,
        at=ranking.at,
        data_version=ranking.data_version,
        items=items,
        by=lines_of(ranking),
        count=len(rows),
        start=start,
        next_start=next_start(start + limit, len(rows)),
    )


def folded(
    desk: Desk,
    actor: Actor,
    slug: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    lead: Uid | None = None,
    start: int = 0,
    limit: int = PAGE,
) -> FoldedPage:
    """Give what was folded into stories, each with the entry that leads its story."""
    start = max(0, start)
    with desk.database.read() as conn:
        ranking = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version).ranking
        leads = ranking.folded()
        order = sorted(leads, key=lambda row: (ranking.position(leads[row]) or 0, row))
        if lead is not None:
            order = [row for row in order if ranking.uid(leads[row]) == lead]
        part = order[start : start + limit]
        ids = [ranking.entry_id(each) for row in part for each in (row, leads[row])]
        seen = see_entries(conn, actor, ids)
    items = tuple(
        FoldedEntry(**fields_of(seen[own]), lead=seen[its_lead], lead_position=ranking.position(leads[row]) or 0)
        for row in part
        if (own := ranking.entry_id(row)) in seen and (its_lead := ranking.entry_id(leads[row])) in seen
    )
    return FoldedPage(
        list=ranking.list,
        rule=ranking.version,
        at=ranking.at,
        data_version=ranking.data_version,
        items=items,
        count=len(order),
        start=start,
        next_start=next_start(start + limit, len(order)),
    )


def lines_of(ranking: Ranked) -> tuple[LeftOutLine, ...]:
    """Give the filter lines that left something out which no line before them did."""
    return tuple(line for line in all_lines(ranking) if line.count)


def all_lines(ranking: Ranked) -> tuple[LeftOutLine, ...]:
    """Give all filter lines of the rule."""
    return tuple(LeftOutLine(each.line, each.why, each.count) for each in ranking.left_out_by)


def next_start(stop: int, end: int) -> int | None:
    """Give where the next page begins; None where this one reached the end."""
    return stop if stop < end else None
