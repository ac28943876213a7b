"""Replays somebody asked for: a few of each member are kept, the oldest go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from aggregator.errors import NotFoundError
from aggregator.model.ids import ListId, MemberId, OwnerId, ReplayId, VersionId
from aggregator.model.trying import ReplayState, StoredReplay
from aggregator.store.tables import replay

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

OPEN = (ReplayState.WAITING.value, ReplayState.RUNNING.value)
_REPLAY = select(replay).where(replay.c.id == bindparam("id"))
_NEXT = select(replay).where(replay.c.state.in_(OPEN)).order_by(replay.c.id).limit(1)
_OF_MEMBER = select(replay.c.id).where(replay.c.member_id == bindparam("of_member")).order_by(replay.c.id.desc())
_OPEN_OF_MEMBER = _OF_MEMBER.where(replay.c.state.in_(OPEN))


def add_replay(  # what a replay is of; none of it follows from the rest
    conn: Connection,
    member: MemberId,
    list_id: ListId,
    before: VersionId,
    *,
    toml: str,
    days: int,
    now: datetime,
    keep: int,
) -> ReplayId:
    """Add a replay that waits; of a member's older ones `keep` - 1 stay."""
    old = [row.id for row in conn.execute(_OF_MEMBER, {"of_member": member})][keep - 1 :]
    if old:
        conn.execute(delete(replay).where(replay.c.id.in_(old)))
    values = {
        "member_id": member,
        "list_id": list_id,
        "before_id": before,
        "toml": toml,
        "state": ReplayState.WAITING.value,
        "days": days,
        "done": 0,
        "tries": 0,
        "created": now,
    }
    return ReplayId(conn.execute(insert(replay).returning(replay.c.id), values).scalar_one())


def get_replay(conn: Connection, replay_id: ReplayId) -> StoredReplay:
    """Return a replay. Raises NotFoundError."""
    row = conn.execute(_REPLAY, {"id": replay_id}).first()
    if row is None:
        raise NotFoundError("replay", replay_id)
    return _replay_of(row)


def find_open(conn: Connection, member: MemberId) -> ReplayId | None:
    """Return the newest replay of a member that waits or runs."""
    found = conn.execute(_OPEN_OF_MEMBER.limit(1), {"of_member": member}).scalar()
    return None if found is None else ReplayId(found)


def next_open(conn: Connection) -> StoredReplay | None:
    """Return the oldest replay that waits, or was running when its worker ended."""
    row = conn.execute(_NEXT).first()
    return _replay_of(row) if row else None


def begin(conn: Connection, replay_id: ReplayId, tries: int) -> None:
    """Say that a replay runs, for which time."""
    _set(conn, replay_id, state=ReplayState.RUNNING.value, done=0, tries=tries)


def set_done(conn: Connection, replay_id: ReplayId, done: int) -> bool:
    """Write how many days are done; says False where somebody ended the replay meanwhile."""
    return _set(conn, replay_id, done=done)


def end(conn: Connection, replay_id: ReplayId, state: ReplayState, result: dict[str, Any] | None = None) -> bool:
    """End a replay that is not ended yet; says whether it was not."""
    told = None if result is None else json.dumps(result, ensure_ascii=False, separators=(",", ":"))
    return _set(conn, replay_id, state=state.value, result=told)


def _set(conn: Connection, replay_id: ReplayId, **columns: Any) -> bool:
    open_one = (replay.c.id == replay_id, replay.c.state.in_(OPEN))
    return bool(conn.execute(update(replay).where(*open_one).values(**columns)).rowcount)


def _replay_of(row: Row[*tuple[Any, ...]]) -> StoredReplay:
    return StoredReplay(
        id=ReplayId(row.id),
        member=MemberId(OwnerId(row.member_id)),
        list=ListId(row.list_id),
        before=VersionId(row.before_id),
        toml=row.toml,
        state=ReplayState(row.state),
        days=row.days,
        done=row.done,
        tries=row.tries,
        result=json.loads(row.result) if row.result else None,
        created=row.created,
    )
