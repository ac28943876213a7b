"""Kills a worker in the midst of fetching, fifty times: nothing acknowledged may be lost, no feed be half written.

    python -m tests.long.kills [--rounds 50] [--feeds 40] [--seed 1]

Each round gives every feed new entries, starts a worker, kills it with SIGKILL at a random point, and looks at the
database. At the end a last worker fetches what is left and everything has to be there.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.errors import BusyError
from aggregator.model.feed import NewFeed
from aggregator.settings import Settings
from aggregator.store import entries, feeds, leases, maintenance
from aggregator.wiring import open_desk
from tests.aggregator.worker.loopback import PATIENCE, Server, rss
from tests.long.figures import Figure, show

ENTRIES = 60


def main(proof: str = "kills", database_url: str = "") -> None:
    """Run the rounds; the exit code says whether all held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    server = Server()
    try:
        with TemporaryDirectory() as folder:
            settings = Settings(
                data=Path(folder) / "data", allow_private_hosts=(server.host,), database_url=database_url
            )
            kills = Kills(settings, server, given.feeds, random.Random(given.seed))
            kills.run(given.rounds)
    finally:
        server.close()
    figures = [
        Figure("kills of a worker in mid-fetch, feeds", f"{given.rounds}, {given.feeds}"),
        Figure("entries acknowledged, of them lost", f"{len(kills.acknowledged)}, 0", "0", held=True),
        Figure("feeds half written, databases not whole", "0", "0", held=True),
        Figure("a worker ready again within", f"{kills.slowest:.1f} s", "≤ 5 s", kills.slowest <= 5),
    ]
    sys.exit(show(proof, figures))


class Kills:
    """One instance and what was acknowledged of it so far."""

    def __init__(self, settings: Settings, server: Server, count: int, chance: random.Random) -> None:
        self.settings = settings
        self.server = server
        self.chance = chance
        self.paths = [f"/{n}" for n in range(count)]
        self.acknowledged: set[tuple[int, str]] = set()
        self.slowest = 0.0
        self.publish(0)
        with open_desk(self.settings, create=True) as desk, desk.database.write() as conn:
            now = desk.clock.now()
            news = [NewFeed(f"http://{server.host}{p}", p, None, None, p, p) for p in self.paths]
            self.ids = list(feeds.add_feeds(conn, news, now=now, due=[now] * count).values())

    def run(self, rounds: int) -> None:
        """Kill so many workers, then let one finish."""
        for turn in range(1, rounds + 1):
            self.publish(turn)
            with self.working() as worker:
                time.sleep(self.chance.uniform(0, 1))  # this is a lottery, not a test that waits for something
                worker.kill()
                worker.wait()
            self.look(turn)
            print(f"round {turn}: {len(self.acknowledged)} entries acknowledged", flush=True)
        with self.working() as worker:
            self.wait_for(lambda: self.look(rounds) == len(self.ids))
            worker.terminate()
            assert worker.wait(10) == 0

    def publish(self, turn: int) -> None:
        """Give every feed a document of this turn: half of the last one's entries and as many new ones."""
        for path in self.paths:
            keys = (f"{path}-{n}" for n in range(turn * ENTRIES // 2, turn * ENTRIES // 2 + ENTRIES))
            self.server.put(path, rss(*keys), etag=f'"{turn}"')

    def working(self) -> subprocess.Popen[bytes]:
        """Start a worker on feeds that are all due, and wait until it answers."""
        with open_desk(self.settings) as desk:
            with desk.database.write() as conn:
                for feed in self.ids:
                    leases.set_due(conn, feed, desk.clock.now())
            told = {
                "BROADSHEET_DATA": str(self.settings.data),
                "BROADSHEET_ALLOW_PRIVATE_HOSTS": ",".join(self.settings.allow_private_hosts),
                "BROADSHEET_DATABASE_URL": self.settings.database_url,
            }
            begin = time.monotonic()
            code = "from aggregator.cli.main import main; main()"
            worker = subprocess.Popen([sys.executable, "-c", code, "worker"], env={**os.environ, **told})

            def answers() -> bool:
                try:
                    return bool(desk.ask.ping())
                except BusyError:
                    return False

            self.wait_for(answers)
            self.slowest = max(self.slowest, time.monotonic() - begin)
        return worker

    def look(self, turn: int) -> int:
        """Check what a killed worker left; gives how many feeds have this turn's document whole."""
        whole = 0
        with open_desk(self.settings) as desk, desk.database.read() as conn:
            # This reads every page of SQLite, and on PostgreSQL too what no constraint holds.
            assert maintenance.find_problems(desk.database) == ()
            for feed_id in self.ids:
                held = {entry.guid for entry in entries.iter_entries(conn, feed_id=feed_id, limit=100_000)}
                lost = {key for feed, key in self.acknowledged if feed == feed_id} - held
                assert not lost, f"feed {feed_id} lost {len(lost)} acknowledged entries"
                feed = feeds.get_feed(conn, feed_id)
                # Its validators are written last: with them, all entries of that document have to be there.
                if feed.validators.etag is not None:
                    done = int(feed.validators.etag.strip('"'))
                    path = self.paths[self.ids.index(feed_id)]
                    first = done * ENTRIES // 2
                    document = {f"{path}-{n}" for n in range(first, first + ENTRIES)}
                    assert document <= held, f"feed {feed_id} is half written"
                    whole += done == turn
                self.acknowledged |= {(feed_id, guid) for guid in held if guid}
        return whole

    def wait_for(self, condition: object) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():  # type: ignore[operator]  # a function without arguments
            assert time.monotonic() < deadline, "it did not come true"
            time.sleep(0.02)


if __name__ == "__main__":
    main()
