"""What a step says of an entry, read aloud: moves, where it gave way, whether its promise held. No thought of speed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rankers.arrange import MaxPerSource, OnePerStory, Pin, Shares, Spread, TakeTurns
from rankers.explain import Move
from tests.rankers import naive

if TYPE_CHECKING:
    from rankers.arrange import ArrangeStep
    from rankers.ranking import Ranking

MOST_NAMED = 10
Because = tuple[str, tuple[int, ...], int, str]


@dataclass(frozen=True)
class Stage:
    """One step with the whole order before it, without what it folds, and after it."""

    line: ArrangeStep
    ranking: Ranking
    unfolded: list[int]
    before: list[int]
    after: list[int]

    @cached_property
    def gave_way(self) -> set[int]:
        return gave_way(self)


def stages(ranking: Ranking) -> list[Stage]:
    order = naive.base_order(ranking)
    found = []
    for line, _ in ranking.steps:
        after = naive.arrange(line, order, ranking)
        there = set(after)
        found.append(Stage(line, ranking, order, [row for row in order if row in there], after))
        order = after
    return found


def moves(stages: list[Stage], row: int) -> tuple[Move, ...]:
    found = []
    for stage in stages:
        before, after = stage.before.index(row), stage.after.index(row)
        if after in stage.gave_way:
            found.append(Move(stage.line.name, before + 1, after + 1, "gave-way", (), 0, "", ""))
            continue
        reason, rows, amount, key = because(stage, row, before, after)
        if before != after and (abs(before - after) > 1 or reason not in {"overtaken", "overtook"}):
            found.append(Move(stage.line.name, before + 1, after + 1, reason, rows, amount, key, stage.line.why))
    return tuple(found)


def held_by(stages: list[Stage], row: int, length: int) -> tuple[str, int, int, Because] | None:
    for stage in stages:
        before, after = stage.before.index(row), stage.after.index(row)
        if before < length <= after:
            return stage.line.name, before + 1, after + 1, because(stage, row, before, after)
    return None


def because(stage: Stage, row: int, before: int, after: int) -> Because:  # noqa: PLR0911  # a way out for each step
    passed = tuple([other for other in stage.before[:before] if other not in stage.after[:after]][:MOST_NAMED])
    passing = tuple([other for other in stage.after[:after] if other not in stage.before[:before]][:MOST_NAMED])
    went_up, table = before > after, stage.ranking.table
    match stage.line:
        case MaxPerSource() as line if not went_up:
            return "limit", blockers(line, stage, row, before, after), line.limit, ""
        case TakeTurns() as line:
            group = naive.group_of(line.by, row, table)
            same = [other for other in stage.before[:before] if naive.group_of(line.by, other, table) == group]
            turn = len(same) // line.each + 1
            return ("overtook", passed, turn, "") if went_up else ("turn", tuple(same[-line.each :]), turn, "")
        case Spread() as line if not went_up:
            near = stage.after[max(0, before - line.window) : before]
            alike = [naive.likeness(line, other, row, table) for other in near]
            if not max(alike, default=0):
                return "overtaken", (), 0, ""
            return "like", (near[alike.index(max(alike))],), line.points * max(alike), ""
        case Shares() as line if went_up:
            groups = [group.id for group in line.groups if group.when.match(table)[row]]
            return "share", passed, 0, groups[0] if groups else ""
        case Pin() as line:
            picks = [other for other in stage.after[: line.limit] if table.numbers["pick"].present[other]]
            if row in picks and went_up:
                return "pick", (), int(table.numbers["pick"].values[row]), ""
            return "overtaken", tuple(picks[:after])[:MOST_NAMED], 0, ""
        case OnePerStory() if went_up and stage.unfolded.index(row) != stage.unfolded.index(holder(stage, row)):
            return "story", (holder(stage, row),), 0, ""
    return ("overtook", passed, 0, "") if went_up else ("overtaken", passing, 0, "")


def holder(stage: Stage, row: int) -> int:
    """The entry whose place a story took."""
    table = stage.ranking.table
    story = table.label("story", row)
    return row if story is None else next(other for other in stage.unfolded if table.label("story", other) == story)


def blockers(line: MaxPerSource, stage: Stage, row: int, before: int, after: int) -> tuple[int, ...]:
    """Those of its owner in the last window in which there was no room for it."""
    table = stage.ranking.table
    owner = table.label("owner", row)
    for place in range(after - 1, before - 1, -1):
        near = stage.after[max(0, place - line.window + 1) : place]
        same = tuple(other for other in near if owner is not None and table.label("owner", other) == owner)
        if len(same) >= line.limit:
            return same
    return ()


def gave_way(stage: Stage) -> set[int]:
    """The places where nothing was waiting that would have kept the promise."""
    line, table = stage.line, stage.ranking.table
    match line:
        case MaxPerSource():
            return {
                place
                for place, row in enumerate(stage.after)
                if over(line, stage.after[max(0, place - line.window + 1) : place + 1], row, stage.ranking)
            }
        case Shares():
            need = promised(line, stage)
            depth = min(line.depth, len(stage.after))
            there = [group.when.match(table) for group in line.groups]
            broken = set()
            for place in range(1, depth + 1):
                have = [sum(bool(bits[row]) for row in stage.after[:place]) for bits in there]
                for later in range(place, depth + 1):
                    short = sum(max(0, need(number, later) - count) for number, count in enumerate(have))
                    if short > later - place:
                        broken.add(place - 1)
            return broken
    return set()


def over(line: MaxPerSource, near: list[int], row: int, ranking: Ranking) -> bool:
    owner = ranking.table.label("owner", row)
    return owner is not None and [ranking.table.label("owner", other) for other in near].count(owner) > line.limit


def promised(line: Shares, stage: Stage):
    """How many of the first places each group is promised: (number of the group, places) -> entries."""
    there = [sum(bool(group.when.match(stage.ranking.table)[row]) for row in stage.before) for group in line.groups]
    return lambda group, places: min(line.groups[group].at_least * places // 1_000_000, there[group])


def kept(stage: Stage, final: list[int]) -> bool:
    """Whether the promise of a step holds in the first places of the final order."""
    table, line = stage.ranking.table, stage.line
    match line:
        case OnePerStory():
            return True
        case Spread():
            return final == stage.after[: len(final)]
        case MaxPerSource():
            return not any(
                over(line, final[max(0, place - line.window + 1) : place + 1], row, stage.ranking)
                for place, row in enumerate(final)
            )
        case TakeTurns():
            groups = [naive.group_of(line.by, row, table) for row in final]
            rounds = [groups[:place].count(group) // line.each for place, group in enumerate(groups)]
            return rounds == sorted(rounds)
        case Shares():
            need = promised(line, stage)
            depth = min(line.depth, len(stage.after), len(final))
            return all(
                sum(bool(group.when.match(table)[row]) for row in final[:places]) >= need(number, places)
                for number, group in enumerate(line.groups)
                for places in range(1, depth + 1)
            )
        case Pin():
            picks = [row for row in stage.after[: line.limit] if table.numbers["pick"].present[row]]
            return final[: len(picks)] == picks[: len(final)]
