"""What a list page's ranking costs: table, rank, explain, for 10,000 to 1,000,000 stored entries.

    .venv/bin/python -m tests.benchmarks.bench_list [--sizes 10000,100000,1000000] [--runs 7]

CPU milliseconds, medians; ratios to the same integer sums and a partial sort in bare NumPy, measured in the same
run. The first table stores N entries of which the same 10,000 are young enough (a page must cost the same); the
second ranks N candidates.
"""

from __future__ import annotations

import argparse
import statistics
import time
import zlib
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from aggregator.candidates.facts import Facts, full_hour, make_facts
from aggregator.candidates.layout import FILES, Header
from aggregator.candidates.snapshot import EMPTY, Snapshot, map_snapshot
from aggregator.candidates.table import candidates
from aggregator.model.candidate import FeedFacts, SourcePace
from aggregator.model.ids import FeedId, ListId, OwnerId, RuleId
from aggregator.model.readinglist import ReadingList
from rankers import parse_rule, rank, whys

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

NOW = 1_795_348_800
DAY = 86_400
FEEDS = 1000
RULE = """
schema = "ranking-rule/1"
id = "bench"
title = "Eight terms, three steps"
plain = "What the goal in docs/benchmarks.md names."

[[score]]
id = "fresh"
signal = "age_hours"
curve = { halves_every = 24 }
points = 60
why = "New."

[[score]]
id = "loud"
signal = "source_pace"
curve = { rises = [3, 30] }
points = -30
why = "Loud."

[[score]]
id = "long"
signal = "words"
curve = { rises = [200, 2000] }
points = 10
why = "Long."

[[score]]
id = "dated"
when = { has = "date" }
points = 2
why = "Dated."

[[score]]
id = "own"
when = { folder = "Folder 3" }
points = 15
why = "Ours."

[[score]]
id = "language"
when = { language = ["fr", "ar"] }
points = 5
why = "Languages."

[[score]]
id = "audio"
when = { kind = "audio" }
points = -5
why = "To read."

[[score]]
id = "draw"
signal = "lottery"
points = 5
why = "A draw."

[[arrange]]
step = "one-per-story"
why = "Once."

[[arrange]]
step = "max-per-source"
limit = 2
window = 10
why = "Voices."

[[arrange]]
step = "pin"
limit = 3
why = "Picks."

[finish]
length = 50
"""


def make_snapshot(folder: Path, stored: int, young: int) -> Snapshot:
    """Write columns of `stored` entries, the last `young` of them from the last six days, and map them."""
    chance = np.random.default_rng(7)
    old = stored - young
    times = np.concatenate(
        [
            NOW - 8 * DAY - np.sort(chance.integers(0, 300 * DAY, old))[::-1],
            NOW - np.sort(chance.integers(1, 6 * DAY, young))[::-1],
        ]
    )
    arrays = {
        "entry_id": np.arange(1, stored + 1),
        "uid_hi": chance.integers(0, 2**64, stored, dtype=np.uint64),
        "uid_lo": chance.integers(0, 2**64, stored, dtype=np.uint64),
        "feed_id": 1 + (FEEDS * chance.random(stored) ** 3),  # a few feeds post most
        "time": times,
        "first_seen": times + 60,
        "words": chance.integers(-1, 3000, stored),
        "language": chance.integers(-1, 5, stored),
        "kind": chance.integers(0, 7, stored),
        "has": chance.integers(0, 256, stored),
        "marks": np.ones(stored),
        "dead": np.empty(0),
    }
    (folder / "g").mkdir()
    sums = {}
    for name, kind in FILES.items():
        data = arrays[name].astype(kind).tobytes()
        (folder / "g" / name).write_bytes(data)
        sums[name] = zlib.crc32(data)
    header = Header("bench", "g", version=1, rows=stored, languages=("en", "fr", "ar", "ko", "ms"), sums=sums)
    return map_snapshot(folder, header, EMPTY)


def facts_of_feeds() -> Facts:
    """Make the facts of a thousand feeds in ten folders."""
    feeds = [
        FeedFacts(FeedId(n), f"https://f{n}.example/", f"f{n}.example", f"f{n}.example", (f"Folder {n % 10}",), "en")
        for n in range(1, FEEDS + 1)
    ]
    paces = {feed.source: SourcePace(entries=n % 300, oldest=NOW - 40 * DAY) for n, feed in enumerate(feeds)}
    return make_facts(feeds, paces, full_hour(NOW))


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the median CPU time of `runs` runs, after one that warms."""
    work()
    took = []
    for _ in range(runs):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took)


def bare(rows: int) -> Callable[[], object]:
    """Return the floor: the rule's eight terms summed as integers and the best 50 sorted, in NumPy alone."""
    chance = np.random.default_rng(3)
    ages, paces, words = (chance.integers(0, top, rows) for top in (6 * DAY, 60_000, 3000))
    gates = [chance.random(rows) < 0.5 for _ in range(4)]
    draws = chance.integers(0, 10**6, rows)
    times = NOW - ages

    def rises(values: NDArray[np.int64], low: int, high: int) -> NDArray[np.int64]:
        return (np.clip(values, low, high) - low) * 10**6 // (high - low)

    def work() -> object:
        total = 60 * np.rint(np.exp2(ages / -DAY) * 1e6).astype(np.int64)
        total -= 30 * rises(paces, 3000, 30_000)
        total += 10 * rises(words, 200, 2000)
        for points, gate in zip((2, 15, 5, -5), gates, strict=True):
            total += points * 10**6 * gate
        total += 5 * draws
        first = max(rows - 500, 0)
        best = np.flatnonzero(total >= np.partition(total, first)[first])
        return best[np.lexsort((-times[best], -total[best]))][:50]

    return work


def measure(stored: int, young: int, runs: int) -> tuple[float, float, float, float, float]:
    """Return ms for choosing the table, ranking, 50 explanations, and the bare sums; and the ratio."""
    document = parse_rule(RULE)
    facts = facts_of_feeds()
    reading_list = ReadingList(ListId(1), OwnerId(1), "bench", "Bench", RuleId(1), timedelta(days=7), "UTC")
    with TemporaryDirectory() as folder:
        snapshot = make_snapshot(Path(folder), stored, young)
        table = candidates(snapshot, facts, reading_list, NOW, document.reads).table
        ranking = rank(document, table, NOW)
        choose = milliseconds(lambda: candidates(snapshot, facts, reading_list, NOW, document.reads), runs)
        ranked = milliseconds(lambda: rank(document, table, NOW), runs)
        explain = milliseconds(lambda: whys(ranking, ranking.shown[:50]), runs)
    floor = milliseconds(bare(len(table)), runs)
    return choose, ranked, explain, floor, (choose + ranked + explain) / floor


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    line = "{:>10} {:>10} {:>8} {:>8} {:>8} {:>8} {:>8}"
    print(line.format("stored", "young", "table", "rank", "explain", "bare", "ratio"))
    for stored, young in [(size, min(sizes[0], size)) for size in sizes] + [(size, size) for size in sizes]:
        row = measure(stored, young, given.runs)
        print(line.format(stored, young, *(f"{value:.2f}" for value in row)))


if __name__ == "__main__":
    main()
