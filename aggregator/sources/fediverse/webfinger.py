"""From a handle or an address to an actor: WebFinger (RFC 7033). Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from aggregator.outbound.activities import is_activity_type
from aggregator.sources.fediverse.shapes import things, web_id

if TYPE_CHECKING:
    from aggregator.sources.fediverse.shapes import Thing

_PERSON: Final = re.compile(
    r"/(?:web/)?(?:@|users/|u/|c/|a/|accounts/|video-channels/|profile/|author/|m/|i/web/profile/)@?"
    r"(?P<who>[^/@\s]{1,100})(?:@(?P<host>[^/@\s]{3,253}))?/?"
)


def account_of(address: str) -> str | None:
    """Return the WebFinger account (`who@host`) an address of a profile or community names; None for no such one."""
    parts = urlsplit(address)
    found = _PERSON.fullmatch(unquote(parts.path))
    if found is None or parts.query:
        return None
    return f"{found['who']}@{found['host'] or parts.netloc}"


def webfinger_address(account: str, address: str) -> str:
    """Return where the server of an address says who an account is; an account of another host is asked of its own."""
    parts = urlsplit(address)
    host = account.rpartition("@")[2]
    scheme = parts.scheme if host == parts.netloc else "https"
    return f"{scheme}://{host}/.well-known/webfinger?resource=acct:{quote(account, safe='@:')}"


def actor_address(description: Thing) -> str | None:
    """Return the actor's id of a WebFinger answer."""
    for link in things(description.get("links")):
        kind = link.get("type")
        if link.get("rel") == "self" and isinstance(kind, str) and is_activity_type(kind):
            return web_id(link.get("href"))
    return None
