"""Which answers count as documents of the fediverse, and what asking for them takes (safety 45)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode

ACTIVITY_TYPE: Final = "application/activity+json"
ACCEPTED: Final = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
DISCOVERY_TYPES: Final = "application/jrd+json, application/json"
MOST_BYTES: Final = 2 * 1024 * 1024
SECONDS: Final = 15.0
_PROFILE: Final = "https://www.w3.org/ns/activitystreams"

Sign = Callable[[str, str, bytes], Mapping[str, str]]
"""Given method, address and body, the header fields that prove a request is ours; made anew for each hop."""


def check_activity_type(content_type: str) -> None:
    """Let ActivityPub's two media types pass. Raises FetchError (HTML, NOT_A_FEED)."""
    if is_activity_type(content_type):
        return
    page = content_type.lower().startswith(("text/html", "application/xhtml"))
    raise FetchError(Fault(FaultCode.HTML if page else FaultCode.NOT_A_FEED, content_type[:100]))


def is_activity_type(content_type: str) -> bool:
    """Say whether a Content-Type is application/activity+json, or ld+json with the profile of ActivityStreams."""
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    return kind == ACTIVITY_TYPE or (kind == "application/ld+json" and _PROFILE in parameters)
