"""Which entries tell the same story: one pass over entries as they come, over a window of seven days. Pure.

An entry joins the active story it is most like, where the likeness reaches the threshold of the model, else it begins
one. Likeness is a published blend (Blend): nearness in meaning to the middle of the story, shared rare words and
shared names with the entry of the story that shares most, less a little for each day that passed. Between languages
words say nothing, so that meaning alone decides, with a threshold of its own. What has joined stays where it is.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model.meaning import StoryPlace

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from aggregator.model.ids import EntryId

DAY = 86_400
WINDOW = 7 * DAY
"""A story is active so long after its latest entry (s)."""
LONGEST = 28 * DAY
"""A story takes no entry from later than this after its first one: what goes on longer is a subject (s)."""
LOOKED_AT = 8
"""Stories that are compared in full: those nearest in meaning."""
REMEMBERED = 8
"""Entries of a story whose words are compared, the latest ones."""


@dataclass(frozen=True, slots=True)
class Blend:
    """How likeness is mixed for one model, fitted on labelled news (tests/long/meaning.py).

    `meaning`, `words` and `names` are shares of one; where an entry has no names their share goes to the others.
    `a_day` is taken off for each day since the story's latest entry. An entry joins from `join` on, one in
    another language than all of the story from `join_across` on, where only meaning counts.
    """

    meaning: float
    words: float
    names: float
    a_day: float
    join: float
    join_across: float


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the pass reads it. `time` in s since 1970; `vector` float32 of length one.

    `telling`: it says enough to be told from others; "About" and "Privacy policy" tell no story, whoever has one.
    """

    entry_id: EntryId
    time: int
    language: str | None
    words: frozenset[str]
    names: frozenset[str]
    vector: NDArray[np.float32] = field(repr=False)
    telling: bool = True


@dataclass(slots=True)
class _Story:
    number: int
    slot: int
    first: int
    latest: int
    total: NDArray[np.float32]
    languages: set[str | None]
    members: list[Told]


class Stories:
    """The stories of the window. Entries are best handed in the order of their times."""

    def __init__(self, blend: Blend, dimensions: int) -> None:
        self._blend = blend
        self._middles = np.zeros((1024, dimensions), dtype=np.float32)
        self._stories: list[_Story | None] = []
        self._by_number: dict[int, _Story] = {}
        self._free: list[int] = []
        self._frequency: Counter[str] = Counter()
        self._entries = 0

    def __len__(self) -> int:
        return len(self._by_number)

    def forget(self, before: int) -> None:
        """Let go of stories whose latest entry is from before an instant (s)."""
        for story in [story for story in self._by_number.values() if story.latest < before]:
            del self._by_number[story.number]
            self._stories[story.slot] = None
            self._middles[story.slot] = 0
            self._free.append(story.slot)
            for member in story.members:
                self._frequency.subtract(member.words | member.names)
            self._entries -= len(story.members)
        self._frequency = +self._frequency

    def place(self, entry: Told) -> StoryPlace:
        """Say where an entry stands, were it the next one; nothing is kept of it until `keep`."""
        nearness = self._middles[: len(self._stories)] @ entry.vector
        return self._place(entry, nearness)

    def place_in_turn(self, entries: Sequence[Told]) -> list[StoryPlace]:
        """Place some entries and keep them, each knowing those before it; one product of matrices for all.

        What tells nothing stands alone, and is not kept: nothing joins it.
        """
        known = len(self._stories)
        nearness = self._middles[:known] @ np.stack([each.vector for each in entries]).T
        moved: set[int] = set()
        placed = []
        for column, entry in enumerate(entries):
            if not entry.telling:
                placed.append(StoryPlace(entry.entry_id, entry.time, entry.entry_id))
                continue
            near = np.zeros(len(self._stories), dtype=np.float32)
            near[:known] = nearness[:, column]
            again = sorted(moved)
            near[again] = self._middles[again] @ entry.vector
            place = self._place(entry, near)
            moved.add(self.keep(entry, place.story))
            placed.append(place)
        return placed

    def keep(self, entry: Told, number: int) -> int:
        """Note that an entry stands in a story, which begins with it where nobody knows the number; gives its row."""
        self._frequency.update(entry.words | entry.names)
        self._entries += 1
        story = self._by_number.get(number)
        if story is None:
            slot = self._slot()
            story = _Story(number, slot, entry.time, entry.time, np.zeros_like(entry.vector), set(), [])
            self._stories[slot] = self._by_number[number] = story
        story.total += entry.vector
        story.first, story.latest = min(story.first, entry.time), max(story.latest, entry.time)
        story.languages.add(primary(entry.language))
        story.members.append(entry)
        if len(story.members) > REMEMBERED:
            gone = story.members.pop(0)
            self._frequency.subtract(gone.words | gone.names)
            self._entries -= 1
        norm = float(np.linalg.norm(story.total))
        self._middles[story.slot] = story.total / norm if norm else story.total
        return story.slot

    def _slot(self) -> int:
        if self._free:
            return self._free.pop()
        slot = len(self._stories)
        self._stories.append(None)
        if slot == len(self._middles):
            grown = np.zeros((slot * 2, self._middles.shape[1]), dtype=np.float32)
            grown[:slot] = self._middles
            self._middles = grown
        return slot

    def _place(self, entry: Told, nearness: NDArray[np.float32]) -> StoryPlace:
        best = alone = StoryPlace(entry.entry_id, entry.time, entry.entry_id)
        count = min(LOOKED_AT, len(nearness))
        if count == 0:
            return alone
        nearest = np.argpartition(-nearness, count - 1)[:count]
        for slot in nearest[np.argsort(-nearness[nearest], kind="stable")].tolist():
            story = self._stories[slot]
            if story is None or not self._takes(story, entry.time):
                continue
            place, joins = self._compare(entry, story, float(nearness[slot]))
            if joins and place.likeness > best.likeness:
                best = place
        return best

    @staticmethod
    def _takes(story: _Story, time: int) -> bool:
        near = story.first - WINDOW <= time <= story.latest + WINDOW
        return near and max(time, story.latest) - min(time, story.first) <= LONGEST

    def _compare(self, entry: Told, story: _Story, meaning: float) -> tuple[StoryPlace, bool]:
        blend = self._blend
        days = max(0, entry.time - story.latest, story.first - entry.time) / DAY
        language = primary(entry.language)
        known = language is not None and None not in story.languages
        if known and language not in story.languages:
            nearest = max(story.members, key=lambda each: float(each.vector @ entry.vector))
            likeness = meaning - blend.a_day * days
            place = _placed(entry, story, nearest, likeness=likeness, meaning=meaning)
            return place, likeness >= blend.join_across
        words, names, nearest = max(
            (
                (self._shared(entry.words, each.words), self._shared(entry.names, each.names), each)
                for each in story.members
            ),
            key=lambda each: blend.words * each[0] + blend.names * each[1],
        )
        share = blend.names if entry.names and nearest.names else 0.0
        mixed = (blend.meaning * meaning + blend.words * words + share * names) / (blend.meaning + blend.words + share)
        likeness = mixed - blend.a_day * days
        place = _placed(entry, story, nearest, likeness=likeness, meaning=meaning, words=words, names=names)
        return place, likeness >= blend.join

    def _shared(self, mine: frozenset[str], theirs: frozenset[str]) -> float:
        """Weigh shared words by their rarity in the window: cosine of the two sets under idf."""
        if not mine or not theirs:
            return 0.0
        both = self._weight(mine & theirs)
        return both / math.sqrt(self._weight(mine) * self._weight(theirs)) if both else 0.0

    def _weight(self, words: Collection[str]) -> float:
        total = self._entries + 2
        return sum(math.log(total / (self._frequency[word] + 1)) ** 2 for word in words)


def _placed(
    entry: Told,
    story: _Story,
    nearest: Told,
    *,
    likeness: float,
    meaning: float,
    words: float = 0.0,
    names: float = 0.0,
) -> StoryPlace:
    parts = (round(max(part, 0.0) * 1e6) for part in (likeness, meaning, words, names))
    return StoryPlace(entry.entry_id, entry.time, story.number, nearest.entry_id, *parts)


def primary(language: str | None) -> str | None:
    """Return a language without its region: pt-BR is pt."""
    return language.partition("-")[0].lower() if language else None
