"""The daily account of what we asked of others."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, desc, func, select

from aggregator.model.traffic import Traffic
from aggregator.store.bulk import Bulk
from aggregator.store.tables import traffic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

_ADD = Bulk(
    "INSERT INTO traffic (day, domain, requests, unchanged, failed, bytes) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (day, domain) DO UPDATE SET requests = traffic.requests + excluded.requests,"
    " unchanged = traffic.unchanged + excluded.unchanged, failed = traffic.failed + excluded.failed,"
    " bytes = traffic.bytes + excluded.bytes"
)
_SUMS = tuple(
    func.sum(column) for column in (traffic.c.requests, traffic.c.unchanged, traffic.c.failed, traffic.c.bytes)
)
_SINCE = traffic.c.day >= bindparam("since")
_DAYS = select(traffic.c.day, *_SUMS).where(_SINCE).group_by(traffic.c.day).order_by(traffic.c.day.desc())
_DOMAINS = (
    select(traffic.c.domain, *_SUMS)
    .where(_SINCE)
    .group_by(traffic.c.domain)
    .order_by(desc(func.sum(traffic.c.requests)), traffic.c.domain)
    .limit(bindparam("limit"))
)
_FORGET = delete(traffic).where(traffic.c.day < bindparam("before"))


def add_traffic(conn: Connection, counts: Mapping[tuple[date, str], Traffic], *, keep_since: date) -> None:
    """Add counts to those of their days and domains, and forget the days before `keep_since`."""
    rows = [
        (day.isoformat(), domain, t.requests, t.unchanged, t.failed, t.bytes) for (day, domain), t in counts.items()
    ]
    _ADD.run(conn, sorted(rows))  # in one order: two workers on PostgreSQL must not wait for each other
    conn.execute(_FORGET, {"before": keep_since.isoformat()})


def get_days(conn: Connection, since: date) -> tuple[tuple[date, Traffic], ...]:
    """Return what was asked on each day from `since` on, the newest first."""
    rows = conn.execute(_DAYS, {"since": since.isoformat()})
    return tuple((date.fromisoformat(day), Traffic(*map(int, sums))) for day, *sums in rows)


def get_domains(conn: Connection, since: date, *, limit: int) -> tuple[tuple[str, Traffic], ...]:
    """Return what was asked of each domain from `since` on, the most asked first."""
    rows = conn.execute(_DOMAINS, {"since": since.isoformat(), "limit": limit})
    return tuple((domain, Traffic(*map(int, sums))) for domain, *sums in rows)
