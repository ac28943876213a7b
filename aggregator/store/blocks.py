"""Servers that stewards keep out: a domain and all beneath it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, or_, select

from aggregator.model.fediverse import DomainBlock
from aggregator.model.ids import EntryId
from aggregator.store.bulk import Bulk
from aggregator.store.columns import to_microseconds
from aggregator.store.tables import domain_block, entry, feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

_ALL = select(domain_block).order_by(domain_block.c.domain)
_AMONG = select(domain_block.c.domain).where(domain_block.c.domain.in_(bindparam("domains", expanding=True)))
_DOMAINS = select(domain_block.c.domain)
_NAMED = select(entry.c.id, entry.c.guid, feed.c.address).join_from(entry, feed)
_SET = Bulk(
    "INSERT INTO domain_block (domain, why, at) VALUES (?, ?, ?) ON CONFLICT (domain) DO UPDATE SET why = excluded.why"
)


def set_block(conn: Connection, domain: str, why: str | None, *, now: datetime) -> None:
    """Keep a server out."""
    _SET.run(conn, [(domain, why, to_microseconds(now))])


def delete_block(conn: Connection, domain: str) -> bool:
    """Let a server in again; says whether it was kept out."""
    return conn.execute(delete(domain_block).where(domain_block.c.domain == domain)).rowcount > 0


def get_blocks(conn: Connection) -> tuple[DomainBlock, ...]:
    """Return all servers that are kept out."""
    return tuple(DomainBlock(row.domain, row.why, row.at) for row in conn.execute(_ALL))


def get_domains(conn: Connection) -> frozenset[str]:
    """Return the domains that are kept out, each with all beneath it."""
    return frozenset(conn.execute(_DOMAINS).scalars())


def iter_entries_naming(conn: Connection, domain: str) -> Iterator[tuple[EntryId, str, str]]:
    """Yield entries whose guid, or whose feed's address, has this domain in it anywhere: id, guid, address."""
    named = (func.lower(column).contains(domain, autoescape=True) for column in (entry.c.guid, feed.c.address))
    for row in conn.execute(_NAMED.where(or_(*named))):
        yield EntryId(row.id), row.guid or "", row.address


def is_blocked(conn: Connection, host: str) -> bool:
    """Say whether a host, or a domain above it, is kept out."""
    labels = host.lower().rstrip(".").split(".")
    domains = [".".join(labels[place:]) for place in range(len(labels))]
    return conn.execute(_AMONG, {"domains": domains}).first() is not None
