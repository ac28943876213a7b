"""What ranking costs: 100,000 candidates, 8 terms, 3 steps, 50 places, 50 explanations.

    .venv/bin/python -m tests.benchmarks.bench_rank [--candidates 100000] [--runs 15]

CPU milliseconds, medians, and the ratio to the same integer sums and a partial sort in bare NumPy, measured in the
same run, turn by turn. The goal (docs/benchmarks.md): at most 15 ms and at most twice the bare sums. Nothing here
passes or fails.
"""

from __future__ import annotations

import argparse
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from rankers import CandidateTable, Labels, Numbers, parse_rule, published_rules, rank, whys
from rankers.curves import ONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rankers import RuleDocument

NOW = 1_795_000_000
WEEK = 7 * 86_400
SOURCES, STORIES, PLACES = 1000, 8000, 50
RULE = """
schema = "ranking-rule/1"
id = "eight-terms"
title = "Eight terms"
plain = "Eight terms and three steps, to be measured."
"""
TERMS = (
    ("fresh", 'signal = "age_hours"', "halves_every = 18", 40),
    ("loud", 'signal = "source_pace"', "rises = [3, 30]", -20),
    ("quiet", 'signal = "source_pace"', "falls = [0.2, 3]", 10),
    ("length", 'signal = "words"', "table = [[600, 0], [1000, 0.6], [2000, 1], [20000, 0.6]]", 15),
    ("rare", 'signal = "language_share"', "falls = [0.02, 0.3]", 10),
    ("turn", 'signal = "source_room"', "falls = [0, 200]", 30),
    ("covered", 'signal = "story_sources"', "table = [[1, 0], [2, 0.5], [8, 1]]", 20),
    ("ours", 'when = { folder = "none", language = "l1" }', "", 15),
)
STEPS = (
    'step = "one-per-story"',
    'step = "max-per-source"\nlimit = 2\nwindow = 10',
    'step = "pin"',
)


def eight_terms() -> RuleDocument:
    """Return the rule that the goal speaks of."""
    lines = [
        f'[[score]]\nid = "{name}"\npoints = {points}\nwhy = "."\n{what}\n'
        + (f"curve = {{ {curve} }}\n" if curve else "")
        for name, what, curve, points in TERMS
    ]
    steps = [f'[[arrange]]\nwhy = "."\n{step}\n' for step in STEPS]
    return parse_rule(RULE + "".join(lines) + "".join(steps) + f"[finish]\nlength = {PLACES}\n")


def made_table(size: int) -> CandidateTable:
    """Return a week of entries: sources of very unequal pace, a third of the entries in stories, facts missing."""
    random = np.random.default_rng(20261122)
    weights = 1 / np.arange(1, SOURCES + 1)
    sources = random.choice(SOURCES, size, p=weights / weights.sum()).astype(np.int32)
    names = tuple(f"source-{n}" for n in range(SOURCES))
    stories = np.where(random.random(size) < 0.3, random.integers(0, STORIES, size), -1).astype(np.int32)

    def some(high: int, share: float = 0.95) -> Numbers:
        return Numbers(random.integers(0, high, size), random.random(size) < share)

    return CandidateTable(
        now=NOW,
        day="2026-11-18",
        uid=random.integers(0, 2**64, (size, 2), dtype=np.uint64),
        time=NOW - np.sort(random.integers(0, WEEK, size)),
        age_known=random.random(size) < 0.99,
        numbers={
            "source_pace": Numbers(random.integers(0, 60_000, SOURCES)[sources], np.ones(size, dtype=np.bool_)),
            "words": some(10_000),
            "language_share": some(ONE),
            "source_room": some(1000),
            "story_sources": some(20),
            "pick": Numbers(random.integers(1, 9, size), random.random(size) < 3 / size),
        },
        labels={
            "source": Labels(sources, names),
            "owner": Labels(sources, names),
            "story": Labels(stories, tuple(f"story-{n}" for n in range(STORIES))),
            "language": Labels(random.integers(0, 12, size).astype(np.int32), tuple(f"l{n}" for n in range(12))),
        },
    )


def bare(table: CandidateTable) -> None:
    """Do the same sums and a partial sort as one would write them in NumPy, with no thought of ties or reasons."""
    age = NOW - table.time
    numbers = {name: column.values for name, column in table.numbers.items()}
    totals = np.rint(np.exp2(-(age / 64_800)) * ONE).astype(np.int64) * table.age_known * 40
    totals += (np.clip(numbers["source_pace"], 3000, 30_000) - 3000) * ONE // 27_000 * -20
    totals += (3000 - np.clip(numbers["source_pace"], 200, 3000)) * ONE // 2800 * 10
    for name, xs, shares, points in (
        ("words", [600, 1000, 2000, 20_000], [0, 600_000, ONE, 600_000], 15),
        ("story_sources", [1, 2, 8], [0, 500_000, ONE], 20),
    ):
        totals += np.rint(np.interp(numbers[name], xs, shares)).astype(np.int64) * table.numbers[name].present * points
    for name, low, high, points in (("language_share", 20_000, 300_000, 10), ("source_room", 0, 200, 30)):
        share = (high - np.clip(numbers[name], low, high)) * ONE // (high - low)
        totals += share * table.numbers[name].present * points
    totals += (table.labels["language"].codes == 1) * (15 * ONE)
    keys = (totals.max() - totals) * WEEK + age
    best = np.argpartition(keys, 4 * PLACES)[: 4 * PLACES]
    best[np.argsort(keys[best])]


def measured(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds of one run."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / 1e6


def explained(document: RuleDocument, table: CandidateTable) -> None:
    """Rank, and explain the first page."""
    ranking = rank(document, table, table.now)
    whys(ranking, ranking.order(0, PLACES))


def main() -> None:
    """Measure and print one table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--candidates", type=int, default=100_000)
    asked.add_argument("--runs", type=int, default=15)
    options = asked.parse_args()
    table = made_table(options.candidates)
    document = eight_terms()
    works: dict[str, Callable[[], object]] = {
        "bare NumPy: sums and partial sort": lambda: bare(table),
        "rank, 50 places": lambda: rank(document, table, NOW).order(0, PLACES),
        "rank, 50 places, 50 explanations": lambda: explained(document, table),
    }
    for name, text in published_rules().items():
        works[f"{name}, with explanations"] = partial(explained, parse_rule(text), table)
    for work in works.values():
        work()
    runs: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(options.runs):
        for name, work in works.items():
            runs[name].append(measured(work))
    floor = statistics.median(runs["bare NumPy: sums and partial sort"])
    print(f"{options.candidates:,} candidates, median of {options.runs}, CPU ms")
    for name, times in runs.items():
        median = statistics.median(times)
        print(f"{name:45} {median:8.2f}  {median / floor:6.2f} x")


if __name__ == "__main__":
    main()
