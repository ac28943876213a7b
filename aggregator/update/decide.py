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
from aggregator.text.marks import marks_of
from aggregator.update.sameness import EVIDENCE, Days, days_of, spellings, traits

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from aggregator.model.entry import EntryData, EntryForUpdate, Marks
    from aggregator.update.sameness import Traits

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""A date before this is a broken clock or an empty field, not the day of publication."""
MOST_REPEATED = 2
"""So many entries of a document may say what earlier ones said, and be new."""


@dataclass(frozen=True, slots=True)
class Held:
    """What we hold of the entries of one document.

    `by_key` answers for every spelling of their keys, `alike` are those that have a place or a text in common with
    one whose key is unknown.
    """

    by_key: Mapping[str, EntryForUpdate] = field(default_factory=lambda: MappingProxyType({}))
    alike: Sequence[EntryForUpdate] = ()


def decide(
    entries: Sequence[EntryData],
    held: Held,
    *,
    first_address: str,
    fresh: bool,
    now: datetime,
    taken: Container[Uid] = frozenset(),
    carried: Container[bytes] = frozenset(),
) -> tuple[EntryUpdateIntent, ...]:
    """Return what to write, in document order; nothing for entries that are as we hold them.

    `first_address` is the feed's address at first sight, `fresh` says that it never had a good fetch, `taken` are
    uids that entries of other feeds have, `carried` the raw hashes of all that the document carries, also of what is
    not among `entries` because we hold it as it is.
    """
    first_seen = now.replace(microsecond=0)
    intents: list[EntryUpdateIntent] = []
    used: set[Uid] = set()
    for data, known in _match(entries, held, carried):
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
    dated = _dated(data.published, first_seen)
    return EntryUpdateIntent(data, uid, dated or first_seen, first_seen, dated is not None or not fresh, None)


def _free_uid(first_address: str, key: str, taken: Container[Uid], used: Container[Uid]) -> Uid:
    counter = 0
    uid = mint_uid(first_address, key)
    while uid in taken or uid in used:
        counter += 1
        uid = mint_uid(first_address, key, counter)
    return uid


def _match(
    entries: Sequence[EntryData], held: Held, carried: Container[bytes]
) -> tuple[tuple[EntryData, EntryForUpdate | None], ...]:
    """Tie each entry of the document, by its first occurrence, to what we hold of it.

    Exact keys go first, so that an entry which is still there under its own key is never taken for another one.
    """
    firsts = {data.key: data for data in reversed(entries)}
    order = [data for data in entries if firsts[data.key] is data]
    matched = {data.key: held.by_key.get(data.key) for data in order}
    if None in matched.values() and (held.by_key or held.alike):
        used = {known.uid for known in matched.values() if known is not None}
        for data in order:
            known = matched[data.key] or _by_spelling(data, held, used)
            matched[data.key] = known
            used |= {known.uid} if known else set()
        used |= {known.uid for known in held.alike if known.raw_hash in carried}
        _match_alike(order, matched, held.alike, used)
    return tuple((data, matched[data.key]) for data in order)


def _by_spelling(data: EntryData, held: Held, used: Container[Uid]) -> EntryForUpdate | None:
    for key in spellings(data.key):
        known = held.by_key.get(key)
        if known is not None and known.uid not in used:
            return known
    return None


def _match_alike(
    order: Sequence[EntryData],
    matched: dict[str, EntryForUpdate | None],
    alike: Sequence[EntryForUpdate],
    used: set[Uid],
) -> None:
    """Tie entries with unknown keys to those held that are proven to be the same, by the strongest evidence first."""
    marks = {data.key: marks_of(data) for data in order}
    arriving = Counter(mark.place for mark in marks.values())
    holding = Counter(known.marks.place for known in alike)
    by_mark: dict[int | None, list[EntryForUpdate]] = {}
    for known in alike:
        by_mark.setdefault(known.marks.place, []).append(known)
        by_mark.setdefault(known.marks.text, []).append(known)

    def compared(data: EntryData, known: EntryForUpdate) -> Traits:
        mark = marks[data.key]
        alone = arriving[mark.place] == holding[mark.place] == 1
        return traits(mark, known.marks, _days(data, known), alone=alone)

    for proves in EVIDENCE:
        for data in order:
            if matched[data.key] is not None:
                continue
            mark = marks[data.key]
            there = (known for part in (mark.place, mark.text) if part is not None for known in by_mark.get(part, ()))
            found = next((k for k in there if k.uid not in used and proves(compared(data, k))), None)
            if found is not None:
                matched[data.key] = found
                used.add(found.uid)
    _match_many(order, matched, marks, alike, used)


def _match_many(
    order: Sequence[EntryData],
    matched: dict[str, EntryForUpdate | None],
    marks: Mapping[str, Marks],
    alike: Sequence[EntryForUpdate],
    used: Container[Uid],
) -> None:
    """Tie undated entries by what they say alone, where so many do so at once that their feed changed all links.

    One or two may be a text that its publisher repeats; those are new.
    """
    by_text = {known.marks.text: known for known in reversed(alike) if known.uid not in used}
    pairs = {}
    for data in order:
        text = marks[data.key].text
        known = by_text.get(text) if text is not None and matched[data.key] is None else None
        if known is not None and _days(data, known) is Days.UNKNOWN:
            pairs[data.key] = known
            del by_text[text]
    if len(pairs) > MOST_REPEATED:
        matched.update(pairs)


def _days(data: EntryData, known: EntryForUpdate) -> Days:
    return days_of(_dated(data.published, known.first_seen), known.time, known.first_seen)


def _dated(published: datetime | None, first_seen: datetime) -> datetime | None:
    """Return the `time` an entry would have had, None where nothing dates it."""
    return None if published is None or published < OLDEST else entry_time(published, first_seen)
