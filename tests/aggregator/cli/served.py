"""A few self-written feeds served on loopback, for commands that fetch."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


def feed(name, titles):
    """An Atom feed with an entry an hour up to noon of 18 February 2026."""
    entries = "".join(
        f"<entry><id>urn:{name}:{number}</id><title>{title}</title>"
        f'<link href="https://{name}.example.org/{number}"/><updated>2026-02-18T{11 - number:02d}:00:00Z</updated>'
        f'<author><name>Ana Vidal</name></author><category term="Harbour"/>'
        f'<content type="html">&lt;p&gt;{title}: the cranes of {name} stand still.&lt;/p&gt;</content></entry>'
        for number, title in enumerate(titles)
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:{name}</id><title>The {name}</title>'
        f'<link href="https://{name}.example.org/"/><updated>2026-02-18T11:00:00Z</updated>{entries}</feed>'
    )


PAGES = {
    "/post": (200, "application/atom+xml", feed("post", ["Ropeworks tenants win", "Tide tables", "Ferry late"])),
    "/quay": (200, "application/atom+xml", feed("quay", ["Quay council meets", "Nets mended"])),
    "/page": (200, "text/html", "<!DOCTYPE html><html><title>Hello</title><body>No feed here</body></html>"),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, kind, text = PAGES.get(self.path, (404, "text/plain", "no"))
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keep quiet."""


@contextmanager
def served():
    """Serve the feeds; gives host:port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def opml(place):
    """A source list of the feeds at `place`."""
    return (
        f'<opml version="2.0"><head><title>Served</title></head><body><outline text="Harbour">'
        f'<outline type="rss" text="Harbour Post" xmlUrl="http://{place}/post"/>'
        f'<outline type="rss" text="The Quay" xmlUrl="http://{place}/quay"/></outline>'
        f'<outline type="rss" text="A page" xmlUrl="http://{place}/page"/></body></opml>'
    )
