"""From names to addresses that may be reached, and from those to sockets (safety 3, 6).

The resolver refuses a name with one bad address among good ones; the socket maker checks once more the very
address a socket is about to be connected to, so that no answer of a name server can lead elsewhere in between.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.errors import FetchError
from aggregator.outbound.guard import check_ip

if TYPE_CHECKING:
    from aiohttp import AddrInfoType

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Looks a host name up: its IP addresses as text, in the order to try. OSError or nothing where it has none."""

MOST_ADDRESSES: Final = 16


class RefusedSocketError(PermissionError):
    """A socket was about to be connected to an address that may not be reached."""


class SystemNames:
    """The system's own resolver, in threads of its own: one that hangs must not hold up anything else."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="names")

    async def __call__(self, host: str) -> tuple[str, ...]:
        """Look a name up. Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host)
        return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))

    def close(self) -> None:
        """Let go of the threads; one that still waits for a name server ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str) -> list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]]:
    return list(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))


class GuardedNames(AbstractResolver):
    """What aiohttp asks for addresses, and for sockets to them. `private` is the admin's list."""

    def __init__(self, look_up: Resolve, private: frozenset[tuple[str, int]]) -> None:
        self._look_up = look_up
        self._private = private
        self._listed: set[tuple[str, int]] = set(private)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002  # aiohttp's interface; we use both families
    ) -> list[ResolveResult]:
        """Return where `host` may be reached. Raises FetchError where one answer may not be, OSError where none is."""
        answers = (await self._look_up(host))[:MOST_ADDRESSES]
        if not answers:
            raise OSError("the name has no address")
        if (host, port) in self._private:
            self._listed.update((answer, port) for answer in answers)
        else:
            for answer in answers:
                check_ip(answer)
        return [_result(host, answer, port) for answer in answers]

    def make_socket(self, addr_info: AddrInfoType) -> socket.socket:
        """Make the socket for exactly this address. Raises RefusedSocketError."""
        family, kind, protocol, _, address = addr_info
        number, port = address[0], address[1]
        if (number, port) not in self._listed:
            try:
                check_ip(number)
            except FetchError as exc:
                raise RefusedSocketError(exc.fault.detail) from exc
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, answer: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in answer else socket.AF_INET
    return ResolveResult(hostname=host, host=answer, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
