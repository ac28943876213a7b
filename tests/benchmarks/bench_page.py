"""What a list page costs: 50 ranked entries with reasons, signed in, beside a bare page of the same size.

    .venv/bin/python -m tests.benchmarks.bench_page [--entries 10000,100000] [--requests 60] [--data FOLDER]

CPU milliseconds a request in one process and thread, both in turn in the same run, warm; and of the first request for
a minute nobody asked for yet, which is ranked and rendered anew. The floor hands out as many bytes: 50 entries in a
loop, escaped, through one Jinja template of a Flask application that does nothing else.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, render_template
from jinja2 import DictLoader

from aggregator.services import accounts, editing, publishing
from tests.benchmarks.bench_list import RULE
from tests.benchmarks.filled import filled
from web import create_app
from web.asked import stamp
from web.door import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aggregator.services.desk import Desk

PAGE = "/lists/front-page?rule="
RULES = {"eight terms, three steps": "bench", "newest first": "newest-first"}
COLD = 5
BARE = """<!doctype html><html lang="en"><title>{{ title }}</title><ol>
{% for one in items %}
<li><h2><a href="{{ one.link }}">{{ one.title }}</a></h2><p>{{ one.text }}</p></li>{% endfor %}</ol>"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU ms of a page, warm and cold, and of a bare one; and how many bytes each has."""

    median: float
    worst: float
    cold: float
    bare: float
    size: int


def asker(desk: Desk) -> Callable[[str], bytes]:
    """Give what asks for our pages as a member."""
    token = accounts.use_link(desk, accounts.make_link(desk), name="Ada", instance_name="Bench", language="en")
    client = create_app(desk.settings, desk=desk).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = token
    return lambda path: client.get(path).data


def bare(size: int) -> Callable[[], bytes]:
    """Give what asks for a bare page of as many bytes."""
    app = Flask("floor")
    app.jinja_loader = DictLoader({"floor.html": BARE})
    text = "They met for two hours. " * (size // 50 // 24)
    items = [{"link": f"/{n}", "title": f"Entry {n}", "text": text} for n in range(50)]
    app.add_url_rule("/", "page", lambda: render_template("floor.html", title="Floor", items=items))
    client = app.test_client()
    return lambda: client.get("/").data


def cost(ask: Callable[[], object], requests: int, warming: int = 3) -> Iterator[float]:
    """Yield the CPU ms of each request, some warming ones first left out."""
    for _ in range(warming):
        ask()
    for _ in range(requests):
        began = time.process_time()
        ask()
        yield (time.process_time() - began) * 1000


def measure(desk: Desk, rule: str, requests: int) -> Cost:
    """Measure the front page by a rule."""
    ask = asker(desk)
    page = ask(PAGE + rule)
    assert len(re.findall(rb'class="item', page)) == 50, "the page has 50 entries"  # the rule's length
    floor = bare(len(page))
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(3):  # in turn: other work on the machine disturbs both alike
        for times, one in zip(took, (lambda: ask(PAGE + rule), floor), strict=True):
            times.extend(cost(one, requests // 3))
    now = desk.clock.now()
    earlier = iter([f"{PAGE}{rule}&at={stamp(now - timedelta(minutes=n))}" for n in range(1, COLD + 1)])
    cold = statistics.median(cost(lambda: ask(next(earlier)), COLD, warming=0))
    own, worst = statistics.median(took[0]), statistics.quantiles(took[0], n=100)[98]
    return Cost(own, worst, cold, statistics.median(took[1]), len(page))


def main() -> None:
    """Print a line for each number of stored entries and each rule."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", default="10000")
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--data", type=Path, help="where filled instances are kept for the next time")
    given = parser.parse_args()
    line = "{:>9}  {:<26} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}"
    print(line.format("stored", "rule", "ours ms", "p99 ms", "cold ms", "bare ms", "ratio", "bytes"))
    for count in map(int, given.entries.split(",")):
        with filled(count, given.data) as desk:
            publish(desk)
            for name, rule in RULES.items():
                found = measure(desk, rule, given.requests)
                times = (found.median, found.worst, found.cold, found.bare, found.bare / found.median)
                print(line.format(count, name, *(f"{each:.2f}" for each in times), found.size), flush=True)


def publish(desk: Desk) -> None:
    """Publish the rule of the goal, unless it was."""
    actor = accounts.operator(desk)
    if all(version.slug != "bench" for version in editing.rules(desk, actor)):
        publishing.publish(desk, actor, RULE, None)


if __name__ == "__main__":
    main()
