"""What fetching costs, from the address to the columns, and where it goes.

    .venv/bin/python -m tests.benchmarks.bench_ingest [--feeds 200] [--runs 5]
    .venv/bin/python -m tests.benchmarks.bench_ingest --world ../tmp/world --host 127.0.0.1:8900

CPU seconds of all our processes, medians; the server's are not counted. Without `--world` a small world is made and
served; with it the feeds of a served feedworld are taken (…/f/N.xml). Rounds run as in a running worker: everything
is loaded and open. The budget measures each step alone, in one thread.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil

from aggregator.candidates.columns import Columns
from aggregator.errors import FetchError
from aggregator.model.clocks import SystemClock
from aggregator.model.feed import NewFeed, Validators
from aggregator.outbound.client import Outbound
from aggregator.queue.ask import WorkerSocket
from aggregator.services.desk import Desk
from aggregator.settings import Settings
from aggregator.sources.document import read_document
from aggregator.sources.job import ParseJob
from aggregator.sources.wire import from_message, to_message
from aggregator.store import feeds, leases
from aggregator.store.database import Database
from aggregator.update.decide import Held, decide
from aggregator.update.outcome import Arrived
from aggregator.update.pipeline import store
from aggregator.update.schedule import Wish
from aggregator.worker.heap import settle
from aggregator.worker.staff import open_staff
from tests.benchmarks.small_world import served, write_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aggregator.model.feed import DueFeed, Fetched
    from aggregator.sources.job import ParsedDocument
    from aggregator.worker.staff import Staff

STEPS = ("fetch", "unpack, parse, clean, words", "pipes", "decide", "rows", "words index", "columns")


@dataclass(frozen=True, slots=True)
class World:
    """Feeds that are served, and how they change: `turn(n)` makes generation n, in which 5 % have news."""

    host: str
    addresses: tuple[str, ...]
    turn: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall seconds, and the highest sum of PSS of all our processes in MiB."""

    cpu: float
    wall: float
    pss: float


@contextmanager
def small(count: int) -> Iterator[World]:
    """Give a world of our own."""
    with TemporaryDirectory() as folder, served(Path(folder), count) as host:
        addresses = tuple(f"http://{host}/{feed}.xml" for feed in range(count))
        yield World(host, addresses, lambda generation: write_world(Path(folder), count, generation))


def given(folder: Path, host: str, tool: Path) -> World:
    """Give a feedworld that is served already."""
    command = [sys.executable, str(tool), "turn", "--dir", str(folder), "--generation"]

    def turn(generation: int) -> None:
        subprocess.run([*command, str(generation)], check=True, stdout=subprocess.DEVNULL)

    turn(0)
    name, _, port = host.partition(":")
    try:
        socket.create_connection((name, int(port)), timeout=5).close()
    except OSError as exc:
        raise SystemExit(
            f"nobody serves {folder} at {host} ({exc.strerror}):\n"
            f"  python {tool} nginx --dir {folder} --port {port} && nginx -c {folder.absolute()}/nginx.conf"
        ) from None
    return World(host, tuple((folder / "urls.txt").read_text().split()), turn)


@contextmanager
def open_bench_desk(data: Path, world: World) -> Iterator[Desk]:
    """Open a desk that knows all feeds of a world."""
    clock = SystemClock()
    settings = Settings(data=data, allow_private_hosts=(world.host,))
    database = Database.open(data / "broadsheet.db", clock=clock)
    columns = Columns.open(data / "columns")
    database.migrate()
    add_feeds(database, world)
    yield Desk(
        settings=settings,
        database=database,
        clock=clock,
        columns=columns,
        ask=WorkerSocket(data / "worker.sock"),
        secret=b"b" * 32,
        signing_key=b"k" * 32,
    )
    columns.close()
    database.close()


def add_feeds(database: Database, world: World) -> tuple[DueFeed, ...]:
    """Add the world's feeds and give them leased to nobody."""
    now = SystemClock().now()
    news = [NewFeed(address, address, None, None, address, address) for address in world.addresses]
    with database.write() as conn:
        feeds.add_feeds(conn, news, now=now, due=[now] * len(news))
        leased = leases.lease_due(conn, now=now, until=now, worker="bench", limit=len(news))
        leases.release_leases(conn, "bench")
    return leased


def rounds(world: World, runs: int) -> dict[str, list[Cost]]:
    """Measure a cold round, rounds where all feeds are unchanged, and rounds where 5 % have news."""
    with TemporaryDirectory() as folder, open_bench_desk(Path(folder), world) as desk:

        async def measure() -> dict[str, list[Cost]]:
            async with open_staff(desk) as staff:
                costs = {"cold": [await one_round(staff)]}
                costs["all 304"] = [await one_round(staff) for _ in range(runs)]
                costs["5 % changed"] = []
                for generation in range(1, runs + 1):
                    await asyncio.to_thread(world.turn, generation)
                    costs["5 % changed"].append(await one_round(staff))
                return costs

        costs = asyncio.run(measure())
        costs["disk"] = [Cost(sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) / 2**20, 0, 0)]
    world.turn(0)
    return costs


async def one_round(staff: Staff) -> Cost:
    """Measure one round over all feeds."""
    peak = 0.0

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, _pss(staff))
            await asyncio.sleep(0.25)

    watching = asyncio.create_task(watch()) if os.environ.get("BENCH_PSS") else None
    cpu, wall = _cpu(staff), time.perf_counter()
    await staff.loop.these(None)
    cost = Cost(_cpu(staff) - cpu, time.perf_counter() - wall, peak)
    if watching:
        watching.cancel()
    return replace(cost, pss=max(peak, _pss(staff)))


def _processes(staff: Staff) -> list[psutil.Process]:
    return [psutil.Process(), *(psutil.Process(pid) for pid in staff.pool.pids())]


def _cpu(staff: Staff) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in _processes(staff))


def _pss(staff: Staff) -> float:
    return sum(process.memory_full_info().pss for process in _processes(staff)) / 2**20


def budget(world: World) -> dict[str, float]:
    """Measure each step alone: CPU seconds over all feeds."""
    costs = dict.fromkeys(STEPS, 0.0)
    clock = SystemClock()
    with timed(costs, "fetch"):
        answers = asyncio.run(fetch_all(world, clock))
    jobs = [job_of(answer, clock) for answer in answers]
    with timed(costs, "unpack, parse, clean, words"):
        documents = [read_document(job) for job in jobs]
    with timed(costs, "pipes"):
        for value in (*jobs, *documents):
            from_message(to_message(value))
    with timed(costs, "decide"):
        for document in documents:
            decide(document.entries, Held(), first_address="a", fresh=True, now=clock.now())
    wordless = [replace(d, entries=tuple(replace(e, index="") for e in d.entries)) for d in documents]
    with timed(costs, "rows"), TemporaryDirectory() as folder:
        keep_all(Path(folder), world, wordless, {})
    with timed(costs, "words index"), TemporaryDirectory() as folder:
        keep_all(Path(folder), world, documents, costs)
    costs["words index"] -= costs["rows"] + costs["columns"]
    costs["rows"] -= costs["decide"]
    return costs


@contextmanager
def timed(costs: dict[str, float], step: str) -> Iterator[None]:
    """Count the CPU seconds of the body for a step."""
    begin = time.process_time()
    yield
    costs[step] = time.process_time() - begin


async def fetch_all(world: World, clock: SystemClock) -> list[Fetched]:
    """Fetch all feeds, 32 at a time."""
    async with Outbound(contact="", allow_private_hosts=(world.host,), clock=clock) as outbound:
        turns = asyncio.Semaphore(32)

        async def one(address: str) -> Fetched | None:
            async with turns:
                try:
                    return await outbound.get_feed(address, Validators())
                except FetchError:
                    return None

        return [answer for answer in await asyncio.gather(*map(one, world.addresses)) if answer]


def job_of(answer: Fetched, clock: SystemClock) -> ParseJob:
    """Make the parse job of a first fetch."""
    return ParseJob(
        answer.body, answer.encoding, answer.content_type, answer.address, None, None, frozenset(), clock.now()
    )


def keep_all(data: Path, world: World, documents: Sequence[ParsedDocument], costs: dict[str, float]) -> None:
    """Store all documents, sixteen at a time as the worker does, and write the columns."""
    clock = SystemClock()
    database = Database.open(data / "broadsheet.db", clock=clock)
    database.migrate()
    leased = add_feeds(database, world)
    arrived = [Arrived(f, d, Validators('"1"'), Wish(), None) for f, d in zip(leased, documents, strict=True)]
    for start in range(0, len(arrived), 16):
        store(database, arrived[start : start + 16], now=clock.now())
    with timed(costs, "columns"), database.read() as conn:
        Columns.open(data / "columns").sync(conn)
    database.close()


def report(world: World, runs: int) -> Iterator[str]:
    """Give the lines of the table."""
    costs = rounds(world, runs)
    yield f"{len(world.addresses)} feeds; CPU s of all processes (median), wall s, PSS MiB"
    for name in ("cold", "all 304", "5 % changed"):
        cpu, wall, pss = (statistics.median(getattr(c, key) for c in costs[name]) for key in ("cpu", "wall", "pss"))
        yield f"{name:<30} {cpu:>8.2f} {wall:>8.2f} {pss:>8.0f}"
    yield f"{'disk, MiB':<30} {costs['disk'][0].cpu:>8.1f}"
    yield "the cold round, step by step, each alone in one thread, CPU s"
    steps = budget(world)
    for name in STEPS:
        yield f"  {name:<28} {steps[name]:>8.2f}"
    yield f"  {'sum':<28} {sum(steps.values()):>8.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--world", type=Path)
    parser.add_argument("--host", default="127.0.0.1:8900")
    parser.add_argument("--tool", type=Path, default=Path("../shared/bench/feedworld.py"))
    told = parser.parse_args()
    settle()
    if told.world:
        lines: Iterator[str] = report(given(told.world, told.host, told.tool), told.runs)
        for line in lines:
            print(line, flush=True)
        return
    with small(told.feeds) as world:
        for line in report(world, told.runs):
            print(line, flush=True)


if __name__ == "__main__":
    main()
