"""The ranking semantics read aloud, without any thought of speed: what the engine is held to."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from rankers.arrange import MaxPerSource, OnePerStory, Pin, Shares, Spread, TakeTurns

if TYPE_CHECKING:
    from rankers.arrange import ArrangeStep
    from rankers.candidates import CandidateTable
    from rankers.ranking import Ranking


def rd(a: int, b: int) -> int:
    quotient, rest = divmod(a, b)
    return quotient + (1 if 2 * rest > b or (2 * rest == b and quotient % 2) else 0)


def uid(table: CandidateTable, row: int) -> tuple[int, int]:
    high, low = table.uid[row].tolist()
    return high, low


def base_order(ranking: Ranking) -> list[int]:
    table = ranking.table
    rows = [row for row in range(len(table)) if not ranking.withheld_by(row)]
    return sorted(rows, key=lambda r: (-int(ranking.totals[r]), -int(table.time[r]), uid(table, r)))


def whole_order(ranking: Ranking) -> list[int]:
    order = base_order(ranking)
    for line, _ in ranking.steps:
        order = arrange(line, order, ranking)
    return order


def arrange(line: ArrangeStep, order: list[int], ranking: Ranking) -> list[int]:
    match line:
        case OnePerStory():
            return one_per_story(line, order, ranking.table)
        case Spread():
            return spread(line, order, ranking)
        case Shares():
            return shares(line, order, ranking.table)
        case TakeTurns():
            return take_turns(line, order, ranking.table)
        case MaxPerSource():
            return max_per_source(line, order, ranking.table)
        case Pin():
            return pin(line, order, ranking.table)


def one_per_story(line: OnePerStory, order: list[int], table: CandidateTable) -> list[int]:
    told: dict[str, list[int]] = {}
    for row in order:
        story = table.label("story", row)
        if story is not None:
            told.setdefault(story, []).append(row)
    placed, done = [], set()
    for row in order:
        story = table.label("story", row)
        if story is None:
            placed.append(row)
        elif story not in done:
            done.add(story)
            placed.append(lead(line, told[story], table))
    return placed


def lead(line: OnePerStory, rows: list[int], table: CandidateTable) -> int:
    picks = table.numbers["pick"]
    picked = [row for row in rows if picks.present[row]]
    if picked:
        return min(picked, key=lambda r: (int(picks.values[r]), uid(table, r)))
    if line.keep == "highest":
        return rows[0]
    sign = 1 if line.keep == "earliest" else -1
    return min(rows, key=lambda r: (sign * int(table.time[r]), uid(table, r)))


def max_per_source(line: MaxPerSource, order: list[int], table: CandidateTable) -> list[int]:
    waiting, placed = list(order), []
    while waiting:
        near = [owner_of(table, row) for row in placed[-(line.window - 1) :]]
        free = (row for row in waiting if near.count(owner_of(table, row)) < line.limit)
        placed.append(next(free, waiting[0]))
        waiting.remove(placed[-1])
    return placed


def owner_of(table: CandidateTable, row: int) -> str | int:
    """An entry without an owner has one of its own."""
    return table.label("owner", row) or row


def group_of(by: str, row: int, table: CandidateTable) -> str | None:
    if by == "folder":
        folders = table.members("folder", row)
        return folders[0] if folders else None
    return table.label(by, row)


def take_turns(line: TakeTurns, order: list[int], table: CandidateTable) -> list[int]:
    seen: dict[str | None, int] = {}
    keyed = []
    for place, row in enumerate(order):
        group = group_of(line.by, row, table)
        seen[group] = seen.get(group, 0) + 1
        keyed.append(((seen[group] - 1) // line.each, place, row))
    return [row for _, _, row in sorted(keyed)]


def likeness(line: Spread, a: int, b: int, table: CandidateTable) -> int:
    if line.by != "meaning":
        key = group_of(line.by, a, table)
        return 1_000_000 if key is not None and key == group_of(line.by, b, table) else 0
    vectors = table.vectors
    if vectors is None or not vectors.present[a] or not vectors.present[b]:
        return 0
    one, other = vectors.values[a].tolist(), vectors.values[b].tolist()
    product = sum(x * y for x, y in zip(one, other, strict=True))
    lengths = isqrt(sum(x * x for x in one)) * isqrt(sum(y * y for y in other))
    return max(0, min(rd(1_000_000 * product, lengths), 1_000_000)) if lengths else 0


def spread(line: Spread, order: list[int], ranking: Ranking) -> list[int]:
    waiting, placed = order[: line.depth], []
    while waiting:
        near = placed[-line.window :]
        worth = [
            int(ranking.totals[row])
            - line.points * max((likeness(line, p, row, ranking.table) for p in near), default=0)
            for row in waiting
        ]
        placed.append(waiting.pop(worth.index(max(worth))))
    return placed + order[line.depth :]


def shares(line: Shares, order: list[int], table: CandidateTable) -> list[int]:
    member = [group.when.match(table) for group in line.groups]
    there = [sum(bool(bits[row]) for row in order) for bits in member]

    def need(group: int, place: int) -> int:
        return min(line.groups[group].at_least * place // 1_000_000, there[group])

    waiting, placed = list(order), []
    depth = min(line.depth, len(order))
    for place in range(1, depth + 1):
        for row in waiting:
            have = [sum(bool(bits[r]) for r in [*placed, row]) for bits in member]
            if all(
                sum(max(0, need(g, t) - have[g]) for g in range(len(member))) <= t - place
                for t in range(place, depth + 1)
            ):
                break
        else:
            row = waiting[0]
        placed.append(row)
        waiting.remove(row)
    return placed + waiting


def pin(line: Pin, order: list[int], table: CandidateTable) -> list[int]:
    picks = table.numbers["pick"]
    picked = sorted((row for row in order if picks.present[row]), key=lambda r: (int(picks.values[r]), uid(table, r)))[
        : line.limit
    ]
    return picked + [row for row in order if row not in picked]
