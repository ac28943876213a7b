"""A day in the life of a worker, on a clock that is moved: `python -m tests.long.day [--feeds 1000]`.

The worker is the real one, with its door, its parse processes and a database; names lead to publishers that answer on
loopback and write down who came when. What is looked at afterwards is what they saw, to the second.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from aggregator.outbound import guard, resolver
from aggregator.outbound.politeness import MINUTE, REQUESTS_PER_MINUTE
from aggregator.update.schedule import LONGEST, MINIMUM, QUIET, SPREAD
from aggregator.worker.staff import open_staff
from tests.aggregator.worker.loopback import add, opened_desk
from tests.long.figures import Figure, show

START = datetime(2026, 11, 22, tzinfo=UTC)
DAY = 86_400.0
HOUR = 3_600.0
ADDRESS = "127.0.0.2"


@dataclass(frozen=True)
class Kind:
    """How a publisher behaves. `wish` are the seconds its hints ask us to wait."""

    name: str
    wish: float = 0.0
    fields: str = ""
    head: str = ""
    news_every: float = 7 * HOUR
    night: tuple[int, ...] = ()
    status: int = 200
    strict: bool = False  # one request a minute for the whole domain, else 429
    starves: bool = True  # it counts as starved when nobody comes


NIGHT = tuple(range(6))
PLAIN = Kind("plain")
NEWS = Kind("news every hour", news_every=HOUR)
KINDS = (
    PLAIN,
    NEWS,
    Kind("never anything new", news_every=365 * DAY),
    Kind("ttl 180", wish=3 * HOUR, head="<ttl>180</ttl>"),
    Kind("max-age 7200", wish=2 * HOUR, fields="Cache-Control: max-age=7200\r\n"),
    Kind("Retry-After 5400 with 200", wish=1.5 * HOUR, fields="Retry-After: 5400\r\n"),
    Kind("skipHours 0-5", night=NIGHT, head=f"<skipHours>{''.join(f'<hour>{h}</hour>' for h in NIGHT)}</skipHours>"),
    Kind("sy: twice a day", wish=12 * HOUR, head=(
        "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily</sy:updatePeriod>"
        "<sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>2</sy:updateFrequency>")),
    Kind("503, Retry-After 4000", wish=4000, status=503, fields="Retry-After: 4000\r\n", starves=False),
    Kind("500", status=500, starves=False),
    Kind("410", status=410, starves=False),
    Kind("one request a minute", strict=True),
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One request a publisher saw: `at` in seconds of the day."""

    at: float
    domain: str
    path: str
    status: int


@dataclass
class World:
    """The clock, the publishers by domain, and all visits."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    seconds: float = 0.0
    port: int = 0
    asked_last: dict[str, float] = field(default_factory=dict)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def steady(self) -> float:
        return 1e6 + self.seconds

    async def names(self, _host):
        return (ADDRESS,)

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                writer.write(self._answer(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, head: str) -> bytes:
        path = head.split(" ")[1]
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
        domain = ".".join(fields["host"].partition(":")[0].split(".")[-2:])
        status, more, body = self._page(domain, path, fields.get("if-none-match"))
        self.visits.append(Visit(self.seconds, domain, path, status))
        return f"HTTP/1.1 {status} .\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def _page(self, domain: str, path: str, has: str | None) -> tuple[int, str, bytes]:
        kind = self.kinds[domain]
        before, self.asked_last[domain] = self.asked_last.get(domain, -DAY), self.seconds
        if kind.strict and self.seconds - before < MINUTE:
            return 429, "Retry-After: 60\r\n", b""
        if kind.status != 200:
            return kind.status, kind.fields, b""
        edition = int((self.seconds + zlib.crc32(path.encode()) % HOUR) // kind.news_every)
        fields = f'ETag: "{edition}"\r\n{kind.fields}'
        return (304, fields, b"") if has == f'"{edition}"' else (200, fields, _rss(path, edition, kind.head))


def _rss(path: str, edition: int, head: str) -> bytes:
    items = "".join(
        f"<item><guid>{path}-{n}</guid><title>Edition {n}</title><link>https://x.example{path}/{n}</link></item>"
        for n in range(edition - 4, edition + 1)
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>P</title>{head}{items}</channel></rss>".encode()


def peopled(feeds: int) -> tuple[World, list[tuple[str, str]]]:
    """Make a world of so many feeds: a fifth of them on one domain, a tenth on another, the rest spread out."""
    world, places = World(), []
    shared = {"big.example": (PLAIN, feeds // 5), "busy.example": (NEWS, feeds // 10)}
    for domain, (kind, number) in shared.items():
        world.kinds[domain] = kind
        places += [(f"www{n % 3}.{domain}", f"/{domain}/{n}") for n in range(number)]
    number = 0
    while len(places) < feeds:
        kind = KINDS[number % len(KINDS)]
        domain = f"site{number}.example"
        world.kinds[domain] = kind
        places += [(domain, f"/{domain}/{n}") for n in range(1 + number % 12)]
        number += 1
    return world, places[:feeds]


@contextmanager
def public(world: World):
    """Let the publishers' loopback address pass for a public one; all else is checked as ever."""
    real = resolver.check_ip
    allowed = patch.dict(guard.PORTS, {"the day": world.port})
    reached = patch.object(resolver, "check_ip", lambda number: None if number == ADDRESS else real(number))
    with allowed, reached:
        yield


async def _live(world: World, desk, places, tick: float) -> None:
    server = await asyncio.start_server(world.serve, ADDRESS, 0)
    world.port = server.sockets[0].getsockname()[1]
    staff = None

    async def nap(seconds: float) -> None:
        while staff.outbound._gate._politeness._open:  # noqa: ASYNC110  # no time passes while a request is on its way
            await asyncio.sleep(0.0005)
        world.seconds += seconds

    with public(world):
        add(desk, *(f"http://{host}:{world.port}{path}" for host, path in places))
        async with open_staff(desk, steady=world.steady, nap=nap, resolve=world.names) as opened:
            staff = opened
            while world.seconds < DAY:
                await staff.loop.due()
                world.seconds = max(world.seconds, (world.seconds // tick + 1) * tick)
    server.close()


def live(feeds: int, *, tick: float = 60.0) -> tuple[World, list[tuple[str, str]]]:
    """Live the day, with a look at what is due every `tick` seconds of it; gives what the publishers saw."""
    world, places = peopled(feeds)
    nobody = SimpleNamespace(host="127.0.0.3:1")
    with tempfile.TemporaryDirectory() as data, opened_desk(Path(data), nobody, world) as desk:
        asyncio.run(_live(world, desk, places, tick))
    return world, places


def over_budget(world: World) -> dict[str, int]:
    """Give the domains that were asked too often, with the most requests in any sixty seconds."""
    most = {domain: fullest_minute(world, domain) for domain in world.kinds}
    return {domain: number for domain, number in most.items() if number > REQUESTS_PER_MINUTE}


def fullest_minute(world: World, domain: str) -> int:
    """Return the most requests a domain saw in any sixty seconds."""
    times = sorted(visit.at for visit in world.visits if visit.domain == domain)
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most


def ignored_refusals(world: World) -> list[Visit]:
    """Give the visits to a domain that had asked to be left alone until later; one may have been on its way then."""
    closed, found = {}, []
    for visit in world.visits:
        since, until = closed.get(visit.domain, (0.0, 0.0))
        if since < visit.at < until:
            found.append(visit)
        if visit.status in (429, 503):
            wait = MINUTE if visit.status == 429 else world.kinds[visit.domain].wish
            closed[visit.domain] = (visit.at, max(until, visit.at + wait))
    return found


def too_soon(world: World) -> list[tuple[str, float]]:
    """Give the feeds asked sooner than our minimum or their hints allow, with the seconds in between."""
    return [
        (path, gap)
        for path, visits in by_feed(world).items()
        for gap in (b.at - a.at for a, b in pairwise(visits) if a.status != 429)
        if gap < max(MINIMUM.total_seconds(), world.kinds[visits[0].domain].wish) - 1e-6
    ]


def at_night(world: World) -> list[Visit]:
    """Give the visits in hours a publisher wants to be left alone in, but for the first, which could not know."""
    firsts = {visits[0] for visits in by_feed(world).values()}
    return [v for v in world.visits if int(v.at // HOUR) % 24 in world.kinds[v.domain].night and v not in firsts]


def starved(world: World, places) -> list[tuple[str, float]]:
    """Give the healthy feeds left alone for longer than they or we ever want to, with the seconds."""
    seen, found = by_feed(world), []
    for _, path in places:
        kind = world.kinds[".".join(path.split("/")[1].split(".")[-2:])]
        if not kind.starves:
            continue
        good = [v.at for v in seen.get(path, ()) if v.status in (200, 304)]
        longest = max(max(QUIET.total_seconds(), kind.wish) * (1 + SPREAD) + len(kind.night) * HOUR, HOUR) + HOUR
        gap = max((b - a for a, b in pairwise([0.0, *good, DAY])), default=DAY)
        if gap > min(longest, LONGEST.total_seconds()):
            found.append((path, gap))
    return found


def by_feed(world: World) -> dict[str, list[Visit]]:
    """Give the visits to each feed, in their order."""
    found = defaultdict(list)
    for visit in world.visits:
        found[visit.path].append(visit)
    return found


def main(feeds: int) -> int:
    """Live the day and print what the publishers saw; 1 where a promise was broken."""
    began, cpu = time.monotonic(), time.process_time()
    world, places = live(feeds)
    print(f"{feeds} feeds on {len(world.kinds)} domains, one day: {len(world.visits)} requests")
    print(f"  by status {dict(sorted(Counter(v.status for v in world.visits).items()))}")
    print(f"  {time.monotonic() - began:.0f} s wall, {time.process_time() - cpu:.0f} CPU s (publishers included)")
    feeds_of, per_kind = Counter(path.split("/")[1] for _, path in places), defaultdict(list)
    asked = Counter(visit.domain for visit in world.visits)
    for domain, kind in world.kinds.items():
        per_kind[kind.name].append(asked[domain] / max(feeds_of[domain], 1))
    print("  requests a feed and day, by what its publisher says:")
    for name, shares in per_kind.items():
        print(f"    {name:28} {min(shares):6.1f} to {max(shares):6.1f}")
    print("  most asked domains, requests a day and in the fullest minute:")
    for domain, number in asked.most_common(8):
        print(f"    {domain:20} {feeds_of[domain]:4} feeds {number:6} {fullest_minute(world, domain):4}")
    promises = {
        "over the budget of a domain": over_budget(world),
        "asked before Retry-After": ignored_refusals(world),
        "asked sooner than allowed": too_soon(world),
        "asked in skipped hours": at_night(world),
        "starved": starved(world, places),
    }
    shown = [Figure("feeds, domains, requests", f"{feeds}, {len(world.kinds)}, {len(world.visits)}")]
    for promise, broken in promises.items():
        shown.append(Figure(promise, f"{len(broken)}{f' {list(broken)[:3]}' if broken else ''}", "0", not broken))
    return show("day", shown)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--feeds", type=int, default=1000)
    sys.exit(main(parser.parse_args().feeds))
