"""Stories and copies as pages show them: who told a story, why each entry joined it, which entries are one text."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, select, type_coerce

from aggregator.model.ids import EntryId
from aggregator.model.meaning import CopyPlace, Sameness, StoryTold
from aggregator.store.bulk import chunks
from aggregator.store.tables import copy, entry, entry_vector, feed, story_entry, subscription

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from aggregator.model.ids import OwnerId

MOST = 5_000
"""Entries of the stories of one page that are looked at."""
_TOLD = (
    select(
        story_entry.c.story_id, story_entry.c.entry_id, feed.c.source_owner,
        type_coerce(entry.c.time, BigInteger).label("time"),
    )
    .join(entry, entry.c.id == story_entry.c.entry_id)
    .join(feed, feed.c.id == entry.c.feed_id)
    .join(subscription, (subscription.c.feed_id == feed.c.id) & (subscription.c.owner == bindparam("owner")))
    .where(story_entry.c.story_id.in_(bindparam("stories", expanding=True)))
    .order_by(entry.c.time, entry.c.uid)
    .limit(MOST)
)  # fmt: skip
_GROUPS = select(copy.c.copy_group).where(copy.c.entry_id.in_(bindparam("ids", expanding=True))).distinct()
_SAME = (
    select(copy.c.entry_id, type_coerce(entry.c.time, BigInteger).label("time"), copy.c.copy_group, copy.c.how,
           copy.c.likeness)
    .join(entry, entry.c.id == copy.c.entry_id)
    .join(subscription, (subscription.c.feed_id == entry.c.feed_id) & (subscription.c.owner == bindparam("owner")))
    .where(copy.c.copy_group.in_(bindparam("groups", expanding=True)))
    .order_by(entry.c.time, entry.c.uid)
    .limit(MOST)
)  # fmt: skip
_READ = select(entry_vector.c.vector.is_not(None)).where(
    entry_vector.c.entry_id == bindparam("entry_id"), entry_vector.c.model == bindparam("model")
)


def told_in(conn: Connection, owner: OwnerId, stories: Sequence[int]) -> dict[int, tuple[StoryTold, ...]]:
    """Return the entries of these stories that lie in an owner's feeds, in the order they appeared."""
    found: defaultdict[int, list[StoryTold]] = defaultdict(list)
    for part in chunks(stories):
        for row in conn.execute(_TOLD, {"owner": owner, "stories": part}):
            found[row.story_id].append(StoryTold(EntryId(row.entry_id), row.source_owner, row.time))
    return {number: tuple(told) for number, told in found.items()}


def same_texts(conn: Connection, owner: OwnerId, ids: Sequence[EntryId]) -> dict[int, tuple[CopyPlace, ...]]:
    """Return the groups of nearly equal texts that these entries stand in and that have two members or more.

    Each by its number, with the entries of the owner's feeds in the order they appeared.
    """
    groups = [each for part in chunks(ids) for each in conn.execute(_GROUPS, {"ids": part}).scalars()]
    found: defaultdict[int, list[CopyPlace]] = defaultdict(list)
    for part in chunks(groups):
        for row in conn.execute(_SAME, {"owner": owner, "groups": part}):
            how = Sameness(row.how) if row.how else None
            group = EntryId(row.copy_group)
            found[group].append(CopyPlace(EntryId(row.entry_id), group, how, row.likeness))
    return {number: tuple(same) for number, same in found.items() if len(same) > 1}


def was_read(conn: Connection, model: str, entry_id: EntryId) -> bool | None:
    """Say whether a model could read an entry; None where it has not been given it yet."""
    found = conn.execute(_READ, {"entry_id": entry_id, "model": model}).scalar()
    return None if found is None else bool(found)
