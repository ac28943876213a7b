"""What a line about an entry shows: the entry, what its owner calls the feed, the member's marks; one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, func, select

from aggregator.model.entry import EntryState
from aggregator.model.ids import EntryId
from aggregator.store.bulk import chunks
from aggregator.store.entries import get_entries
from aggregator.store.remembering import recall
from aggregator.store.tables import entry, entry_state, feed, subscription

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from aggregator.model.entry import Entry
    from aggregator.model.ids import MemberId, OwnerId

_LINES = (
    select(
        entry.c.id,
        entry.c.version,
        feed.c.source,
        func.coalesce(func.nullif(subscription.c.title, ""), feed.c.title).label("feed_title"),
        entry_state.c.read,
        entry_state.c.starred,
        entry_state.c.later,
    )
    .select_from(
        entry.join(feed, feed.c.id == entry.c.feed_id)
        .outerjoin(
            subscription, (subscription.c.owner == bindparam("owner")) & (subscription.c.feed_id == entry.c.feed_id)
        )
        .outerjoin(entry_state, (entry_state.c.owner == bindparam("member")) & (entry_state.c.entry_id == entry.c.id))
    )
    .where(entry.c.id.in_(bindparam("ids", expanding=True)))
)


class EntryLine(NamedTuple):
    """An entry as a line shows it. `version` is the data version at which the entry came or last changed."""

    entry: Entry
    version: int
    feed_title: str
    source: str
    state: EntryState


def get_lines(
    conn: Connection, ids: Sequence[EntryId], *, owner: OwnerId, member: MemberId | None
) -> dict[EntryId, EntryLine]:
    """Return those of the entries that are there, with what `owner` calls their feeds and `member`'s marks."""
    given = {"owner": owner, "member": member}
    rows = [row for part in chunks(ids) for row in conn.execute(_LINES, {**given, "ids": part})]
    versions = {version: EntryId(entry_id) for entry_id, version, *_ in rows}

    def load(missing: Sequence[int]) -> Mapping[int, Entry]:
        found = get_entries(conn, [versions[version] for version in missing])
        return {version: found[versions[version]] for version in missing}

    known = recall(conn, "entry", list(versions), load)
    return {
        EntryId(entry_id): EntryLine(
            known[version], version, title, source, EntryState(bool(read), bool(starred), bool(later))
        )
        for entry_id, version, source, title, read, starred, later in rows
    }
