"""Compares what arrived with what we hold and says what to write. Pure: it is handed `now` and never asks for it.

The rules of `time`, `age_known` and `uid` are those of ranking-semantics 2. An entry keeps its identity when its feed
goes from http to https, moves to another host, gains tracking parameters, or changes its guids while links stay.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from aggregator.model.entry import EntryUpdateIntent
from aggregator.model.ids import Uid
from aggregator.update.sameness import same_link, spellings

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from aggregator.model.entry import EntryData, EntryForUpdate

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A date before this is a broken clock or an empty field, not the day of publication."""


@dataclass(frozen=True, slots=True)
class Held:
    """What we hold of the entries of one document.

    `by_key` answers for every spelling of their keys, `by_link` (canonical links) for the links of those whose key
    is unknown: several where several entries share a link.
    """

    by_key: Mapping[str, EntryForUpdate] = field(default_factory=lambda: MappingProxyType({}))
    by_link: Mapping[str, Sequence[EntryForUpdate]] = field(default_factory=lambda: MappingProxyType({}))


def decide(
    entries: Sequence[EntryData],
    held: Held,
    *,
    first_address: str,
    fresh: bool,
    now: datetime,
    taken: Container[Uid] = frozenset(),
) -> tuple[EntryUpdateIntent, ...]:
    """Return what to write, in document order; nothing for entries that are as we hold them.

    `first_address` is the feed's address at first sight, `fresh` says that it never had a good fetch, `taken` are
    uids that entries of other feeds have.
    """
    first_seen = now.replace(microsecond=0)
    intents: list[EntryUpdateIntent] = []
    used: set[Uid] = set()
    for data, known in _match(entries, held):
        if known is None:
            uid = _free_uid(first_address, data.key, taken, used)
            intents.append(_new(data, uid, first_seen, fresh=fresh))
            used.add(uid)
        elif known.uid not in used:  # else its guid changed once, and the feed now carries it under both
            used.add(known.uid)
            if known.entry_id is None or known.raw_hash != data.raw_hash:
                intents.append(EntryUpdateIntent(data, known.uid, known.time, known.first_seen, known.age_known, known))
    return tuple(intents)


def entry_time(published: datetime | None, first_seen: datetime) -> datetime:
    """Return the `time` of an entry: when it was published, never later than we first saw it, in whole seconds."""
    if published is None or published < OLDEST:
        return first_seen
    return min(published.replace(microsecond=0), first_seen)


def mint_uid(first_address: str, key: str, counter: int = 0) -> Uid:
    """Mint the uid of an entry; `counter` > 0 where the plain one belongs to another entry."""
    text = f"{first_address}\n{key}" + (f"\n{counter}" if counter else "")
    return Uid(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])


def _new(data: EntryData, uid: Uid, first_seen: datetime, *, fresh: bool) -> EntryUpdateIntent:
    dated = data.published is not None and data.published >= OLDEST
    time = entry_time(data.published, first_seen)
    return EntryUpdateIntent(data, uid, time, first_seen, dated or not fresh, None)


def _free_uid(first_address: str, key: str, taken: Container[Uid], used: Container[Uid]) -> Uid:
    counter = 0
    uid = mint_uid(first_address, key)
    while uid in taken or uid in used:
        counter += 1
        uid = mint_uid(first_address, key, counter)
    return uid


def _match(entries: Sequence[EntryData], held: Held) -> tuple[tuple[EntryData, EntryForUpdate | None], ...]:
    """Tie each entry of the document, by its first occurrence, to what we hold of it.

    Exact keys go first, so that an entry which is still there under its own key is never taken for another one.
    """
    firsts = {data.key: data for data in reversed(entries)}
    order = [data for data in entries if firsts[data.key] is data]
    matched = {data.key: held.by_key.get(data.key) for data in order}
    if None in matched.values() and (held.by_key or held.by_link):
        used = {known.uid for known in matched.values() if known is not None}
        links = Counter(same_link(data.link) for data in order if data.link)
        for data in order:
            if matched[data.key] is None:
                known = _by_spelling(data, held, used) or _by_link(data, held, used, links)
                matched[data.key] = known
                used |= {known.uid} if known else set()
    return tuple((data, matched[data.key]) for data in order)


def _by_spelling(data: EntryData, held: Held, used: Container[Uid]) -> EntryForUpdate | None:
    for key in spellings(data.key):
        known = held.by_key.get(key)
        if known is not None and known.uid not in used:
            return known
    return None


def _by_link(data: EntryData, held: Held, used: Container[Uid], links: Counter[str]) -> EntryForUpdate | None:
    if not data.link:
        return None
    link = same_link(data.link)
    found = held.by_link.get(link, ())
    # A link that several entries share (a changelog, the site's front door) says nothing about which one this is.
    if len(found) != 1 or links[link] != 1 or found[0].uid in used:
        return None
    return found[0]
