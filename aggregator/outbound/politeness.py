"""How often and how broadly a host is asked: two connections a host, thirty requests a minute a domain (safety 14).

Pure: every method is told the time, in seconds of any steady clock, so that a test holds it to the second.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from publicsuffixlist import PublicSuffixList

if TYPE_CHECKING:
    from aggregator.outbound.guard import Target

CONNECTIONS_PER_HOST: Final = 2
CONNECTIONS_PER_LISTED_HOST: Final = 32
REQUESTS_PER_MINUTE: Final = 30
MINUTE: Final = 60.0
DAY: Final = 86_400.0
UNASKED_PAUSE: Final = 60.0
"""Seconds without a request after a 429 or 503 that names no time."""
RECOVERY: Final = 3_600.0
"""Seconds without another 429 or 503 after which a lowered budget is whole again."""

_TOO_MUCH: Final = (429, 503)


@dataclass(slots=True)
class _Domain:
    """Times of the requests of the last minute, and what the domain asked of us."""

    asked: deque[float] = field(default_factory=deque)
    budget: int = REQUESTS_PER_MINUTE
    closed_until: float = 0.0
    lowered_at: float = 0.0


class Politeness:
    """Counts connections by host and requests by registrable domain. Hosts on the admin's list have no budget."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._domains: dict[str, _Domain] = {}
        self._swept = 0.0

    def hold(self, target: Target, now: float, *, counted: bool = True) -> float:
        """Return how many seconds the domain is to be left alone; 0 where it may be asked.

        With `counted` False the minute's budget is passed over, not what the domain asked for itself.
        """
        domain = None if target.listed else self._domains.get(registrable(target.host))
        if domain is None:
            return 0.0
        _mend(domain, now)
        wait = max(0.0, domain.closed_until - now)
        if counted and len(domain.asked) >= domain.budget:
            wait = max(wait, domain.asked[-domain.budget] + MINUTE - now)
        return wait

    def has_room(self, target: Target) -> bool:
        """Say whether the host has a connection free."""
        most = CONNECTIONS_PER_LISTED_HOST if target.listed else CONNECTIONS_PER_HOST
        return self._open.get(target.host, 0) < most

    def begin(self, target: Target, now: float, *, counted: bool = True) -> None:
        """Note that a request starts."""
        self._open[target.host] = self._open.get(target.host, 0) + 1
        if target.listed:
            return
        if now - self._swept >= MINUTE:
            self._sweep(now)
        if counted:
            self._domains.setdefault(registrable(target.host), _Domain()).asked.append(now)

    def end(self, target: Target, now: float, *, status: int | None, retry_after: int | None) -> None:
        """Note that a request ended: its status, None where there was none, and what Retry-After asked for."""
        left = self._open[target.host] - 1
        if left:
            self._open[target.host] = left
        else:
            del self._open[target.host]
        if target.listed or status not in _TOO_MUCH:
            return
        domain = self._domains.setdefault(registrable(target.host), _Domain())
        pause = UNASKED_PAUSE if retry_after is None else min(float(retry_after), DAY)
        domain.closed_until = max(domain.closed_until, now + pause)
        domain.budget = max(1, domain.budget // 2)
        domain.lowered_at = now

    def _sweep(self, now: float) -> None:
        self._swept = now
        for domain in self._domains.values():
            _mend(domain, now)
        self._domains = {
            name: domain
            for name, domain in self._domains.items()
            if domain.asked or domain.closed_until > now or domain.budget < REQUESTS_PER_MINUTE
        }


def _mend(domain: _Domain, now: float) -> None:
    while domain.asked and domain.asked[0] <= now - MINUTE:
        domain.asked.popleft()
    if domain.budget < REQUESTS_PER_MINUTE and now - domain.lowered_at >= RECOVERY:
        domain.budget = REQUESTS_PER_MINUTE


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # reads its list once, some 10 ms


@lru_cache(maxsize=16_384)
def registrable(host: str) -> str:
    """Return the registrable domain of a host name; the host itself where it has none (an IP address, a suffix)."""
    if ":" in host or host.rpartition(".")[2].isdigit():
        return host
    return _suffixes().privatesuffix(host) or host
