"""Counts what leaves through the door and what comes back, until somebody takes the counts to keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregator.model.traffic import Traffic
from aggregator.outbound.politeness import registrable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregator.model.ports import Clock

NOT_MODIFIED: Final = 304
FIRST_ERROR: Final = 400


class Tally:
    """One for a client. Days are those of the clock, in UTC."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[tuple[date, str], list[int]] = {}

    def note(self, host: str, status: int | None, received: int) -> None:
        """Count one request: its status, None where no answer came, and the bytes of the answer."""
        counts = self._counts.setdefault((self._clock.now().date(), registrable(host)), [0, 0, 0, 0])
        counts[0] += 1
        counts[1] += status == NOT_MODIFIED
        counts[2] += status is None or status >= FIRST_ERROR
        counts[3] += received

    def take(self) -> Mapping[tuple[date, str], Traffic]:
        """Return the counts by day and domain since the last time, and forget them."""
        taken, self._counts = self._counts, {}
        return {key: Traffic(*counts) for key, counts in taken.items()}

    def give_back(self, taken: Mapping[tuple[date, str], Traffic]) -> None:
        """Count again what could not be kept."""
        for key, traffic in taken.items():
            counts = self._counts.setdefault(key, [0, 0, 0, 0])
            for place, more in enumerate((traffic.requests, traffic.unchanged, traffic.failed, traffic.bytes)):
                counts[place] += more
