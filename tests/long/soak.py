"""Ten minutes of fetching without a pause: memory, open files and the write-ahead log stay what they were.

    python -m tests.long.soak [--minutes 10] [--feeds 200]

Feeds have news every five seconds and one in ten is broken; all are fetched again as soon as they are done. Growth is
counted from the end of the first fifth, when everything is loaded and every feed was read.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from aggregator.errors import BusyError
from aggregator.model.feed import NewFeed
from aggregator.settings import Settings
from aggregator.store import feeds
from aggregator.wiring import open_desk
from tests.long.broken import family, working, world
from tests.long.figures import Figure, show

WAYS = ("error", "page", "garbage", "cut", "loop", "gzip")
MOST_GROWTH = 0.05
MOST_LOG = 64.0  # MiB
MOST_FILES = 100
"""Connections to hosts come and go; what leaks a file a round would be over this within a minute."""


class Look(NamedTuple):
    """What was seen at one time: MiB in all and of each process, a count, MiB."""

    memory: float
    parts: tuple[float, ...]
    files: int
    log: float


def main() -> None:
    """Soak and print; the exit code says whether the goals of safety 77 hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--feeds", type=int, default=200)
    given = parser.parse_args()
    with world() as (well, _), TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", allow_private_hosts=(f"127.0.0.1:{well}",))
        looks, rounds, entries = soak(settings, given.feeds, well, given.minutes * 60)
    settled = looks[len(looks) // 5 :]
    part = max(len(settled) // 4, 1)
    first, last = (statistics.median(look.memory for look in some) for some in (settled[:part], settled[-part:]))
    growth = last / first - 1
    files = {look.files for look in settled}
    log = max(look.log for look in looks)
    grew = " ".join(f"{parts[-1] - parts[0]:+.1f}" for parts in zip(*(look.parts for look in settled), strict=False))
    figures = [
        Figure("minutes, rounds, entries at the end", f"{given.minutes:g}, {rounds}, {entries}"),
        Figure("memory", f"{first:.1f} → {last:.1f} MiB, {growth:+.1%}", "≤ +5 %", growth <= MOST_GROWTH),
        Figure("of each process, from the first look to the last, MiB", grew),
        Figure("open files", f"{min(files)} to {max(files)}", f"≤ {MOST_FILES}", max(files) <= MOST_FILES),
        Figure("longest write-ahead log", f"{log:.1f} MiB", f"≤ {MOST_LOG:.0f} MiB", log <= MOST_LOG),
    ]
    sys.exit(show("soak", figures))


def soak(settings: Settings, count: int, port: int, seconds: float) -> tuple[list[Look], int, int]:
    """Fetch all feeds again and again; gives what was seen after each round, the rounds and the entries."""
    looks: list[Look] = []
    with open_desk(settings, create=True) as desk:
        ways = ["live" if n % 10 else WAYS[n // 10 % len(WAYS)] for n in range(count)]
        addresses = [f"http://127.0.0.1:{port}/{way}/{n}" for n, way in enumerate(ways)]
        with desk.database.write() as conn:
            now = desk.clock.now()
            news = [NewFeed(a, a, None, None, a, a) for a in addresses]
            feeds.add_feeds(conn, news, now=now, due=[now] * count)
        with working(settings) as worker:
            end = time.monotonic() + seconds
            rounds = 0
            while time.monotonic() < end:
                try:
                    desk.ask.refresh(None, wait=60)
                except BusyError:
                    time.sleep(0.2)  # it is still starting
                    continue
                rounds += 1
                parts = tuple(process.memory_full_info().uss / 2**20 for process in family(worker))
                log = Path(f"{desk.database.path}-wal")
                looks.append(
                    Look(
                        sum(parts),
                        parts,
                        family(worker)[0].num_fds(),
                        log.stat().st_size / 2**20 if log.exists() else 0,
                    )
                )
        with desk.database.read() as conn:
            entries = sum(feeds.count_entries(conn).values())
    return looks, rounds, entries


if __name__ == "__main__":
    main()
