"""Marks: read, starred, later, as one member sets them; and taking the last act back."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING

from aggregator.errors import ConflictError
from aggregator.model.ids import EntryId
from aggregator.services.opening import open_list
from aggregator.services.pages import ShelfPage, Undo
from aggregator.services.rights import Right, require_member
from aggregator.services.seeing import see_entries
from aggregator.store import entries, states, values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Literal

    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId, Uid
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

PAGE = 50
_NUMBER = re.compile("[0-9]{1,18}")
MARKS = ("read", "starred", "later")


def mark(
    desk: Desk,
    actor: Actor,
    uids: Sequence[Uid],
    *,
    read: bool | None = None,
    starred: bool | None = None,
    later: bool | None = None,
) -> Undo:
    """Set marks of the asking member; None leaves a mark as it is. Unknown uids are passed over."""
    member = require_member(actor, Right.MARK)
    with desk.database.write() as conn:
        ids = [entry.id for entry in entries.find_entries(conn, uids).values()]
        return _set(conn, member.id, ids, read=read, starred=starred, later=later)


def mark_above(
    desk: Desk,
    actor: Actor,
    slug: str,
    position: int,
    *,
    rule: str | None = None,
    at: datetime | None = None,
    data_version: int | None = None,
) -> Undo:
    """Mark as read every entry from place 1 to `position`, both included, of the snapshot that was shown."""
    member = require_member(actor, Right.MARK)
    with desk.database.read() as conn:
        ranking = open_list(desk, conn, actor, slug, rule=rule, at=at, data_version=data_version).ranking
        ids = [ranking.entry_id(row) for row in ranking.rows(0, max(0, position))]
    with desk.database.write() as conn:
        return _set(conn, member.id, ids, read=True)


def undo(desk: Desk, actor: Actor, undo_id: str) -> Undo:
    """Take back the member's last marking. Raises ConflictError where it was another one, or taken back already."""
    member = require_member(actor, Right.MARK)
    with desk.database.write() as conn:
        kept = json.loads(values.find_value(conn, _last(member.id)) or "{}")
        if not undo_id or kept.get("id") != undo_id:
            raise ConflictError("undo", "only the last marking can be taken back, and only once")
        changed = {name: [EntryId(each) for each in kept["changed"][name]] for name in MARKS}
        for name in MARKS:
            if changed[name]:
                states.set_states(conn, member.id, changed[name], **{name: not kept["set"][name]})
        values.delete_value(conn, _last(member.id))
    return Undo(id="", **{name: tuple(changed[name]) for name in MARKS})


def shelf(
    desk: Desk, actor: Actor, name: Literal["starred", "later"], *, after: str | None = None, limit: int = PAGE
) -> ShelfPage:
    """Give what the member starred or keeps for later, the last arrived first."""
    member = require_member(actor, Right.MARK)
    below = EntryId(int(after)) if after and _NUMBER.fullmatch(after) else None
    with desk.database.read() as conn:
        ids = states.get_shelf(conn, member.id, name, below=below, limit=limit + 1)
        found = see_entries(conn, actor, ids[:limit])
    items = tuple(found[each] for each in ids[:limit] if each in found)
    return ShelfPage(items, str(ids[limit - 1]) if len(ids) > limit else None)


def _set(conn: Connection, member: MemberId, ids: Sequence[EntryId], **given: bool | None) -> Undo:
    """Set marks and keep, as the member's last act, of which entries each mark really changed."""
    wanted = {name: given.get(name) for name in MARKS}
    before = states.set_states(conn, member, ids, **wanted)
    changed = {
        name: [] if value is None else [each for each, state in before.items() if getattr(state, name) != value]
        for name, value in wanted.items()
    }
    undo_id = secrets.token_urlsafe(12)
    values.set_value(conn, _last(member), json.dumps({"id": undo_id, "set": wanted, "changed": changed}))
    return Undo(id=undo_id, **{name: tuple(changed[name]) for name in MARKS})


def _last(member: MemberId) -> str:
    return f"last-marking/{member}"
