"""Where one entry stands: its page, its neighbours, and the answer to "why is this not here?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.candidates.table import in_scope
from aggregator.errors import NotFoundError
from aggregator.model.entry import Body
from aggregator.model.ids import Uid, is_uid
from aggregator.services.opening import open_list
from aggregator.services.pages import EntryPage, FoundEntry, OutOfScope, Standing
from aggregator.services.ranked import named_rows
from aggregator.services.rights import Right, require
from aggregator.services.seeing import mentions_of, see_entries
from aggregator.store import entries, subscriptions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import EntryId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry
    from aggregator.services.ranked import Ranked


def entry_page(
    desk: Desk,
    actor: Actor,
    uid: Uid,
    slug: str | None = None,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    what_if: bool = False,
    language: str = "en",
) -> EntryPage:
    """Give one entry with its body and, where a list is named, its standing and neighbours there.

    `what_if` ranks once more for each line of the rule. Everybody is given candidates of a public list, without their
    bodies. Raises NotFoundError("entry", "list" or "rule").
    """
    require(actor, Right.READ)
    with desk.database.read() as conn:
        found = entries.get_entry(conn, uid)
        body = entries.get_body(conn, found.id)
        if slug is None:
            return EntryPage(see_entries(conn, actor, [found.id])[found.id], body, None, None, None)
        ranking = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version).ranking
        row = ranking.find_row(found.id)
        if row is None and actor.only is not None:
            raise NotFoundError("entry", uid)  # of what is no candidate of a public list everybody learns nothing
        position = None if row is None else ranking.position(row)
        above, below = _neighbours(ranking, position)
        seen = see_entries(conn, actor, [found.id])[found.id]
        around = entries.get_entries(conn, [each for each in (above, below) if each])
        standing = standing_in(conn, actor, ranking, seen, language=language, what_if=what_if)
    return EntryPage(
        seen=seen,
        body=body if actor.only is None else Body("", ""),
        standing=standing,
        previous=around[above].uid if above in around else None,
        next=around[below].uid if below in around else None,
    )


def why_not(
    desk: Desk,
    actor: Actor,
    slug: str,
    link: str,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
    language: str = "en",
) -> tuple[FoundEntry, ...]:
    """Say where the entries with this link stand; empty where no entry held has it. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        found = entries.find_by_link(conn, link.strip())
        ranking = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version).ranking
        if actor.only is not None:
            found = tuple(entry for entry in found if ranking.find_row(entry.id) is not None)
        seen = see_entries(conn, actor, [entry.id for entry in found])
        return tuple(
            FoundEntry(one, standing_in(conn, actor, ranking, one, language=language)) for one in seen.values()
        )


def find_uid(desk: Desk, actor: Actor, named: str) -> Uid:
    """Return the uid of an entry named by its uid or its link; of several with one link, the newest held.

    Raises NotFoundError("entry").
    """
    require(actor, Right.READ)
    if is_uid(named):
        return Uid(named)
    with desk.database.read() as conn:
        found = entries.find_by_link(conn, named.strip())
    if not found:
        raise NotFoundError("entry", named)
    return max(found, key=lambda entry: (entry.time, entry.uid)).uid


def _neighbours(ranking: Ranked, position: int | None) -> tuple[EntryId | None, EntryId | None]:
    if position is None:
        return None, None
    above = ranking.rows(position - 2, position - 1) if position > 1 else ()
    below = ranking.rows(position, position + 1)
    first, last = (ranking.entry_id(rows[0]) if rows else None for rows in (above, below))
    return first, last


def standing_in(
    conn: Connection, actor: Actor, ranking: Ranked, seen: SeenEntry, *, language: str, what_if: bool = False
) -> Standing:
    """Say where an entry stands in a ranking, or why it has no place there."""
    row = ranking.find_row(seen.entry.id)
    told = absent = None
    if row is not None and ranking.position(row) is not None:
        (told,) = ranking.explain([row], language)
    elif row is not None:
        absent = ranking.absence(row, language)
    outcome = told or absent
    named = {each: ranking.position(each) for each in named_rows(outcome)} if outcome else {}
    mentioned = see_entries(conn, actor, [ranking.entry_id(each) for each in named])
    return Standing(
        list=ranking.list,
        rule=ranking.version,
        at=ranking.at,
        data_version=ranking.data_version,
        explanation=told,
        absence=absent,
        what_if=ranking.what_if(row) if what_if and row is not None else None,
        out_of_scope=None if outcome else _out_of_scope(conn, ranking, seen),
        mentions=mentions_of(mentioned, ranking, named),
    )


def _out_of_scope(conn: Connection, ranking: Ranked, seen: SeenEntry) -> OutOfScope:
    entry = seen.entry
    if entry.first_seen > ranking.at or entry.time > ranking.at:
        return OutOfScope.NOT_ARRIVED
    if ranking.at - entry.time >= ranking.list.max_age:
        return OutOfScope.TOO_OLD
    if ranking.cut:
        return OutOfScope.CUT
    scope = ranking.list.scope
    held = subscriptions.get_feed_facts(conn, ranking.list.draws_on) if scope.search else ()
    drawn = any(in_scope(scope, feed.id, feed.folders) for feed in held if feed.id == entry.feed_id)
    return OutOfScope.NOT_FOUND if drawn else OutOfScope.OTHER_SOURCES
