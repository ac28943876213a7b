"""What members did with entries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, select

from aggregator.model.entry import EntryState
from aggregator.model.ids import EntryId
from aggregator.store.bulk import Bulk, chunks
from aggregator.store.tables import entry, entry_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId

_NOTHING = EntryState()
_STATES = select(
    entry_state.c.entry_id, entry_state.c.read, entry_state.c.starred, entry_state.c.later
).where(
    entry_state.c.owner == bindparam("member"), entry_state.c.entry_id.in_(bindparam("ids", expanding=True))
)  # fmt: skip
_THERE = select(entry.c.id).where(entry.c.id.in_(bindparam("ids", expanding=True)))
_ALL = select(entry.c.id)
_SET = Bulk(
    "INSERT INTO entry_state (entry_id, owner, read, starred, later) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (entry_id, owner) DO UPDATE SET read = excluded.read, starred = excluded.starred,"
    " later = excluded.later"
)


def get_states(conn: Connection, member: MemberId, ids: Sequence[EntryId]) -> dict[EntryId, EntryState]:
    """Return a member's states of these entries, one for each."""
    states = dict.fromkeys(ids, _NOTHING)
    for part in chunks(ids):
        for entry_id, read, starred, later in conn.execute(_STATES, {"member": member, "ids": part}):
            states[EntryId(entry_id)] = EntryState(read, starred, later)
    return states


def get_shelf(
    conn: Connection, member: MemberId, shelf: Literal["starred", "later"], *, below: EntryId | None, limit: int
) -> tuple[EntryId, ...]:
    """Return what a member starred or keeps for later, the last arrived first; the next page is `below` the last."""
    statement = select(entry_state.c.entry_id).where(entry_state.c.owner == member, entry_state.c[shelf])
    if below is not None:
        statement = statement.where(entry_state.c.entry_id < below)
    rows = conn.execute(statement.order_by(entry_state.c.entry_id.desc()).limit(limit)).scalars()
    return tuple(EntryId(each) for each in rows)


def set_states(
    conn: Connection,
    member: MemberId,
    ids: Sequence[EntryId],
    *,
    read: bool | None = None,
    starred: bool | None = None,
    later: bool | None = None,
) -> dict[EntryId, EntryState]:
    """Change what is given, for those of these entries that are there; gives the states before, for undo."""
    before = get_states(conn, member, _there(conn, ids))
    given = {"read": read, "starred": starred, "later": later}
    change = {name: value for name, value in given.items() if value is not None}
    put_states(conn, member, {entry_id: replace(state, **change) for entry_id, state in before.items()})
    return before


def put_states(conn: Connection, member: MemberId, states: Mapping[EntryId, EntryState]) -> None:
    """Put states back as they were, for those entries that are still there."""
    there = _there(conn, list(states))
    _SET.run(conn, [(each, member, states[each].read, states[each].starred, states[each].later) for each in there])


def iter_marks(conn: Connection, member: MemberId) -> Iterator[tuple[str, str, str | None, bool, bool, bool]]:
    """Give all marks of a member: uid, title and link of the entry, read, starred, later; the last arrived first."""
    marks = (
        select(entry.c.uid, entry.c.title, entry.c.link, entry_state.c.read, entry_state.c.starred, entry_state.c.later)
        .join_from(entry_state, entry, entry.c.id == entry_state.c.entry_id)
        .where(entry_state.c.owner == member)
        .order_by(entry_state.c.entry_id.desc())
    )
    for row in conn.execute(marks):
        yield row.uid, row.title, row.link, row.read, row.starred, row.later


def put_random_states(conn: Connection, member: MemberId, chance: Random) -> int:
    """Give a member other marks on every entry, drawn at random; gives how many. For copies alone."""
    ids = [EntryId(each) for each in conn.execute(_ALL).scalars()]
    draw = [chance.getrandbits(3) for _ in ids]
    _SET.run(conn, [(each, member, bool(d & 1), bool(d & 2), bool(d & 4)) for each, d in zip(ids, draw, strict=True)])
    return len(ids)


def _there(conn: Connection, ids: Sequence[EntryId]) -> list[EntryId]:
    return [EntryId(each) for part in chunks(ids) for each in conn.execute(_THERE, {"ids": part}).scalars()]
