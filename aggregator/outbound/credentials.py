"""Which hop of a fetch may carry a feed's name and password (safety 7)."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode

if TYPE_CHECKING:
    from aggregator.model.access import Access
    from aggregator.outbound.guard import Target


def authorization(access: Access, first: Target, hop: Target) -> dict[str, str]:
    """Return the header field for a hop: only the origin of the feed's address sees it, or the same host over https."""
    if not access.credentials or not _same_place(first, hop):
        return {}
    if access.token:
        return {"Authorization": f"Bearer {access.token}"}
    return {"Authorization": "Basic " + b64encode(f"{access.user}:{access.password}".encode()).decode()}


def check_hop(access: Access, before: Target, after: Target) -> None:
    """Refuse to leave https for http where there are credentials. Raises FetchError (REDIRECTS)."""
    if access.credentials and before.scheme == "https" and after.scheme != "https":
        raise FetchError(Fault(FaultCode.REDIRECTS, "from https to http, with a password"))


def _same_place(first: Target, hop: Target) -> bool:
    if first.host != hop.host:
        return False
    upgraded = (first.scheme, first.port, hop.scheme, hop.port) == ("http", 80, "https", 443)
    return upgraded or (first.scheme, first.port) == (hop.scheme, hop.port)
