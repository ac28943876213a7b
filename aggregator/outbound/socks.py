"""Reaching publishers through a SOCKS5 proxy, Tor among them (safety 13; RFC 1928, RFC 1929).

Names are sent to the proxy as they are: nothing is looked up here. Where the proxy does not answer there is no other
way, because the connector below has none: it fails closed.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.errors import BadInputError

if TYPE_CHECKING:
    from aiohttp import ClientRequest
    from aiohttp.client_proto import ResponseHandler

    from aggregator.outbound.resolver import Resolve

SCHEME: Final = "socks5h"
ONION: Final = ".onion"

_LONGEST: Final = 255
_REPLIES: Final = {
    1: "the proxy failed", 2: "the proxy does not allow it", 3: "the proxy cannot reach the network",
    4: "the proxy cannot reach the host", 5: "the host refused the proxy", 6: "the proxy gave up",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy listens, and what it asks for."""

    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class ProxyError(OSError):
    """The proxy does not answer, or answers something else than yes."""


def read_proxy(text: str) -> Proxy:
    """Read socks5h://[name:password@]host:port. Raises BadInputError.

    The h is not left out: without it the names of publishers would be looked up here, for others to see.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise BadInputError("proxy", "it is no address") from exc
    if parts.scheme != SCHEME or not host or not port or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadInputError("proxy", f"write {SCHEME}://host:port")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if max(len(user.encode()), len(password.encode())) > _LONGEST:
        raise BadInputError("proxy", f"name and password may have {_LONGEST} bytes")
    return Proxy(host, port, user, password)


class Tunnels(aiohttp.TCPConnector):
    """Connects through one proxy and in no other way. `look_up` is only asked for the proxy's own name."""

    def __init__(self, proxy: Proxy, look_up: Resolve) -> None:
        super().__init__(resolver=_NoNames(), use_dns_cache=False, limit=0)
        self._proxy_to = proxy
        self._look_up = look_up

    async def _wrap_create_connection(  # aiohttp's own place to connect; tests hold it
        self,
        *args: Any,
        addr_infos: list[Any],
        req: ClientRequest,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's signature
        client_error: type[Exception] = aiohttp.ClientConnectorError,
        **kwargs: Any,
    ) -> tuple[asyncio.Transport, ResponseHandler]:
        host, port = addr_infos[0][4][:2]
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout.connect):
                tunnel = await self._tunnel(loop, host, port)
                try:
                    return await loop.create_connection(*args, **kwargs, sock=tunnel)
                except BaseException:
                    tunnel.close()
                    raise
        except TimeoutError:
            raise
        except ssl.CertificateError as exc:
            raise aiohttp.ClientConnectorCertificateError(req.connection_key, exc) from exc
        except ssl.SSLError as exc:
            raise aiohttp.ClientConnectorSSLError(req.connection_key, exc) from exc
        except OSError as exc:
            raise client_error(req.connection_key, exc) from exc

    async def _tunnel(self, loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket.socket:
        proxy = self._proxy_to
        number = await self._number(proxy.host)
        family = socket.AF_INET6 if number.version == 6 else socket.AF_INET  # noqa: PLR2004  # IP versions
        tunnel = socket.socket(family, socket.SOCK_STREAM)
        try:
            tunnel.setblocking(False)
            await loop.sock_connect(tunnel, (str(number), proxy.port))
            await _greet(loop, tunnel, proxy)
            await _ask_for(loop, tunnel, host, port)
        except ProxyError:
            tunnel.close()
            raise
        except OSError as exc:
            tunnel.close()
            raise ProxyError("the proxy does not answer") from exc
        except BaseException:
            tunnel.close()
            raise
        return tunnel

    async def _number(self, host: str) -> IPv4Address | IPv6Address:
        try:
            return ip_address(host)
        except ValueError:
            try:
                found = await self._look_up(host)
            except OSError:
                found = ()
        if not found:
            raise ProxyError("the proxy has no address")
        return ip_address(found[0])


class _NoNames(AbstractResolver):
    """Hands names on as they are."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=host, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


async def _greet(loop: asyncio.AbstractEventLoop, tunnel: socket.socket, proxy: Proxy) -> None:
    methods = b"\x00\x02" if proxy.user else b"\x00"
    await loop.sock_sendall(tunnel, bytes((5, len(methods))) + methods)
    version, method = await _read(loop, tunnel, 2)
    if version != 5 or method not in methods:  # noqa: PLR2004  # SOCKS 5
        raise ProxyError("the proxy asks for something else")
    if method == 2:  # noqa: PLR2004  # name and password
        user, password = proxy.user.encode(), proxy.password.encode()
        await loop.sock_sendall(tunnel, bytes((1, len(user))) + user + bytes((len(password),)) + password)
        if (await _read(loop, tunnel, 2))[1]:
            raise ProxyError("the proxy refuses its name and password")


async def _ask_for(loop: asyncio.AbstractEventLoop, tunnel: socket.socket, host: str, port: int) -> None:
    await loop.sock_sendall(tunnel, b"\x05\x01\x00" + _place(host) + port.to_bytes(2))
    version, reply, _, kind = await _read(loop, tunnel, 4)
    if version != 5 or reply:  # noqa: PLR2004  # SOCKS 5
        raise ProxyError(_REPLIES.get(reply, "the proxy refused"))
    # Where it connects from is of no use, but stands before the answer.
    length = {1: 4, 4: 16}.get(kind) or (await _read(loop, tunnel, 1))[0]
    await _read(loop, tunnel, length + 2)


def _place(host: str) -> bytes:
    try:
        number = ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        return bytes((3, len(name))) + name
    return bytes((4 if number.version == 6 else 1,)) + number.packed  # noqa: PLR2004  # IP versions


async def _read(loop: asyncio.AbstractEventLoop, tunnel: socket.socket, length: int) -> bytes:
    read = b""
    while len(read) < length:
        part = await loop.sock_recv(tunnel, length - len(read))
        if not part:
            raise ProxyError("the proxy hung up")
        read += part
    return read
