"""When a feed that has moved for good is fetched from its new address (safety 70). Pure: it is handed `now`.

A publisher's word is not enough: a captive network or a domain that changed hands redirects everything, and for good.
So the same permanent redirect has to be seen again and again over a week, and what it leads to has to carry entries
we know, from the first document on: later it would be known for no better reason than that it was stored.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.model.feed import Moving

if TYPE_CHECKING:
    from datetime import datetime

TIMES = 5
OVER = timedelta(days=7)


def after_answer(moving: Moving | None, led_to: str | None, now: datetime, *, recognised: bool) -> Moving | None:
    """Count one more answer. `led_to`: where only permanent redirects led, None where none did.

    `recognised` is False for a document without any entry we had. Where such a one came once, the count stays 0.
    """
    if led_to is None:
        return None
    if moving is None or moving.to != led_to or now < moving.since:
        return Moving(led_to, now, 1 if recognised else 0)
    return Moving(led_to, moving.since, moving.times + 1 if recognised and moving.times else 0)


def is_sure(moving: Moving, address: str, now: datetime) -> bool:
    """Say whether a feed at `address` may be moved; never from https to http, which an editor has to do."""
    if address.startswith("https:") and not moving.to.startswith("https:"):
        return False
    return moving.times >= TIMES and now - moving.since >= OVER
