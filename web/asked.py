"""What an address asks of a list: which rule, which snapshot, from which place on.

A page one looks at is pinned: its links and forms carry `at` and `v`, so that nothing moves under the reader's hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from werkzeug.routing import IntegerConverter

from aggregator.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

FURTHEST = 1_000_000


class Id(IntegerConverter):
    """A number in a path, as long as one of ours can be: a longer one names nothing, and no database could hold it."""

    regex = r"\d{1,15}"


class Snapshot(TypedDict):
    """The arguments that keep a service on one snapshot."""

    rule: str | None
    at: datetime | None
    data_version: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters `rule`, `at`, `v`, `start`, `hide`, `muted` and `before` of an address, checked."""

    rule: str | None = None
    at: datetime | None = None
    data_version: int | None = None
    start: int | None = None
    hide_read: bool = False
    show_muted: bool = False
    before: str | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> Asked:
        """Read the parameters. Raises BadInputError with the one that makes no sense."""
        return cls(
            rule=args.get("rule") or None,
            at=_instant(args.get("at")),
            data_version=number("v", args.get("v")),
            start=number("start", args.get("start")),
            hide_read=args.get("hide") == "read",
            show_muted=args.get("muted") == "show",
            before=args.get("before") or None,
        )

    @property
    def snapshot(self) -> Snapshot:
        """What services/reading.py takes to stay on the snapshot."""
        return {"rule": self.rule, "at": self.at, "data_version": self.data_version}

    def as_args(self) -> dict[str, Any]:
        """Return the parameters of an address that asks for the same snapshot."""
        given = {"rule": self.rule, "at": stamp(self.at) if self.at else None, "v": self.data_version}
        return {name: value for name, value in given.items() if value is not None}


def stamp(time: datetime) -> str:
    """Return the instant for addresses and `datetime` attributes, RFC 3339 in UTC."""
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as exc:
        raise BadInputError("at", "a time such as 2026-11-22T12:00:00Z is expected") from exc
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def number(name: str, text: str | None) -> int | None:
    """Read a whole number. Raises BadInputError(name)."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= FURTHEST**2):
        raise BadInputError(name, "a whole number is expected")
    return int(text)
