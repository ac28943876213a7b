"""Stories and copies: what was found, with its reasons, and what is still to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, delete, func, select, type_coerce

from aggregator.model.ids import EntryId
from aggregator.model.meaning import HeldText, StoryPlace, StoryText
from aggregator.store.bulk import Bulk, chunks
from aggregator.store.columns import to_seconds
from aggregator.store.tables import copy, entry, entry_vector, feed, story, story_entry
from aggregator.store.values import take_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from aggregator.model.meaning import CopyPlace

_TEXT = (
    entry.c.id, type_coerce(entry.c.time, BigInteger).label("time"),
    func.coalesce(entry.c.language, feed.c.language).label("language"), feed.c.source_owner, entry.c.title,
    entry.c.excerpt, entry.c.link, entry_vector.c.vector,
)  # fmt: skip
_READ = entry.join(feed, feed.c.id == entry.c.feed_id).join(
    entry_vector,
    (entry_vector.c.entry_id == entry.c.id)
    & (entry_vector.c.model == bindparam("model"))
    & entry_vector.c.vector.is_not(None),
)
_WAITING = (
    select(*_TEXT)
    .select_from(_READ.outerjoin(story_entry, story_entry.c.entry_id == entry.c.id))
    .where(entry.c.time > bindparam("since", type_=BigInteger), story_entry.c.entry_id.is_(None))
    .order_by(entry.c.time, entry.c.id)
    .limit(bindparam("limit"))
)
_HELD = (
    select(*_TEXT, story_entry.c.story_id, copy.c.copy_group)
    .select_from(
        _READ.join(story_entry, story_entry.c.entry_id == entry.c.id).outerjoin(copy, copy.c.entry_id == entry.c.id)
    )
    .where(entry.c.time > bindparam("since", type_=BigInteger))
    .order_by(entry.c.time, entry.c.id)
)
_STRETCH = Bulk(
    "INSERT INTO story (id, began, latest) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
    " began = CASE WHEN story.began < excluded.began THEN story.began ELSE excluded.began END,"
    " latest = CASE WHEN story.latest > excluded.latest THEN story.latest ELSE excluded.latest END"
)
_JOIN = Bulk(
    "INSERT INTO story_entry (entry_id, version, story_id, model, near, likeness, meaning, words, names)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entry_id) DO NOTHING"
)
_COPY = Bulk(
    "INSERT INTO copy (entry_id, version, copy_group, how, likeness) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (entry_id) DO NOTHING"
)
_THERE = select(entry.c.id).where(entry.c.id.in_(bindparam("ids", expanding=True)))
_CHANGED_STORIES = (
    select(story_entry.c.entry_id, story_entry.c.version, story_entry.c.story_id)
    .where(story_entry.c.version > bindparam("version"))
    .order_by(story_entry.c.version)
    .limit(bindparam("limit"))
)
_CHANGED_COPIES = (
    select(copy.c.entry_id, copy.c.version, copy.c.copy_group)
    .where(copy.c.version > bindparam("version"))
    .order_by(copy.c.version)
    .limit(bindparam("limit"))
)
_STORIES_OF = select(story_entry.c.entry_id, story_entry.c.story_id).where(
    story_entry.c.entry_id.in_(bindparam("ids", expanding=True))
)
_COPIES_OF = select(copy.c.entry_id, copy.c.copy_group).where(copy.c.entry_id.in_(bindparam("ids", expanding=True)))
_PLACES = (
    select(
        story_entry.c.entry_id, type_coerce(entry.c.time, BigInteger).label("time"), story_entry.c.story_id,
        story_entry.c.near, story_entry.c.likeness, story_entry.c.meaning, story_entry.c.words, story_entry.c.names,
    )
    .join(entry, entry.c.id == story_entry.c.entry_id)
    .where(story_entry.c.story_id == bindparam("story"))
    .order_by(entry.c.time, entry.c.uid)
)  # fmt: skip

_EMPTY = (
    select(story.c.id)
    .outerjoin(story_entry, story_entry.c.story_id == story.c.id)
    .where(story.c.latest < bindparam("before", type_=BigInteger), story_entry.c.entry_id.is_(None))
    .order_by(story.c.latest)
    .limit(bindparam("limit"))
)
_FORGET = delete(story).where(story.c.id.in_(bindparam("ids", expanding=True)))


def find_waiting(conn: Connection, model: str, *, since: datetime, limit: int) -> tuple[StoryText, ...]:
    """Return entries from after `since` that the model has read and that stand in no story yet, the oldest first."""
    given = {"model": model, "since": to_seconds(since), "limit": limit}
    return tuple(_text_of(row) for row in conn.execute(_WAITING, given))


def iter_held(conn: Connection, model: str, *, since: datetime) -> tuple[HeldText, ...]:
    """Return the entries from after `since` that stand in a story, the oldest first."""
    rows = conn.execute(_HELD, {"model": model, "since": to_seconds(since)})
    return tuple(
        HeldText(_text_of(row), row.story_id, None if row.copy_group is None else EntryId(row.copy_group))
        for row in rows
    )


def keep(conn: Connection, model: str, places: Sequence[StoryPlace], copies: Sequence[CopyPlace]) -> None:
    """Keep where those of these entries stand that are still there; what stands somewhere already stays."""
    ids = [each.entry_id for each in places]
    there = {found for part in chunks(ids) for found in conn.execute(_THERE, {"ids": part}).scalars()}
    placed = [each for each in places if each.entry_id in there]
    same = [each for each in copies if each.entry_id in there]
    if not placed:
        return
    last, _ = take_numbers(conn, versions=len(placed) + len(same))
    first = last - len(placed) - len(same) + 1
    _STRETCH.run(conn, [(each.story, each.time, each.time) for each in placed])
    _JOIN.run(
        conn,
        [
            (p.entry_id, first + place, p.story, model, p.near, p.likeness, p.meaning, p.words, p.names)
            for place, p in enumerate(placed)
        ],
    )
    _COPY.run(
        conn,
        [
            (each.entry_id, first + len(placed) + place, each.group, each.how, each.likeness)
            for place, each in enumerate(same)
        ],
    )


def stories_changed(conn: Connection, version: int, limit: int) -> tuple[tuple[int, int, int], ...]:
    """Return (entry, version, story) of entries that joined one after a data version, in the order they did."""
    return tuple(
        (row[0], row[1], row[2]) for row in conn.execute(_CHANGED_STORIES, {"version": version, "limit": limit})
    )


def copies_changed(conn: Connection, version: int, limit: int) -> tuple[tuple[int, int, int], ...]:
    """Return (entry, version, group) of entries checked for copies after a data version, in the order they were."""
    return tuple(
        (row[0], row[1], row[2]) for row in conn.execute(_CHANGED_COPIES, {"version": version, "limit": limit})
    )


def stories_of(conn: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return the story of each of these entries that stands in one."""
    return {row[0]: row[1] for part in chunks(ids) for row in conn.execute(_STORIES_OF, {"ids": part})}


def copy_groups_of(conn: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return the group of each of these entries that was checked for copies."""
    return {row[0]: row[1] for part in chunks(ids) for row in conn.execute(_COPIES_OF, {"ids": part})}


def places_of(conn: Connection, number: int) -> tuple[StoryPlace, ...]:
    """Return where the entries of a story stand, in the order they appeared; the one that began it is near none."""
    return tuple(
        StoryPlace(
            EntryId(row.entry_id), row.time, row.story_id, row.near, row.likeness, row.meaning, row.words, row.names
        )
        for row in conn.execute(_PLACES, {"story": number})
    )


def forget_empty(conn: Connection, *, before: datetime, limit: int) -> int:
    """Forget stories that nothing tells any more and whose last telling is from before; gives how many there were."""
    given = {"before": to_seconds(before), "limit": limit}
    gone = list(conn.execute(_EMPTY, given).scalars())
    if gone:
        conn.execute(_FORGET, {"ids": gone})
    return len(gone)


def _text_of(row: Row[*tuple[Any, ...]]) -> StoryText:
    return StoryText(
        entry_id=EntryId(row.id),
        time=row.time,
        language=row.language,
        owner=row.source_owner,
        title=row.title,
        text=row.excerpt,
        link=row.link,
        vector=bytes(row.vector),
    )
