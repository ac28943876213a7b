"""What the worst rule costs when entries arrive: 200 single tests, one pattern each, on 1,000 texts of 2 KB.

    .venv/bin/python -m tests.benchmarks.bench_patterns [--runs 5]

CPU milliseconds for all 1,000, medians. The goal (docs/benchmarks.md): at most 50. Results are kept as facts, so this
is paid once an entry and rule. Nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time

from rankers import EntryTexts, LeafMatcher, TextLeaf

ENTRIES, LEAVES, LENGTH = 1000, 200, 2000
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "pra", "sto", "tre", "vin", "zel", "dor", "gan")


def made_texts() -> tuple[list[EntryTexts], list[str]]:
    """Return the entries, and words of which about half stand somewhere in them."""
    drawn = random.Random(20261122)
    words = ["".join(drawn.choices(SYLLABLES, k=drawn.randint(1, 4))) for _ in range(6000)]
    entries = []
    for _ in range(ENTRIES):
        body = " ".join(drawn.choices(words[:3000], k=LENGTH // 6))[:LENGTH]
        entries.append(EntryTexts(title=" ".join(drawn.choices(words, k=8)), body=body))
    return entries, words


def kinds(words: list[str]) -> dict[str, list[str]]:
    """Return 200 patterns of each kind."""
    pairs = [f"{one} {other}" for one, other in zip(words[0::2], words[1::2], strict=True)]
    couples = list(zip(words, words[LEAVES : 2 * LEAVES], strict=False))
    return {
        "words": words[:LEAVES],
        "beginnings": [f"{word}*" for word in words[:LEAVES]],
        "phrases": pairs[:LEAVES],
        "expressions": [rf"/\b{one}\w* {other}/" for one, other in couples],
        "expressions that look far": [f"/{one}.{{0,40}}{other}$/" for one, other in couples],
    }


def main() -> None:
    """Measure and print one line a kind."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=5)
    runs = asked.parse_args().runs
    entries, words = made_texts()
    print(f"{LEAVES} patterns on {ENTRIES:,} texts of {LENGTH:,} characters, median of {runs}, CPU ms")
    for name, patterns in kinds(words).items():
        matcher = LeafMatcher([TextLeaf("text", pattern) for pattern in patterns])
        times, hits = [], 0
        for _ in range(runs):
            start = time.process_time_ns()
            hits = sum(sum(matcher.match(entry)) for entry in entries)
            times.append((time.process_time_ns() - start) / 1e6)
        print(f"{name:30} {statistics.median(times):8.1f}   {hits} found")


if __name__ == "__main__":
    main()
