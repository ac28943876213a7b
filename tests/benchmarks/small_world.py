"""A small world of feeds on loopback, the same for everybody: made from a seed, served by a process of its own.

python -m tests.benchmarks.small_world FOLDER FEEDS        serve it; prints its port
"""

from __future__ import annotations

import argparse
import gzip
import random
import subprocess
import sys
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ENTRIES = 35
SYLLABLES = (
    "an", "be", "co", "da", "el", "fi", "go", "ha", "in", "ju", "ka", "le", "mo", "ne", "ol", "pa", "ri", "sa", "to",
    "un", "ve", "wi", "ya", "zo", "ter", "ing", "men", "ble", "ous",
)  # fmt: skip


def vocabulary() -> list[str]:
    """Return 8,000 words, the short ones first."""
    chance = random.Random(1)
    words = {"".join(chance.choices(SYLLABLES, k=1 + n % 4)) for n in range(20_000)}
    return sorted(words, key=lambda word: (len(word), word))[:8_000]


def write_world(folder: Path, feeds: int, generation: int = 0) -> None:
    """Write generation 0 of all feeds; of a later one only every twentieth feed, with three new entries."""
    words = vocabulary()
    weights = [1 / (rank + 3) for rank in range(len(words))]
    for feed in range(feeds):
        if generation and feed % 20 != generation % 20:
            continue
        # Entry n was published n steps before noon; those of a later generation after it.
        keys = [*(range(-3 * generation, 3 - 3 * generation) if generation else ()), *range(ENTRIES)][:ENTRIES]
        data = _document(feed, keys, words, weights, atom=feed % 3 == 0)
        (folder / f"{feed}.gz").write_bytes(gzip.compress(data, 6, mtime=0))


def _document(feed: int, keys: Sequence[int], words: list[str], weights: list[float], *, atom: bool) -> bytes:
    parts = []
    for key in keys:
        chance = random.Random(f"{feed}-{key}")
        text = iter(chance.choices(words, weights, k=330))
        title = " ".join(next(text) for _ in range(8)).capitalize()
        body = "".join(
            f'<p><a href="https://s{feed}.example/{n}?utm_source=x">{next(text)}</a> '
            f"{' '.join(next(text) for _ in range(38))}.</p>"
            for n in range(8)
        )
        when = NOON - timedelta(hours=5 * key + feed % 5)
        link = f"https://s{feed}.example/{key}"
        if atom:
            parts.append(
                f"<entry><id>tag:{feed},2026:{key}</id><title>{title}</title><link href='{link}'/>"
                f"<published>{when.isoformat()}</published><updated>{when.isoformat()}</updated>"
                f"<author><name>Author {feed}</name></author><content type='html'>{escape(body)}</content></entry>"
            )
        else:
            parts.append(
                f"<item><guid isPermaLink='false'>{feed}-{key}</guid><title>{title}</title><link>{link}</link>"
                f"<pubDate>{format_datetime(when)}</pubDate><category>{title.split()[0]}</category>"
                f"<description>{escape(body)}</description></item>"
            )
    entries, site = "".join(parts), f"https://s{feed}.example/"
    if atom:
        head = (
            f"<title>Feed {feed}</title><link href='{site}'/><id>tag:{feed}</id><updated>{NOON.isoformat()}</updated>"
        )
        return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{head}{entries}</feed>".encode()
    head = f"<title>Feed {feed}</title><link>{site}</link><description>d</description><language>en</language>"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{head}{entries}</channel></rss>".encode()


class _Handler(BaseHTTPRequestHandler):
    """Answers like a web server with files: ETag, 304, gzip."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:  # http.server's name
        """Serve one feed."""
        data = (self.folder / f"{Path(self.path).stem}.gz").read_bytes()
        tag = f'"{zlib.crc32(data):08x}"'
        same = self.headers.get("If-None-Match") == tag
        head = [
            f"HTTP/1.1 {'304 Not Modified' if same else '200 OK'}",
            f"ETag: {tag}",
            "Content-Type: application/xml",
            *([] if same else ["Content-Encoding: gzip", f"Content-Length: {len(data)}"]),
        ]
        self.wfile.write("\r\n".join([*head, "", ""]).encode() + (b"" if same else data))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, feeds: int) -> Iterator[str]:
    """Serve a folder from a process of its own, so that its work is not counted; gives host:port."""
    command = [sys.executable, "-m", "tests.benchmarks.small_world", str(folder), str(feeds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def main() -> None:
    """Write the world and serve it until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("feeds", type=int)
    given = parser.parse_args()
    write_world(given.folder, given.feeds)
    _Handler.folder = given.folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
