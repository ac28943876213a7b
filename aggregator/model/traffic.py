"""What we asked of others: counted by day and registrable domain, never by reader or feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests, those of them answered 304, those that failed, and the bytes that came in, header fields included."""

    requests: int = 0
    unchanged: int = 0
    failed: int = 0
    bytes: int = 0

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(
            self.requests + other.requests,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
            self.bytes + other.bytes,
        )

    @property
    def unchanged_percent(self) -> int:
        """Return the share of requests answered 304, in whole percent rounded down."""
        return 100 * self.unchanged // self.requests if self.requests else 0


@dataclass(frozen=True, slots=True)
class Account:
    """The last days (UTC), the newest first, and the domains asked most in them."""

    days: tuple[tuple[date, Traffic], ...]
    domains: tuple[tuple[str, Traffic], ...]

    def of(self, day: date) -> Traffic:
        """Return what was asked on a day."""
        found: Mapping[date, Traffic] = dict(self.days)
        return found.get(day, Traffic())
