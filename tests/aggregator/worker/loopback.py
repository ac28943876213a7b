"""A desk on real parts, a clock one can set, and a loopback server that does as each path is told."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aggregator.candidates.columns import Columns
from aggregator.model.feed import NewFeed
from aggregator.outbound.client import Deadlines
from aggregator.queue.ask import WorkerSocket
from aggregator.services.desk import Desk
from aggregator.settings import Settings
from aggregator.store import entries, feeds
from aggregator.store.database import Database
from aggregator.worker.staff import open_staff

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


PATIENCE = 60.0
"""Seconds anything may take before a test gives up."""


def until(condition):
    """Wait until `condition()` is true, and give what it gives."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come true"
        threading.Event().wait(0.01)
    return value


class SetClock:
    """Stands still until it is moved."""

    def __init__(self, now=NOW):
        self.instant = now

    def now(self):
        return self.instant


class Server:
    """Answers GET by path. `pages[path]` is called with the handler; `asked` counts requests by path.

    `posted` is called with path, headers and body of each POST, which is answered with the status `taken`.
    """

    def __init__(self):
        self.pages = {}
        self.asked = Counter()
        self.posted = lambda _: None
        self.taken = 202
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.asked[self.path] += 1
                server.pages[self.path](self)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                server.posted((self.path, dict(self.headers), body))
                self.send_response(server.taken)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.block_on_close = False
        self.http.handle_error = lambda *_: None  # clients that go away are what is tested here
        self.host = f"127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.closing.set()
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    def put(self, path, body=b"", *, status=200, **headers):
        """Serve `body` at a path, with an ETag where one is given; 304 to whoever has it. Gives the address."""

        def page(handler):
            etag = headers.get("etag")
            same = etag is not None and handler.headers.get("If-None-Match") == etag
            handler.send_response(304 if same else status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", "0" if same else str(len(body)))
            handler.end_headers()
            if not same:
                handler.wfile.write(body)

        self.pages[path] = page
        return f"http://{self.host}{path}"


@contextmanager
def opened_desk(data, server, clock, **settings):
    """Open a desk on the data directory as wiring does, without the services' first steps."""
    told = Settings(data=data, allow_private_hosts=(server.host,), **settings)
    database = Database.open(data / "broadsheet.db", clock=clock)
    columns = Columns.open(data / "columns")
    try:
        database.migrate()
        yield Desk(
            settings=told,
            database=database,
            clock=clock,
            columns=columns,
            ask=WorkerSocket(data / "worker.sock"),
            secret=b"s" * 32,
            signing_key=b"k" * 32,
        )
    finally:
        columns.close()
        database.close()


def add(desk, *addresses, due=None):
    """Add feeds, due at once; gives their ids in the same order."""
    now = desk.clock.now()
    news = [NewFeed(a, a, None, None, a, a) for a in addresses]
    with desk.database.write() as conn:
        ids = feeds.add_feeds(conn, news, now=now, due=[due or now] * len(news))
    return [ids[address] for address in addresses]


def get(desk, feed_id):
    with desk.database.read() as conn:
        return feeds.get_feed(conn, feed_id)


def titles(desk, feed_id):
    with desk.database.read() as conn:
        return sorted(e.title for e in entries.iter_entries(conn, feed_id=feed_id, limit=10_000))


def run(desk, work, *, seconds=30.0, **staff):
    """Run `work(staff)` with everything open; a feed may take `seconds`."""

    async def main():
        deadlines = replace(Deadlines(), feed=seconds)
        async with open_staff(desk, deadlines=deadlines, **staff) as opened:
            return await work(opened)

    return asyncio.run(main())


def due(desk, **staff):
    """One round of what is due."""
    return run(desk, lambda staff: staff.loop.due(), **staff)


def rss(*items, head=""):
    """An RSS document; each item is a key, or (key, title), dated an hour before noon."""
    rows = [(item, f"Title {item}") if isinstance(item, str) else item for item in items]
    body = "".join(
        f"<item><guid isPermaLink='false'>{key}</guid><title>{title}</title>"
        f"<link>https://paper.example/{key}</link><description>About {title}</description>"
        f"<pubDate>{(NOW - timedelta(hours=1)).strftime('%a, %d %b %Y %H:%M:%S +0000')}</pubDate></item>"
        for key, title in rows
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper</title>"
        f"<link>https://paper.example/</link><description>d</description>{head}{body}</channel></rss>"
    ).encode()
