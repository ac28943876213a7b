"""Throttles of everything that can be guessed at: 10 tries in 15 minutes per account and per address (safety 32, 53).

They stand in the store, so all web processes share them. Nothing is kept but a keyed hash whose key changes with the
day, for a quarter of an hour: neither names nor addresses can be read out of it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aggregator.errors import TooManyTriesError
from aggregator.store import proofs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.services.desk import Desk

MOST: Final = 10
WITHIN: Final = timedelta(minutes=15)
PREFIXES: Final = {4: 32, 6: 56}
"""Bits of an address that one household or firm has."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What was written down for one try, for taking it back where the try was a good one."""

    ids: tuple[int, ...]
    account: tuple[bytes, ...]


def count_try(desk: Desk, *, account: str | None = None, address: str | None = None) -> Tries:
    """Write one try down under the account's and the address's key. Raises TooManyTriesError, counting nothing."""
    now = desk.clock.now()
    keys = [_keys(desk, kind, word, now) for kind, word in _named(account, address)]
    with desk.database.write() as conn:
        proofs.delete_old(conn, tries_before=now - WITHIN, now=now)
        for own in keys:
            _refuse_beyond(conn, own, now)
        ids = tuple(proofs.add_try(conn, own[0], now=now) for own in keys)
    return Tries(ids, _keys(desk, "account", account, now) if account is not None else ())


def forgive(conn: Connection, tries: Tries) -> None:
    """Forget a try that was good, and the failed ones at the same account before it; those of the address stay."""
    proofs.delete_tries(conn, ids=tries.ids, keys=tries.account)


def prefix_of(address: str) -> str:
    """Return the part of an address that stands for whoever has it; what is no address stands for itself."""
    try:
        told = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(told, ipaddress.IPv6Address) and told.ipv4_mapped:
        told = told.ipv4_mapped
    return str(ipaddress.ip_network((told, PREFIXES[told.version]), strict=False))


def _named(account: str | None, address: str | None) -> list[tuple[str, str]]:
    given = (("account", account), ("address", prefix_of(address) if address is not None else None))
    return [(kind, word) for kind, word in given if word is not None]


def _keys(desk: Desk, kind: str, word: str, now: datetime) -> tuple[bytes, ...]:
    """Return today's key, and the one of a quarter of an hour ago where that was yesterday."""
    days = dict.fromkeys((now.date(), (now - WITHIN).date()))
    return tuple(
        hmac.digest(desk.key(f"throttle {day.isoformat()}"), f"{kind} {word}".encode(), hashlib.sha256)[:16]
        for day in days
    )


def _refuse_beyond(conn: Connection, keys: tuple[bytes, ...], now: datetime) -> None:
    tries, first = proofs.count_tries(conn, keys, since=now - WITHIN)
    if tries >= MOST and first is not None:
        raise TooManyTriesError(max(1, -int((now - first - WITHIN) // timedelta(seconds=1))))
