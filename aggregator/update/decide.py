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
    matched = _match(entries, held)
    intents: list[EntryUpdateIntent] = []
    minted: set[Uid] = set()
    for data in entries:
        if data.key not in matched:
            continue
        known = matched.pop(data.key)
        if known is None:
            uid = _free_uid(first_address, data.key, taken, minted)
            minted.add(uid)
            intents.append(_new(data, uid, first_seen, fresh=fresh))
        elif known.entry_id is None or known.raw_hash != data.raw_hash:
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


def _free_uid(first_address: str, key: str, taken: Container[Uid], minted: set[Uid]) -> Uid:
    counter = 0
    uid = mint_uid(first_address, key)
    while uid in taken or uid in minted:
        counter += 1
        uid = mint_uid(first_address, key, counter)
    return uid


def _match(entries: Sequence[EntryData], held: Held) -> dict[str, EntryForUpdate | None]:
    """Tie each key of the document to what we hold of it, each held entry to one of them at most.

    Exact keys go first, so that an entry which is still there under its own key is never taken for another one.
    """
    matched: dict[str, EntryForUpdate | None] = {}
    for data in entries:
        matched.setdefault(data.key, held.by_key.get(data.key))
    if None not in matched.values() or not (held.by_key or held.by_link):
        return matched
    used = {known.key for known in matched.values() if known is not None}
    links = Counter(same_link(data.link) for data in entries if data.link)
    for data in entries:
        if matched[data.key] is not None:
            continue
        known = _by_spelling(data, held, used) or _by_link(data, held, used, links)
        if known is not None:
            matched[data.key] = known
            used.add(known.key)
    return matched


def _by_spelling(data: EntryData, held: Held, used: set[str]) -> EntryForUpdate | None:
    for key in spellings(data.key):
        known = held.by_key.get(key)
        if known is not None and known.key not in used:
            return known
    return None


def _by_link(data: EntryData, held: Held, used: set[str], links: Counter[str]) -> EntryForUpdate | None:
    if not data.link:
        return None
    link = same_link(data.link)
    found = held.by_link.get(link, ())
    # A link that several entries share (a changelog, the site's front door) says nothing about which one this is.
    if len(found) != 1 or links[link] != 1 or found[0].key in used:
        return None
    return found[0]
