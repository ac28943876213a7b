"""Searching by words and by meaning at once, and what is like an entry. The worker knows meaning; words never wait.

The two orders are fused by reciprocal rank (Cormack, Clarke, Buettcher 2009): 1 / (60 + place) in each, added up. Where
the worker has no answer in a tenth of a second, words alone answer, and the page says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, BusyError
from aggregator.model.ids import EntryId
from aggregator.services.rights import Right, require
from aggregator.services.searching import (
    LONGEST,
    NO_WORD,
    PAGE,
    Found,
    SearchPage,
    patterns_of,
    read_words,
    search,
    shorten,
)
from aggregator.services.seeing import see_entries
from aggregator.store import entries
from aggregator.store import search as stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aggregator.model.candidate import Hit
    from aggregator.model.entry import Kind
    from aggregator.model.ids import FeedId, Uid
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry

WAIT = 0.1
"""Seconds meaning may take; words alone answer after that."""
DEPTH = 200
"""Hits of each kind that are fused."""
DEPTH_NARROWED = 1_000
"""Hits of each kind that are looked at where only some of them are wanted."""
FLATTEN = 60
LEAST_LIKENESS = 0.36
"""Cosine below which texts seldom have to do with each other (docs/developers/meaning.md)."""
_LAST = re.compile("s([0-9]{1,4})e([0-9]{1,18})")
"""Where a page ended: how many came before the next, and the last of them."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What hits must be besides: in one of some languages, of a source, from after and before an instant.

    And of a kind, and from one of some feeds. None or nothing: all.
    """

    languages: tuple[str, ...] = ()
    source: str | None = None
    after: datetime | None = None
    before: datetime | None = None
    kind: Kind | None = None
    feeds: frozenset[FeedId] | None = None

    def keeps(self, seen: SeenEntry) -> bool:
        """Say whether a hit is wanted."""
        entry = seen.entry
        return (
            (not self.languages or _primary(entry.language) in map(_primary, self.languages))
            and (self.source is None or seen.source == self.source)
            and (self.after is None or entry.time > self.after)
            and (self.before is None or entry.time < self.before)
            and (self.kind is None or entry.kind == self.kind)
            and (self.feeds is None or entry.feed_id in self.feeds)
        )


def search_by_sense(
    desk: Desk,
    actor: Actor,
    words: str,
    *,
    after: str | None = None,
    limit: int = PAGE,
    narrowed: Narrowed | None = None,
    wait: float = WAIT,
) -> SearchPage:
    """Find entries by words and meaning together, the best first; by words alone where there is no model to ask.

    With `narrowed` at most DEPTH_NARROWED hits of each kind are looked at.
    """
    require(actor, Right.READ)
    asked = words[:LONGEST].strip()
    if not asked:
        return SearchPage(words, (), None, NO_WORD)
    phrases = read_words(asked)
    depth = DEPTH_NARROWED if narrowed else DEPTH
    near = _nearest(desk, asked, depth, wait)
    if not phrases and not near:
        return SearchPage(words, (), None, NO_WORD)
    if near is None and narrowed is None:
        return search(desk, actor, words, after=after, limit=limit)
    with desk.database.read() as conn:
        try:
            held = stored.search(conn, patterns_of(phrases), limit=depth) if phrases else ()
        except BadInputError:
            held = ()
        scores = fuse([[hit.entry_id for hit in _best_first(held)], [hit.entry_id for hit in near or ()]])
        order = sorted(scores, key=lambda entry_id: (-scores[entry_id], -entry_id))
        seen = see_entries(conn, actor, order)
        wanted = [
            each
            for each in order
            if each in seen and _may_be_found(seen[each]) and (narrowed is None or narrowed.keeps(seen[each]))
        ]
        start = _next_place(wanted, after)
        items = tuple(
            Found(seen[each], shorten(conn, seen[each], phrases), scores[each])
            for each in wanted[start : start + limit]
        )
    following = start + limit
    more = f"s{following}e{wanted[following - 1]}" if following < len(wanted) else None
    return SearchPage(words, items, more, None, by_sense=near is not None)


def more_like(desk: Desk, actor: Actor, uid: Uid, *, limit: int = PAGE, wait: float = 1.0) -> tuple[Found, ...] | None:
    """Give the entries most like one in meaning, the nearest first; None where meaning is not to be had now.

    Raises NotFoundError.
    """
    require(actor, Right.READ)
    with desk.database.read() as conn:
        entry = entries.get_entry(conn, uid)
    try:
        near = desk.ask.like(entry.id, limit + 1, wait=wait)
    except BusyError:
        return None
    hits = {hit.entry_id: hit.score for hit in near if hit.entry_id != entry.id and hit.score >= LEAST_LIKENESS}
    with desk.database.read() as conn:
        seen = see_entries(conn, actor, list(hits))
        return tuple(
            Found(seen[each], shorten(conn, seen[each], ()), score)
            for each, score in hits.items()
            if each in seen and _may_be_found(seen[each])
        )[:limit]


def nearest_to(desk: Desk, actor: Actor, text: str, *, limit: int, wait: float = 1.0) -> tuple[Found, ...] | None:
    """Give the entries nearest to a subject in words with their likeness (cosine), however far; None as above."""
    require(actor, Right.READ)
    asked = text[:LONGEST].strip()
    if not asked:
        return ()
    try:
        near = desk.ask.nearest(asked, limit, wait=wait)
    except BusyError:
        return None
    with desk.database.read() as conn:
        seen = see_entries(conn, actor, [hit.entry_id for hit in near])
    return tuple(
        Found(seen[hit.entry_id], (), hit.score)
        for hit in near
        if hit.entry_id in seen and _may_be_found(seen[hit.entry_id])
    )


def fuse(orders: Sequence[Sequence[EntryId]]) -> dict[EntryId, float]:
    """Add up 1 / (60 + place) of each order, places from 1."""
    scores: defaultdict[EntryId, float] = defaultdict(float)
    for order in orders:
        for place, entry_id in enumerate(order, 1):
            scores[entry_id] += 1 / (FLATTEN + place)
    return dict(scores)


def _next_place(order: Sequence[EntryId], after: str | None) -> int:
    """Say where a page begins: behind the last entry of the one before, wherever that stands by now."""
    cursor = _LAST.fullmatch(after or "")
    if cursor is None:
        return 0
    last = EntryId(int(cursor[2]))
    return order.index(last) + 1 if last in order else int(cursor[1])


def _may_be_found(seen: SeenEntry) -> bool:
    """Say whether the author agrees to being found: whoever writes in the fediverse may say no."""
    return not seen.entry.extras.reserved


def _nearest(desk: Desk, words: str, count: int, wait: float) -> tuple[Hit, ...] | None:
    try:
        found = desk.ask.nearest(words, count, wait=wait)
    except BusyError:
        return None
    return tuple(hit for hit in found if hit.score >= LEAST_LIKENESS)


def _primary(language: str | None) -> str:
    return (language or "").partition("-")[0].lower()


def _best_first(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, -hit.entry_id))
