"""Who a post is for: only what its author gave to everybody is read (safety 48)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from aggregator.sources.fediverse.shapes import ids_of

if TYPE_CHECKING:
    from aggregator.sources.fediverse.shapes import Thing

PUBLIC: Final = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_FIELDS: Final = ("to", "cc", "bto", "bcc")


class Audience(StrEnum):
    """Who a post is for. EVERYBODY is public, or public but left out of timelines ("unlisted")."""

    EVERYBODY = "everybody"
    FOLLOWERS = "followers"
    NAMED = "named"
    UNSAID = "unsaid"


def audience_of(post: Thing, activity: Thing | None = None) -> Audience:
    """Return who a post is for; the activity around it speaks only where the post itself says nothing."""
    named = _named(post)
    if not named and activity is not None:
        named = _named(activity)
    if post.get("directMessage") is True or (activity or {}).get("directMessage") is True:
        return Audience.NAMED
    if not named:
        return Audience.UNSAID
    if not PUBLIC.isdisjoint(named):
        return Audience.EVERYBODY
    if any(address.rstrip("/").endswith("/followers") for address in named):
        return Audience.FOLLOWERS
    return Audience.NAMED


def _named(thing: Thing) -> tuple[str, ...]:
    return tuple(address for name in _FIELDS for address in ids_of(thing.get(name)))
