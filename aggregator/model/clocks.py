"""The clocks: the real one, and one that starts at a chosen instant and runs on.

Nothing else in `aggregator/` and `web/` asks the system for the time of day.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BadSettingError

if TYPE_CHECKING:
    from aggregator.model.ports import Clock


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """Stood at `start` when the machine's clock stood at `anchor` (Unix seconds), and runs on from there."""

    start: datetime
    anchor: float

    def now(self) -> datetime:
        """Return the shifted instant, aware and in UTC."""
        return self.start + timedelta(seconds=time.time() - self.anchor)


def open_clock(spec: str) -> Clock:
    """Make the clock of the `clock` setting.

    "" is real time, `T` starts at T now, `T@S` stood at T at Unix second S. Raises BadSettingError.
    """
    if not spec:
        return SystemClock()
    start, anchor = _parts(spec)
    return ShiftedClock(start, time.time() if anchor is None else anchor)


def pin_clock(spec: str) -> str:
    """Turn `T` into `T@S`: every process started with that reads the same clock. Raises BadSettingError."""
    if not spec:
        return spec
    start, anchor = _parts(spec)
    return f"{start.isoformat()}@{time.time() if anchor is None else anchor:.3f}"


def stamp(instant: datetime | None) -> str | None:
    """Write an instant as RFC 3339 in UTC, to the second."""
    return None if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parts(spec: str) -> tuple[datetime, float | None]:
    instant, _, anchor = spec.partition("@")
    try:
        start = datetime.fromisoformat(instant)
        second = float(anchor) if anchor else None
    except ValueError as exc:
        raise BadSettingError("clock", f"{spec!r} is no instant; write 2026-02-18T12:00:00Z") from exc
    return (start if start.tzinfo else start.replace(tzinfo=UTC)).astimezone(UTC), second
