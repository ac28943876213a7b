"""A server on loopback that answers what a test tells it to, and counts who came."""

from __future__ import annotations

import asyncio
import contextlib


def http(status=200, body=b"", **fields):
    """Compose an answer; a field name's underscores stand for hyphens. `length=None` leaves Content-Length out."""
    length = fields.pop("length", len(body))
    lines = [f"HTTP/1.1 {status} Told"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    if length is not None and status not in (204, 304):
        lines.append(f"Content-Length: {length}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


class Loopback:
    """`answers` maps a path to bytes, or to an async function that writes to the connection and returns at its end."""

    def __init__(self, answers=None, *, host="127.0.0.1"):
        self.answers = answers or {}
        self.host = host
        self.connections = 0
        self.requests = []
        self.open = 0
        self.most_open = 0
        self.tasks = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, self.host, 0)
        self.port = self.server.sockets[0].getsockname()[1]
        self.listed = (f"{self.host}:{self.port}",)
        return self

    async def __aexit__(self, *_):
        self.server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def url(self, path="/feed"):
        return f"http://{self.host}:{self.port}{path}"

    def fields(self, number=-1):
        """Return the header fields of a request that came, by lower-case name."""
        lines = self.requests[number].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}

    async def _serve(self, reader, writer):
        self.connections += 1
        self.tasks.add(asyncio.current_task())
        with contextlib.suppress(asyncio.CancelledError):  # the test is over
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head)
                self.open += 1
                self.most_open = max(self.open, self.most_open)
                answer = self.answers.get(head.split(b" ")[1].decode(), http(404))
                if callable(answer):
                    try:
                        await answer(writer)
                    finally:
                        self.open -= 1
                    break
                self.open -= 1
                writer.write(answer)
                await writer.drain()
