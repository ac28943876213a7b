"""From entry ids to what a line about an entry shows: the entry, its feed's title, the member's marks."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from aggregator.model.extras import Extras
from aggregator.services.pages import Mention, SeenEntry
from aggregator.store.entry_lines import get_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from aggregator.model.entry import Entry
    from aggregator.model.ids import EntryId
    from aggregator.model.member import Actor
    from aggregator.services.ranked import Ranked

_FIELDS = tuple(field.name for field in fields(SeenEntry))


def see_entries(conn: Connection, actor: Actor, ids: Iterable[EntryId]) -> dict[EntryId, SeenEntry]:
    """Return those of the entries that are there, in one query for all of them; bodies stay where they are."""
    member = actor.member.id if actor.member else None
    found = get_lines(conn, list(dict.fromkeys(ids)), owner=actor.group, member=member)
    return {
        entry_id: SeenEntry(
            entry=line.entry if actor.only is None else _public_part(line.entry),
            version=line.version,
            feed_title=line.feed_title,
            source=line.source,
            state=line.state,
        )
        for entry_id, line in found.items()
    }


def _public_part(entry: Entry) -> Entry:
    """Keep what everybody is shown of an entry: title, authors, source, beginning, and what its author warns of."""
    return replace(entry, image=None, enclosures=(), extras=Extras(warning=entry.extras.warning))


def fields_of(seen: SeenEntry) -> dict[str, Any]:
    """Give the fields of a SeenEntry, for making one that knows more."""
    return {name: getattr(seen, name) for name in _FIELDS}


def mentions_of(
    seen: Mapping[EntryId, SeenEntry], ranking: Ranked, named: Mapping[int, int | None]
) -> dict[int, Mention]:
    """Tell which entries these rows are; `named` has the place of each."""
    found = ((row, position, seen.get(ranking.entry_id(row))) for row, position in named.items())
    return {
        row: Mention(one.entry.uid, position, one.entry.title, one.entry.language, one.feed_title)
        for row, position, one in found
        if one
    }
