"""How often somebody may ask: counted by the minute, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from threading import Lock
from time import monotonic
from typing import Final

MINUTE: Final = 60.0
MOST_KNOWN: Final = 10_000


class Throttle:
    """Lets each ask `most` times a minute; of those who asked it knows the last 10,000."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._asked: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def wait(self, who: str) -> int:
        """Count a request, and give the seconds to wait before the next: 0 where it may be answered."""
        now = monotonic()
        with self._lock:
            since, count = self._asked.pop(who, (now, 0))
            if now - since >= MINUTE:
                since, count = now, 0
            self._asked[who] = (since, count + 1)
            if len(self._asked) > MOST_KNOWN:
                self._asked.popitem(last=False)
        return max(1, ceil(since + MINUTE - now)) if count >= self.most else 0
