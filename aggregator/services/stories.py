"""Stories as people meet them: who told one, in which order, why each entry joined, and which texts are the same.

A story needs two owners (ranking.md); what one owner wrote alone is none. Of nearly equal texts the one that appeared
first leads, and the others stand under it; all of them can be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import NotFoundError
from aggregator.model.ids import EntryId
from aggregator.services.rights import Right, require
from aggregator.services.seeing import see_entries
from aggregator.store import entries, retelling, vectors
from aggregator.store import stories as stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from aggregator.model.ids import Uid
    from aggregator.model.meaning import CopyPlace, StoryPlace, StoryTold
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from aggregator.services.pages import SeenEntry

NAMED = 4
"""Other tellers of a story that stand under an entry of a list; the story's own page has all."""
NO_MODEL = "no-model"
WAITING = "waiting"
CANNOT_READ = "cannot-read"
READ = "read"


@dataclass(frozen=True, slots=True)
class StoryMark:
    """The story an entry tells: how many owners tell it, the first of all, and one entry each of a few others."""

    number: int
    sources: int
    reports: int
    first: SeenEntry
    others: tuple[SeenEntry, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """An entry of a story with the reason it joined: `near` None began it. `owner` is its source's.

    `place`: how like it was, in millionths. `new`: its owner had not told the story before.
    """

    seen: SeenEntry
    owner: str
    place: StoryPlace
    near: SeenEntry | None
    new: bool
    copies: tuple[SameText, ...]


@dataclass(frozen=True, slots=True)
class SameText:
    """An entry whose text is nearly that of the entry it stands under."""

    seen: SeenEntry
    owner: str
    place: CopyPlace


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story in the order its tellings appeared. `reports` counts all, those folded under a lead too."""

    number: int
    tellings: tuple[Telling, ...]
    sources: int
    reports: int
    languages: tuple[str | None, ...]
    model: str | None

    @property
    def told(self) -> bool:
        """Whether two owners tell it: else it is no story (yet)."""
        return self.sources > 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of one entry by its meaning. `state`: read, cannot-read, waiting or no-model.

    `same`: the entries with nearly the same text, the first to appear first; `leads`: the entry itself is that.
    """

    state: str
    model: str | None
    story: StoryMark | None
    same: tuple[SeenEntry, ...]
    leads: bool


def story_page(desk: Desk, actor: Actor, number: int) -> StoryPage:
    """Give a story as far as the group's sources tell it. Raises NotFoundError where none of them does."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        told = retelling.told_in(conn, actor.group, [number]).get(number, ())
        if not told:
            raise NotFoundError("story", number)
        owners = {each.entry_id: each.owner for each in told}
        places = {place.entry_id: place for place in stored.places_of(conn, number)}
        order = [each.entry_id for each in told if each.entry_id in places]
        near = [near for each in order if (near := places[each].near) is not None]
        seen = see_entries(conn, actor, dict.fromkeys((*order, *near)))
        order = [each for each in order if each in seen]
        under = _folded(retelling.same_texts(conn, actor.group, order), set(order))
        model = vectors.current_model(conn)
    copies: dict[EntryId, list[SameText]] = {}
    for entry_id, (lead, same) in under.items():
        copies.setdefault(lead, []).append(SameText(seen[entry_id], owners[entry_id], same))
    first = _firsts(told)
    tellings = tuple(
        Telling(
            seen=seen[each],
            owner=owners[each],
            place=places[each],
            near=_near(seen, places[each]),
            new=each in first,
            copies=tuple(copies.get(each, ())),
        )
        for each in order
        if each not in under
    )
    languages = tuple(dict.fromkeys(_primary(seen[each].entry.language) for each in order))
    return StoryPage(number, tellings, len(set(owners.values())), len(order), languages, model)


def marks(desk: Desk, actor: Actor, ids: Iterable[EntryId]) -> dict[EntryId, StoryMark]:
    """Give the stories of those of these entries that tell one, for the lines about them."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return _marks(conn, actor, list(ids))


def meaning_of(desk: Desk, actor: Actor, uid: Uid) -> Meaning:
    """Say what is known of an entry by its meaning. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        entry = entries.get_entry(conn, uid)
        model = vectors.current_model(conn)
        mark = _marks(conn, actor, [entry.id]).get(entry.id)
        groups = retelling.same_texts(conn, actor.group, [entry.id])
        same = [place.entry_id for group in groups.values() for place in group]
        seen = see_entries(conn, actor, same)
        read = retelling.was_read(conn, model, entry.id) if model else None
    others = tuple(seen[each] for each in same if each != entry.id and each in seen)
    state = NO_MODEL if model is None else {None: WAITING, True: READ, False: CANNOT_READ}[read]
    return Meaning(state, model, mark, others, leads=bool(same) and same[0] == entry.id)


def _marks(conn: Connection, actor: Actor, ids: Sequence[EntryId]) -> dict[EntryId, StoryMark]:
    held = {EntryId(entry_id): number for entry_id, number in stored.stories_of(conn, ids).items()}
    if not held:
        return {}
    told = {
        number: each
        for number, each in retelling.told_in(conn, actor.group, list(dict.fromkeys(held.values()))).items()
        if len({one.owner for one in each}) > 1
    }
    wanted = {entry_id: told[number] for entry_id, number in held.items() if number in told}
    named = {entry_id: _others(entry_id, each) for entry_id, each in wanted.items()}
    shown = [each for entry_id, others in named.items() for each in (wanted[entry_id][0].entry_id, *others)]
    seen = see_entries(conn, actor, dict.fromkeys(shown))
    return {
        entry_id: StoryMark(
            number=held[entry_id],
            sources=len({one.owner for one in each}),
            reports=len(each),
            first=seen[each[0].entry_id],
            others=tuple(seen[other] for other in named[entry_id] if other in seen),
        )
        for entry_id, each in wanted.items()
        if each[0].entry_id in seen
    }


def _others(entry_id: EntryId, told: Sequence[StoryTold]) -> list[EntryId]:
    """Choose the first telling of each of a few owners other than the entry's own."""
    own = next((one.owner for one in told if one.entry_id == entry_id), "")
    firsts = {one.entry_id: one.owner for one in told if one.entry_id in _firsts(told)}
    return [each for each, owner in firsts.items() if owner != own][:NAMED]


def _firsts(told: Sequence[StoryTold]) -> set[EntryId]:
    """Give the first telling of each owner."""
    first: dict[str, EntryId] = {}
    for one in told:
        first.setdefault(one.owner, one.entry_id)
    return set(first.values())


def _folded(
    groups: Mapping[int, Sequence[CopyPlace]], inside: set[EntryId]
) -> dict[EntryId, tuple[EntryId, CopyPlace]]:
    """Tell under which lead each copy stands, as far as both are in the story."""
    folded: dict[EntryId, tuple[EntryId, CopyPlace]] = {}
    for group in groups.values():
        here = [place for place in group if place.entry_id in inside]
        for place in here[1:]:
            folded[place.entry_id] = (here[0].entry_id, place)
    return folded


def _near(seen: Mapping[EntryId, SeenEntry], place: StoryPlace) -> SeenEntry | None:
    return None if place.near is None else seen.get(place.near)


def _primary(language: str | None) -> str | None:
    return language.partition("-")[0].lower() if language else None
