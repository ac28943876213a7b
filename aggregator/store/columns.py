"""Column types: how our values stand in both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

RowId = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite gives numbers only to columns declared INTEGER."""


def to_seconds(instant: datetime) -> int:
    """Return an aware instant in whole seconds since 1970, fractions floored."""
    return int(instant.timestamp() // 1)


def from_seconds(seconds: int) -> datetime:
    """Return the instant of whole seconds since 1970, aware and in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def to_microseconds(instant: datetime) -> int:
    """Return an aware instant in microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An instant to the microsecond, stored as their number since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102  # SQLAlchemy's signature and docs
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102  # SQLAlchemy's signature and docs
        return None if value is None else EPOCH + value * MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An entry's instant, stored in whole seconds since 1970: what rankings count in (ranking-semantics 2)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002, D102  # SQLAlchemy's signature and docs
        return None if value is None else to_seconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102  # SQLAlchemy's signature and docs
        return None if value is None else from_seconds(value)


class UidBytes(TypeDecorator[str]):
    """A uid, stored in 16 bytes, handled as its 32 hex characters."""

    impl = LargeBinary(16)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002, D102  # SQLAlchemy's signature and docs
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102  # SQLAlchemy's signature and docs
        return None if value is None else bytes(value).hex()
