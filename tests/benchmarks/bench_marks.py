"""How long a member's mark takes while a worker fetches everything for the first time.

    .venv/bin/python -m tests.benchmarks.bench_marks [--feeds 400]

The worker is a process of its own, the marks are made in another one as a web process makes them, one after the other
with a short rest, from the first answer of the worker until every feed is stored. Goal: p99 ≤ 150 ms.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from aggregator.model.feed import NewFeed
from aggregator.services import accounts, marking
from aggregator.settings import Settings
from aggregator.store import entries, feeds
from aggregator.wiring import open_desk
from tests.benchmarks.bench_ingest import small
from tests.long.broken import waiting, working

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aggregator.model.entry import Entry
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

REST = 0.005
LONGEST = 600.0
FEWEST = 20
"""Marks, also where a small world is fetched before the first one."""


def marks(count: int) -> list[float]:
    """Fetch so many feeds and mark entries meanwhile; gives ms, one a mark."""
    with small(count) as world, TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", allow_private_hosts=(world.host,))
        with open_desk(settings, create=True) as desk:
            actor = _member(desk)
            with desk.database.write() as conn:
                now = desk.clock.now()
                news = [NewFeed(a, a, None, None, a, a) for a in world.addresses]
                wanted = set(feeds.add_feeds(conn, news, now=now, due=[now] * count).values())
            with working(settings):
                return list(_mark_until_all_is_there(desk, actor, wanted))


def _member(desk: Desk) -> Actor:
    accounts.use_link(desk, accounts.make_link(desk), name="Ada", instance_name="Bench", language="en")
    return accounts.operator(desk)


def _mark_until_all_is_there(desk: Desk, actor: Actor, wanted: set[int]) -> Iterator[float]:
    end = time.monotonic() + LONGEST
    marked = 0
    while (waiting(desk, wanted) or marked < FEWEST) and time.monotonic() < end:
        for entry in _some(desk):
            marked += 1
            begin = time.perf_counter()
            marking.mark(desk, actor, [entry.uid], read=True)
            yield (time.perf_counter() - begin) * 1000
            time.sleep(REST)


def _some(desk: Desk) -> Sequence[Entry]:
    with desk.database.read() as conn:
        return entries.iter_entries(conn, limit=20)


def report(count: int) -> Iterator[str]:
    """Give the lines of the table."""
    times = marks(count)
    cuts = statistics.quantiles(times, n=100)
    yield f"{count} feeds for the first time, {len(times)} marks meanwhile, ms each"
    yield f"median {cuts[49]:.1f}, p95 {cuts[94]:.1f}, p99 {cuts[98]:.1f}, longest {max(times):.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=400)
    for line in report(parser.parse_known_args()[0].feeds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
