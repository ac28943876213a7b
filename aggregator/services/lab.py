"""Where a rule does something questionable: what an editor is told while trying it (design: the lab's warnings)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rankers import Exposure, LineEffect, Ranking

PART_OF_ALL = 0.2
"""Left out, or without a fact: beyond that part of the entries it is said."""
CROWDED = 0.25
"""Room of one source beyond which it fills the list."""
FEW = 20
"""Below so many entries a part of them says nothing."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing to look at. kind: what; `line`: the id of the line or step, "" for the whole; the rest completes it.

    left-out (count, share) · never (line leaves nothing out or touches nothing) · missing (count, share: entries whose
    fact is not known) · alone (this line decides the first places by itself) ·
    crowded (name, share) · broken (a later step undid the promise) · gave-way (count places, first at `place`) ·
    empty (nothing is shown). `share` in thousandths.
    """

    kind: str
    line: str = ""
    count: int = 0
    share: int = 0
    name: str = ""
    place: int = 0


def warnings_of(
    ranking: Ranking, effects: Sequence[LineEffect], measured: Exposure, titles: Mapping[str, str], *, places: int
) -> tuple[Warned, ...]:
    """Say what is questionable in what a rule makes of a table; `places` are those looked at."""
    size = len(ranking.table)
    if not size:
        return ()
    return (
        *([Warned("empty")] if not places else []),
        *_lines(effects, size, size - ranking.counts.withheld),
        *_steps(ranking, places),
        *_crowd(measured, titles, places),
    )


def _lines(effects: Sequence[LineEffect], size: int, staying: int) -> Iterator[Warned]:
    alone = [effect.id for effect in effects if effect.alone and effect.touched]
    for effect in effects:
        if effect.part == "arrange":
            continue
        if not effect.touched:
            if not (effect.missing and effect.missing == staying):
                yield Warned("never", effect.id)
        elif effect.part == "filter" and size >= FEW and effect.touched > PART_OF_ALL * size:
            yield Warned("left-out", effect.id, effect.touched, round(1000 * effect.touched / size))
        if effect.missing > PART_OF_ALL * staying:
            yield Warned("missing", effect.id, effect.missing, round(1000 * effect.missing / staying))
        if alone == [effect.id]:  # where several would do, none of them decides
            yield Warned("alone", effect.id)


def _steps(ranking: Ranking, places: int) -> Iterator[Warned]:
    gave_way = {each.step.name: each.places for each in ranking.gave_way(0, places)}
    for record in ranking.records:
        if record.name in gave_way:
            at = gave_way[record.name]
            yield Warned("gave-way", record.name, len(at), place=at[0])
        elif not record.kept:
            yield Warned("broken", record.name)


def _crowd(measured: Exposure, titles: Mapping[str, str], places: int) -> Iterator[Warned]:
    rooms = [share.room for share in measured.sources]
    whole = sum(rooms)
    if places >= FEW // 2 and len(rooms) > 1 and whole and rooms[0] > CROWDED * whole:
        key = measured.sources[0].key
        yield Warned("crowded", share=round(1000 * rooms[0] / whole), name=titles.get(key, key))
