from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from aggregator.errors import FetchError
from aggregator.outbound import guard, resolver
from aggregator.outbound.client import Outbound

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class StoppedClock:
    def now(self):
        return NOW


async def no_names(host):
    raise OSError(f"nobody is to be looked up: {host}")


@pytest.fixture
def outbound():
    """Make a client whose clock stands still and whose names lead nowhere unless told."""

    def make(**options):
        return Outbound(
            **{"contact": "https://news.example.org/about", "clock": StoppedClock(), "resolve": no_names, **options}
        )

    return make


@pytest.fixture
def fault_of():
    """Run a fetch that must fail and return its fault."""

    async def run(waiting):
        try:
            got = await asyncio.wait_for(waiting, 60)
        except FetchError as exc:
            return exc.fault
        raise AssertionError(f"it came through: {got}")

    return run


@pytest.fixture
def public(monkeypatch):
    """Let a loopback server pass for a public one: its port is allowed, and its own number for each name.

    The real check still holds for all other numbers. Returns a resolver that knows only this server.
    """
    real = resolver.check_ip

    def make(server):
        monkeypatch.setitem(guard.PORTS, f"test {server.port}", server.port)

        async def names(_host):
            return (server.host,)

        monkeypatch.setattr(resolver, "check_ip", lambda number: None if number == server.host else real(number))
        return names

    return make
