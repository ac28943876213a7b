"""Serves feeds of few entries, some broken in eight ways; each feed is one path. A process of its own.

    python -m tests.long.broken_world

Prints its two ports: one answers, the other takes connections and never answers. Paths: /feed/N is well, /live/N
too and has news, the others are named after what is wrong with them (WAYS); "refused" is served by nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

WAYS = ("refused", "hanging", "error", "page", "garbage", "cut", "loop", "gzip")
"""How a feed may be broken."""
ENTRIES = 3
NEWS_SECONDS = 5
"""How often a feed under /live/ has a new entry."""
TOPICS = ("harbour", "council", "school", "library", "market", "bridge", "winter", "river")


def feed(number: int, first: int = 0) -> bytes:
    """Make a small feed whose newest entry is the one numbered `first`."""
    now = datetime.now(UTC)
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}-{n + first}</guid>"
        f"<title>{TOPICS[(number + n) % 8]} news {number}</title>"
        f"<link>https://paper{number}.example/{n + first}</link><description>&lt;p&gt;About the {TOPICS[number % 8]}, "
        f"{'told at some length. ' * 20}&lt;/p&gt;</description>"
        f"<pubDate>{format_datetime(now - timedelta(hours=1 + n, seconds=number))}</pubDate></item>"
        for n in range(ENTRIES)
    )
    head = f"<title>Paper {number}</title><link>https://paper{number}.example/</link><description>d</description>"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def answer(path: str) -> bytes:
    """Return head and body for a path."""
    way, number = path.strip("/").split("/")[:2]
    body, status, more = feed(int(number), int(time.time()) // NEWS_SECONDS if way == "live" else 0), "200 OK", ""
    length = len(body)
    if way == "error":
        status = "500 Internal Server Error"
    elif way == "page":
        body = b"<!doctype html><html><head><title>Moved</title></head><body><p>Our new site!</p></body></html>"
    elif way == "garbage":
        body = b"<?xml version='1.0'?><rss><channel><item><title>\x00\xff\xfe</item></rss" + bytes(range(256)) * 20
    elif way == "cut":
        body, length = body[: len(body) // 2], len(body)
    elif way == "loop":
        status, more, body = "302 Found", f"Location: {path}\r\n", b""
    elif way == "gzip":
        more, body = "Content-Encoding: gzip\r\n", b"\x1f\x8b\x08\x00" + b"not gzip at all" * 20
    if way != "cut":
        length = len(body)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\nContent-Length: {length}\r\n{more}\r\n"
    return head.encode() + body


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests until the other side goes."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            writer.write(answer(path))
            await writer.drain()
            if path.startswith("/cut"):
                break
    writer.close()


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read, and say nothing."""
    with contextlib.suppress(OSError):
        while await reader.read(65_536):
            pass
    writer.close()


async def main() -> None:
    """Serve until killed."""
    well = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=512)
    silent = await asyncio.start_server(hang, "127.0.0.2", 0, backlog=512)
    print(well.sockets[0].getsockname()[1], silent.sockets[0].getsockname()[1], flush=True)
    await asyncio.gather(well.serve_forever(), silent.serve_forever())


if __name__ == "__main__":
    asyncio.run(main())
