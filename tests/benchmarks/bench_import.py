"""What importing a long source list costs before the first fetch: reading it, planning, writing feeds and folders.

    .venv/bin/python -m tests.benchmarks.bench_import [--feeds 10000] [--runs 5]

CPU seconds of this process, medians; a hundred feeds a folder. `again` is the same list a second time. Goal: ≤ 5 s for
10,000 feeds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from aggregator.services import accounts, importing
from aggregator.settings import Settings
from aggregator.wiring import open_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_A_FOLDER = 100


def source_list(count: int) -> bytes:
    """Write a source list of so many feeds."""
    feeds = (
        f'<outline text="Folder {n // IN_A_FOLDER}"><outline type="rss" text="Paper {n}"'
        f' xmlUrl="https://paper-{n}.example.org/feed" htmlUrl="https://paper-{n}.example.org/"/></outline>'
        for n in range(count)
    )
    return f'<opml version="2.0"><head/><body>{"".join(feeds)}</body></opml>'.encode()


def imports(count: int) -> tuple[float, float]:
    """Import a list twice; gives the CPU seconds of each."""
    data = source_list(count)
    with TemporaryDirectory() as folder, open_desk(Settings(data=Path(folder) / "data"), create=True) as desk:
        actor = accounts.operator(desk)
        costs = []
        for _ in range(2):
            begin = time.process_time()
            job = importing.start_import(desk, actor, "Bench", data)
            importing.run_waiting(desk)
            costs.append(time.process_time() - begin)
            counts = importing.counts(desk, actor, job)
            assert counts.new + counts.already == count
        return costs[0], costs[1]


def report(count: int, runs: int) -> Iterator[str]:
    """Give the lines of the table."""
    first, again = zip(*(imports(count) for _ in range(runs)), strict=True)
    yield f"a list of {count} feeds, median of {runs}, CPU s"
    yield f"new    {statistics.median(first):>8.2f}"
    yield f"again  {statistics.median(again):>8.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    told = parser.parse_known_args()[0]
    for line in report(told.feeds, told.runs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
