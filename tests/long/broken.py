"""Ten thousand feeds, three in ten of them broken in eight ways: the healthy ones are all done, and not much later.

    python -m tests.long.broken [--feeds 10000]

One run with healthy feeds alone, one with broken ones among them; meanwhile somebody looks at the front page. Prints
when the last healthy feed was stored, the memory of the worker, and how long the page took.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil

from aggregator.model.feed import NewFeed
from aggregator.services import accounts
from aggregator.settings import Settings
from aggregator.store import feeds
from aggregator.wiring import open_desk
from tests.long.broken_world import WAYS
from tests.long.figures import Figure, show
from web import create_app
from web.door import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from aggregator.services.desk import Desk

SHARE = 0.3
REFUSED = "127.0.0.3:1"
"""Where nobody listens. Hosts of their own for what is slow, as politeness counts by host."""
LONGEST = 900.0
"""Seconds after which a run is given up."""


@dataclass(frozen=True)
class Figures:
    """What one run showed: seconds until the last healthy feed, memory in MiB, page times in ms."""

    healthy: int
    done: int
    seconds: float
    memory: float
    pages: list[float]

    @property
    def median(self) -> float:
        """The median time of a page, ms."""
        return statistics.median(self.pages)

    @property
    def p95(self) -> float:
        """The time 95 % of the pages took at most, ms."""
        return statistics.quantiles(self.pages, n=20)[18]


def main() -> None:
    """Do both runs and print the table; the exit code says whether the goals of safety 67 hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=10_000)
    count = parser.parse_args().feeds
    with world() as (well, silent):
        good = run(count, 0.0, well, silent)
        mixed = run(count, SHARE, well, silent)
    ratio = mixed.seconds / good.seconds
    done = mixed.done == mixed.healthy
    slow = mixed.p95
    figures = [
        Figure(f"{count} healthy feeds", f"{good.seconds:.1f} s, page {good.median:.0f} ms, p95 {good.p95:.0f} ms"),
        Figure(f"healthy ones done, {SHARE:.0%} of {count} broken", f"{mixed.done} of {mixed.healthy}", "all", done),
        Figure("time of the last healthy one", f"{mixed.seconds:.1f} s, ratio {ratio:.2f}", "≤ 1.5", ratio <= 1.5),
        Figure("memory of the worker", f"{mixed.memory:.0f} MiB", "≤ 600 MiB", mixed.memory <= 600),
        Figure("front page meanwhile", f"{mixed.median:.0f} ms, p95 {slow:.0f} ms", "≤ 300 ms", slow <= 300),
    ]
    sys.exit(show("broken", figures))


@contextmanager
def world() -> Iterator[tuple[int, int]]:
    """Serve the feeds; gives the two ports."""
    server = subprocess.Popen([sys.executable, "-m", "tests.long.broken_world"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        well, silent = server.stdout.readline().split()
        yield int(well), int(silent)
    finally:
        server.kill()
        server.wait()


def addresses(count: int, share: float, well: int, silent: int) -> tuple[list[str], list[str]]:
    """Return the addresses of healthy and of broken feeds, evenly mixed by their ids."""
    healthy, broken = [], []
    for n in range(count):
        if (n * 7) % 10 >= share * 10:
            healthy.append(f"http://127.0.0.1:{well}/feed/{n}")
        else:
            way = WAYS[len(broken) % len(WAYS)]
            host = {"refused": REFUSED, "hanging": f"127.0.0.2:{silent}"}.get(way, f"127.0.0.1:{well}")
            broken.append(f"http://{host}/{way}/{n}")
    return healthy, broken


def run(count: int, share: float, well: int, silent: int) -> Figures:
    """Let a worker fetch all, and look at pages until the last healthy feed is stored."""
    healthy, broken = addresses(count, share, well, silent)
    with TemporaryDirectory() as folder:
        hosts = (f"127.0.0.1:{well}", f"127.0.0.2:{silent}", REFUSED)
        settings = Settings(data=Path(folder) / "data", allow_private_hosts=hosts)
        with open_desk(settings, create=True) as desk:
            wanted = add(desk, healthy, broken)
            page = reader(settings, desk)
            begin = time.monotonic()
            with working(settings) as worker:
                pages, memory = [], 0.0
                while (left := waiting(desk, wanted)) and time.monotonic() - begin < LONGEST:
                    pages += [look(page) for _ in range(10)]
                    memory = max(memory, sum(p.memory_full_info().pss for p in family(worker)) / 2**20)
                seconds = time.monotonic() - begin
            return Figures(len(healthy), len(healthy) - left, seconds, memory, pages)


def add(desk: Desk, healthy: list[str], broken: list[str]) -> set[int]:
    """Add all feeds, broken ones among the healthy; gives the ids of the healthy ones."""
    now = desk.clock.now()
    every = sorted([*healthy, *broken], key=lambda address: int(address.rpartition("/")[2]))
    news = [NewFeed(a, a, None, None, a, a) for a in every]
    with desk.database.write() as conn:
        ids = feeds.add_feeds(conn, news, now=now, due=[now] * len(news))
    return {ids[address] for address in healthy}


def waiting(desk: Desk, wanted: set[int]) -> int:
    """Tell how many of these feeds have not been stored yet."""
    with desk.database.read() as conn:
        query = "SELECT feed_id FROM feed_state WHERE last_ok IS NOT NULL"
        done = {row[0] for row in conn.exec_driver_sql(query)}
    return len(wanted - done)


def reader(settings: Settings, desk: Desk) -> FlaskClient:
    """Return a browser that is signed in."""
    token = accounts.make_link(desk)
    app = create_app(settings, desk=desk)
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = accounts.use_link(desk, token, name="Ada", instance_name="Proof", language="en")
    return client


def look(client: FlaskClient) -> float:
    """Open the front page; gives ms."""
    begin = time.perf_counter()
    answer = client.get("/lists/front-page")
    assert answer.status_code == 200, answer.status_code  # a page
    return (time.perf_counter() - begin) * 1000


@contextmanager
def working(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker on this data."""
    told = {
        "BROADSHEET_DATA": str(settings.data),
        "BROADSHEET_ALLOW_PRIVATE_HOSTS": ",".join(settings.allow_private_hosts),
    }
    code = "from aggregator.cli.main import main; main()"
    with subprocess.Popen([sys.executable, "-c", code, "worker"], env={**os.environ, **told}) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def family(worker: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return a worker and its parse processes."""
    process = psutil.Process(worker.pid)
    return [process, *process.children(recursive=True)]


if __name__ == "__main__":
    main()
