"""Serves the whole real feeds of ../shared/corpus on loopback, with one OPML file that files them in folders.

    python -m tests.long.corpus_world --port 8901 --opml /tmp/corpus.opml

Then, in another shell, an instance whose clock stands where most of these feeds were captured:

    export BROADSHEET_ALLOW_PRIVATE_HOSTS=127.0.0.1:8901
    broadsheet init --data /tmp/corpus --starter /tmp/corpus.opml
    broadsheet up --data /tmp/corpus --clock 2026-02-18T12:00:00Z
"""

from __future__ import annotations

import argparse
import csv
import email.utils
import hashlib
import http.server
import socketserver
from pathlib import Path
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
TYPES = {".json": "application/feed+json", ".atom": "application/atom+xml", ".rss": "application/rss+xml"}


def real_feeds() -> list[dict[str, str]]:
    """The rows of the manifest that are whole feeds as captured, then or now."""
    with (CORPUS / "MANIFEST.tsv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    return [row for row in rows if row["kind"] == "feeds" and row["realness"] in ("real", "real (captured 2009)")]


def folder(row: dict[str, str]) -> str:
    """By year of capture, then by where the capture comes from."""
    year = "Captured 2009" if "2009" in row["realness"] else "Captured since"
    return f"{year}/{row['source_repo'].partition('/')[2] or row['source_repo']}"


def write_opml(path: Path, rows: list[dict[str, str]], port: int) -> None:
    """One file, folders two deep, every feed once."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0"><head><title>Corpus</title></head><body>',
    ]
    tree: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in rows:
        first, second = folder(row).split("/", 1)
        tree.setdefault(first, {}).setdefault(second, []).append(row)
    for first, inner in tree.items():
        out.append(f"<outline text={quoteattr(first)}>")
        for second, feeds in inner.items():
            out.append(f"<outline text={quoteattr(second)}>")
            for row in feeds:
                title = row["title"] or Path(row["path"]).name
                address = f"http://127.0.0.1:{port}/{quote(row['path'])}"
                out.append(f'<outline type="rss" text={quoteattr(title)} xmlUrl={quoteattr(address)}/>')
            out.append("</outline>")
        out.append("</outline>")
    out.append("</body></opml>")
    path.write_text("\n".join(out), encoding="utf-8")


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with a corpus file, conditionally."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = CORPUS / unquote(self.path.lstrip("/"))
        if not path.is_file() or CORPUS not in path.parents:
            self.send_error(404)
            return
        data = path.read_bytes()
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        same = self.headers.get("If-None-Match") == etag
        self.send_response(304 if same else 200)
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", email.utils.formatdate(path.stat().st_mtime, usegmt=True))
        if not same:
            self.send_header("Content-Type", TYPES.get(path.suffix, "text/xml"))
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not same:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing: the instance keeps its own account."""


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """A thread a connection."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Write the OPML and serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8901)
    parser.add_argument("--opml", type=Path, required=True)
    options = parser.parse_args()
    rows = real_feeds()
    write_opml(options.opml, rows, options.port)
    print(f"{len(rows)} feeds on http://127.0.0.1:{options.port}/, listed in {options.opml}", flush=True)
    Server(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
