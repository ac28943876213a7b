"""Editions of lists: kept with the receipt that each was made from, until they are let go."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select

from aggregator.model.ids import EditionId, ListId, VersionId
from aggregator.model.readinglist import Edition
from aggregator.store.bulk import Bulk
from aggregator.store.columns import to_microseconds, to_seconds
from aggregator.store.tables import edition

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_PLAIN = [column for column in edition.c if column.name not in {"receipt", "annex"}]
_OF_LIST = select(*_PLAIN).where(edition.c.list_id == bindparam("list_id"))
_AT = _OF_LIST.where(edition.c.at == bindparam("at"))
_NEWEST = _OF_LIST.order_by(edition.c.at.desc())
_OLDEST = _OF_LIST.order_by(edition.c.at)
_RECEIPT = select(edition.c.receipt, edition.c.annex).where(edition.c.id == bindparam("id"))
_ADD = Bulk(
    "INSERT INTO edition (list_id, at, made, rule_version_id, shown, candidates, cut, receipt, annex)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (list_id, at) DO NOTHING"
)


def add_edition(
    conn: Connection,
    list_id: ListId,
    at: datetime,
    *,
    made: datetime,
    version: VersionId,
    shown: int,
    candidates: int,
    cut: bool,
    receipt: bytes,
    annex: bytes,
) -> bool:
    """Keep an edition; False, and nothing done, where somebody kept the one of this instant first."""
    if find_edition(conn, list_id, at):
        return False
    packed = (zlib.compress(receipt, 6), zlib.compress(annex, 6))
    told = (list_id, to_seconds(at), to_microseconds(made), version, shown, candidates, cut)
    return _ADD.run_one(conn, (*told, *packed)) == 1


def find_edition(conn: Connection, list_id: ListId, at: datetime) -> Edition | None:
    """Return the edition of an instant."""
    row = conn.execute(_AT, {"list_id": list_id, "at": at}).first()
    return _edition_of(row) if row else None


def find_newest(conn: Connection, list_id: ListId, *, before: datetime | None = None) -> Edition | None:
    """Return a list's newest edition, of those before an instant where one is given."""
    found = get_editions(conn, list_id, before=before, limit=1)
    return found[0] if found else None


def find_next(conn: Connection, list_id: ListId, after: datetime) -> Edition | None:
    """Return the first edition after an instant."""
    row = conn.execute(_OLDEST.where(edition.c.at > after).limit(1), {"list_id": list_id}).first()
    return _edition_of(row) if row else None


def get_editions(
    conn: Connection, list_id: ListId, *, before: datetime | None = None, limit: int
) -> tuple[Edition, ...]:
    """Return a list's editions, the newest first, of those before an instant where one is given."""
    statement = _NEWEST if before is None else _NEWEST.where(edition.c.at < before)
    return tuple(map(_edition_of, conn.execute(statement.limit(limit), {"list_id": list_id})))


def get_receipt(conn: Connection, edition_id: EditionId) -> tuple[bytes, bytes]:
    """Return an edition's receipt and its annex, the bytes they were made of."""
    row = conn.execute(_RECEIPT, {"id": edition_id}).one()
    return zlib.decompress(row.receipt), zlib.decompress(row.annex)


def delete_before(conn: Connection, before: datetime) -> int:
    """Let the editions before an instant go; gives how many."""
    return conn.execute(delete(edition).where(edition.c.at < before)).rowcount


def _edition_of(row: Row[*tuple[Any, ...]]) -> Edition:
    return Edition(
        id=EditionId(row.id),
        list_id=ListId(row.list_id),
        at=row.at,
        made=row.made,
        version=VersionId(row.rule_version_id),
        shown=row.shown,
        candidates=row.candidates,
        cut=row.cut,
    )
