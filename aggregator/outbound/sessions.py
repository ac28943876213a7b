"""The HTTP sessions of the one door: one that connects by itself, and one for each proxy in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from aggregator.errors import BadInputError, FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound import limits
from aggregator.outbound.resolver import GuardedNames
from aggregator.outbound.socks import ONION, Proxy, Tunnels, read_proxy

if TYPE_CHECKING:
    from aggregator.outbound.guard import Target
    from aggregator.outbound.resolver import Resolve


class Sessions:
    """Made and closed in one event loop.

    `private` is the admin's list, `proxy` the admin's proxy for all that is not on that list; empty: none.
    A feed may name another proxy only where the admin's list names that proxy's host and port (safety 9).
    """

    def __init__(
        self, look_up: Resolve, private: frozenset[tuple[str, int]], *, agent: str, connect_seconds: float, proxy: str
    ) -> None:
        """Open the session without a proxy. Raises BadInputError where `proxy` is none."""
        self._look_up = look_up
        self._private = private
        self._agent = agent
        self._connect_seconds = connect_seconds
        self._proxy = read_proxy(proxy) if proxy else None
        self._tunnelled: dict[Proxy, aiohttp.ClientSession] = {}
        names = GuardedNames(look_up, private)
        # limit=0: the slots and the gate bound it; waiting in the pool would eat the connect deadline
        connector = aiohttp.TCPConnector(resolver=names, socket_factory=names.make_socket, limit=0, ttl_dns_cache=60)
        self._direct = self._session(connector)

    def towards(self, target: Target, wanted: str) -> aiohttp.ClientSession:
        """Return the session for a target; `wanted` is the proxy its feed names, or empty.

        Raises FetchError (REFUSED_ADDRESS) where there is no way that may be taken; another one is never tried.
        """
        proxy = self._named(wanted) if wanted else None if target.listed else self._proxy
        if proxy is None:
            if target.host.endswith(ONION):
                raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, f"{ONION} is reached through a proxy only"))
            return self._direct
        if proxy not in self._tunnelled:
            self._tunnelled[proxy] = self._session(Tunnels(proxy, self._look_up))
        return self._tunnelled[proxy]

    async def close(self) -> None:
        """Close all connections."""
        for session in (self._direct, *self._tunnelled.values()):
            await session.close()

    def _named(self, wanted: str) -> Proxy:
        try:
            proxy = read_proxy(wanted)
        except BadInputError as exc:
            raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, "its proxy is none")) from exc
        if proxy != self._proxy and (proxy.host, proxy.port) not in self._private:
            raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, "its proxy is not on the admin's list"))
        return proxy

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent},
            timeout=aiohttp.ClientTimeout(total=None, connect=self._connect_seconds),
            auto_decompress=False,
            trust_env=False,  # a proxy of the environment would connect where no guard looks
            max_headers=limits.HEADER_FIELDS,
        )
