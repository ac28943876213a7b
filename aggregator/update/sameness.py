"""When two entries of a feed are the same though their keys differ. Pure.

Feeds change keys: http becomes https, a site moves to another host, links gain parameters, guids are random, go
missing or are given twice. A new entry must not be taken for an old one either, so one trait alone proves nothing.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from aggregator.model.entry import Marks

WEB = ("https://", "http://")


def spellings(address: str) -> tuple[str, ...]:
    """Return the other ways in which the same web address is written; none for what is no web address."""
    scheme = next((s for s in WEB if address.startswith(s)), None)
    if scheme is None:
        return ()
    rest = address.removeprefix(scheme)
    hosts = (rest, rest.removeprefix("www.") if rest.startswith("www.") else f"www.{rest}")
    return tuple(s + h for h in hosts for s in WEB if s + h != address)


class Days(Enum):
    """What the dates of publication of two entries say."""

    SAME = auto()
    DIFFERENT = auto()
    UNKNOWN = auto()  # one of them was not dated, or dated later than it was first seen


class Traits(NamedTuple):
    """What two entries, one arriving and one held, have in common.

    `alone`: no other entry, arriving or held, has the same place.
    """

    link: bool
    place: bool
    title: bool
    text: bool
    placeless: bool  # neither has a place of its own
    days: Days
    alone: bool


def traits(arriving: Marks, held: Marks, days: Days, *, alone: bool) -> Traits:
    """Compare what two entries are known by."""
    return Traits(
        link=_equal(arriving.link, held.link),
        place=_equal(arriving.place, held.place),
        title=_equal(arriving.title, held.title),
        text=_equal(arriving.text, held.text),
        placeless=arriving.place is None and held.place is None,
        days=days,
        alone=alone,
    )


def days_of(time: datetime | None, held_time: datetime, held_first_seen: datetime) -> Days:
    """Compare the date of an arriving entry (None: undated) with the `time` of a held one."""
    if time is None or held_time >= held_first_seen:
        return Days.UNKNOWN
    return Days.SAME if time == held_time else Days.DIFFERENT


def _equal(one: int | None, other: int | None) -> bool:
    return one is not None and one == other


EVIDENCE: tuple[Callable[[Traits], bool], ...] = (
    # Random guids, also where each fetch is dated anew: the same page saying the same.
    lambda t: t.link and t.text,
    # Another host, or other guids and a corrected text.
    lambda t: t.place and t.title and t.days is Days.SAME,
    # Another host, undated. Dates that differ speak against it: every new blog has its "Hello world".
    lambda t: t.place and t.text and t.days is Days.UNKNOWN,
    # A corrected title. Not where several entries link to one page: it says nothing about which of them this is.
    lambda t: t.place and t.alone and t.days is Days.SAME,
    # Other links and other guids: parameters nobody knows, another structure of the site.
    lambda t: t.text and t.days is Days.SAME,
    # No links, no dates, other guids.
    lambda t: t.text and t.placeless and t.days is Days.UNKNOWN,
)
"""What proves that two entries are the same, the strongest first."""
