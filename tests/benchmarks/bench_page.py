"""What a list page costs: 50 ranked entries with reasons, signed in, beside a bare page of the same size.

    .venv/bin/python -m tests.benchmarks.bench_page [--entries 10000] [--requests 60]

CPU milliseconds a request in one process and thread, both in turn in the same run, warm. The floor hands out as many
bytes: 50 entries in a loop, escaped, through one Jinja template of a Flask application that does nothing else.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flask import Flask, render_template_string

from aggregator.model.entry import EntryData, EntryUpdateIntent, Kind
from aggregator.model.feed import NewFeed
from aggregator.model.ids import Uid
from aggregator.model.subscription import NewSubscription
from aggregator.services import accounts
from aggregator.settings import Settings
from aggregator.store import entries, feeds, subscriptions
from aggregator.wiring import open_desk
from web import create_app
from web.door import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from aggregator.services.desk import Desk

FEEDS = 100
PAGE = "/lists/front-page?rule=newest-first"
BARE = """<!doctype html><html lang="en"><title>{{ title }}</title><ol>
{% for one in items %}
<li><h2><a href="{{ one.link }}">{{ one.title }}</a></h2><p>{{ one.text }}</p></li>{% endfor %}</ol>"""


def fill(desk: Desk, count: int) -> None:
    """Store so many entries of a hundred feeds, the last 10,000 of them young."""
    now = desk.clock.now()
    group = accounts.operator(desk).group
    addresses = [f"https://f{number}.example/feed" for number in range(FEEDS)]
    with desk.database.write() as conn:
        news = [NewFeed(each, each[8:22], None, "en", each[8:22], each[8:22]) for each in addresses]
        ids = list(feeds.add_feeds(conn, news, now=now, due=[now] * FEEDS).values())
        for feed_id in ids:
            new = NewSubscription(feed_id=feed_id, title=None, why=None, folders=("News",))
            subscriptions.add_subscription(conn, group, new, now=now)
    each = count // FEEDS
    for place, feed_id in enumerate(ids):
        with desk.database.write() as conn:
            made = [_intent(place * each + number, number, each, now) for number in range(each)]
            entries.apply_intents(conn, feed_id, made)
    with desk.database.read() as conn:
        desk.columns.sync(conn)


def _intent(number: int, of_feed: int, each: int, now: datetime) -> EntryUpdateIntent:
    young = of_feed < 10_000 // FEEDS
    age = timedelta(seconds=(of_feed + 1) * 5000 + number % 4999) if young else timedelta(days=9 + of_feed / each)
    data = EntryData(
        key=str(number), raw_hash=number.to_bytes(16, "big"), guid=str(number), link=f"https://f.example/{number}",
        title=f"What the council said about ferry number {number}", authors=(), published=now - age, updated=None,
        language="en", kind=Kind.ARTICLE, categories=(), enclosures=(), image=None, comments=None,
        content_html="<p>They met.</p>", summary_html="", excerpt="They met for two hours, and nobody left early. " * 4,
        words=600, paid=False, index="they met",
    )  # fmt: skip
    uid = Uid(number.to_bytes(16, "big").hex())
    return EntryUpdateIntent(data=data, uid=uid, time=now - age, first_seen=now - age, age_known=True, held=None)


def ours(desk: Desk) -> Callable[[], bytes]:
    """Give what asks for our page as a member."""
    token = accounts.use_link(desk, accounts.make_link(desk), name="Ada", instance_name="Bench", language="en")
    client = create_app(desk.settings, desk=desk).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = token
    return lambda: client.get(PAGE).data


def bare(size: int) -> Callable[[], bytes]:
    """Give what asks for a bare page of as many bytes."""
    app = Flask("floor")
    text = "They met for two hours. " * (size // 50 // 24)
    items = [{"link": f"/{n}", "title": f"Entry {n}", "text": text} for n in range(50)]
    app.add_url_rule("/", "page", lambda: render_template_string(BARE, title="Floor", items=items))
    client = app.test_client()
    return lambda: client.get("/").data


def cost(ask: Callable[[], bytes], requests: int) -> Iterator[float]:
    """Yield the CPU ms of each request, three warm ones first left out."""
    for _ in range(3):
        ask()
    for _ in range(requests):
        began = time.process_time()
        ask()
        yield (time.process_time() - began) * 1000


def measure(count: int, requests: int) -> tuple[float, float, float, int]:
    """Return the median CPU ms of ours and of the floor, our 99th per cent, and the size of our page."""
    with TemporaryDirectory() as folder, open_desk(Settings(data=Path(folder) / "data"), create=True) as desk:
        ask = ours(desk)
        fill(desk, count)
        page = ask()
        assert len(re.findall(rb'class="item', page)) >= min(50, count), "the page has 50 entries"
        floor = bare(len(page))
        took: tuple[list[float], list[float]] = ([], [])
        for _ in range(3):  # in turn: other work on the machine disturbs both alike
            for times, one in zip(took, (ask, floor), strict=True):
                times.extend(cost(one, requests // 3))
    return statistics.median(took[0]), statistics.median(took[1]), statistics.quantiles(took[0], n=100)[98], len(page)


def main() -> None:
    """Print a line for each number of stored entries."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", default="10000")
    parser.add_argument("--requests", type=int, default=60)
    given = parser.parse_args()
    line = "{:>9} {:>8} {:>8} {:>8} {:>8} {:>8}"
    print(line.format("stored", "ours ms", "p99 ms", "bare ms", "ratio", "bytes"))
    for count in map(int, given.entries.split(",")):
        own, floor, worst, size = measure(count, given.requests)
        row = (f"{own:.2f}", f"{worst:.2f}", f"{floor:.2f}", f"{floor / own:.2f}", size)
        print(line.format(count, *row), flush=True)


if __name__ == "__main__":
    main()
