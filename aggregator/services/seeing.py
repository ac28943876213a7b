"""From entry ids to what a line about an entry shows: the entry, its feed's title, the member's marks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aggregator.model.entry import EntryState
from aggregator.model.extras import Extras
from aggregator.services.pages import Mention, SeenEntry
from aggregator.store import entries, feeds, states, subscriptions
from rankers import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection

    from aggregator.model.entry import Entry
    from aggregator.model.ids import EntryId
    from aggregator.model.member import Actor
    from aggregator.services.ranking import Ranked
    from rankers import Absence

_NOTHING = EntryState()


def see_entries(conn: Connection, actor: Actor, ids: Iterable[EntryId]) -> dict[EntryId, SeenEntry]:
    """Return those of the entries that are there, in a few queries for all of them; bodies stay where they are."""
    found = entries.get_entries(conn, dict.fromkeys(ids))
    feed_ids = list(dict.fromkeys(entry.feed_id for entry in found.values()))
    known = feeds.get_feeds(conn, feed_ids)
    own_titles = subscriptions.get_own_titles(conn, actor.group, feed_ids)
    marks = states.get_states(conn, actor.member.id, list(found)) if actor.member else {}
    return {
        entry_id: SeenEntry(
            entry=entry if actor.only is None else _public_part(entry),
            feed_title=own_titles.get(entry.feed_id) or known[entry.feed_id].title,
            source=known[entry.feed_id].source,
            state=marks.get(entry_id, _NOTHING),
        )
        for entry_id, entry in found.items()
    }


def _public_part(entry: Entry) -> Entry:
    """Keep what everybody is shown of an entry: title, authors, source, beginning, and what its author warns of."""
    return replace(entry, image=None, enclosures=(), extras=Extras(warning=entry.extras.warning))


def fields_of(seen: SeenEntry) -> dict[str, Any]:
    """Give the fields of a SeenEntry, for making one that knows more."""
    return {"entry": seen.entry, "feed_title": seen.feed_title, "source": seen.source, "state": seen.state}


def mentions_of(seen: Mapping[EntryId, SeenEntry], ranking: Ranked, rows: Iterable[int]) -> dict[int, Mention]:
    """Tell which entries these rows are."""
    named = ((row, seen.get(ranking.entry_id(row))) for row in rows)
    return {
        row: Mention(one.entry.uid, ranking.position(row), one.entry.title, one.entry.language, one.feed_title)
        for row, one in named
        if one
    }


def named_rows(told: Explanation | Absence) -> Iterator[int]:
    """Yield the rows that an explanation or an absence names."""
    if isinstance(told, Explanation):
        for move in told.moves:
            yield from move.because
        yield from (near.row for near in (told.above, told.below) if near)
        return
    if told.lead is not None:
        yield told.lead
    if told.held_by is not None:
        yield from told.held_by.because
