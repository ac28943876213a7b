"""NodeInfo: what software a server says it runs, and where that keeps feeds that no address tells by itself. Pure.

A server's word about itself is a help for asking fewer wrong places, never a proof of anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aggregator.sources.fediverse.shapes import same_host, things, web_id
from aggregator.sources.places import Service, places

if TYPE_CHECKING:
    from aggregator.sources.fediverse.shapes import Thing

_SCHEMA: Final = re.compile(r"https?://nodeinfo\.diaspora\.software/ns/schema/([12]\.[0-9])")
_SOFTWARE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
_NAME: Final = r"[A-Za-z0-9_.\-]{1,100}"
_ANY: Final = r"[^/]+"
_MASTODON: Final = re.compile(r"\.rss$|/api/v1/")
_MISSKEY: Final = re.compile(r"/@[^/]+\.(?:rss|atom)$")
_PLEROMA: Final = re.compile(r"/users/[^/]+\.(?:rss|atom)$|/api/v1/")
_KEEPS: Final = {
    "mastodon": _MASTODON,
    "hometown": _MASTODON,
    "misskey": _MISSKEY,
    "sharkey": _MISSKEY,
    "firefish": _MISSKEY,
    "iceshrimp": _MISSKEY,
    "pleroma": _PLEROMA,
    "akkoma": _PLEROMA,
    "pixelfed": re.compile(r"/users/[^/]+\.atom$"),
    "lemmy": re.compile(r"/feeds/[cu]/"),
    "peertube": re.compile(r"/feeds/videos\.xml"),
    "wordpress": re.compile(r"/feed/$"),
}
"""Of the places that an address looks like (places.py), those that a software has."""
_MORE: Final = (
    Service("gotosocial", _ANY, rf"/@(?P<who>{_NAME})/?", ("{site}/@{who}/feed.rss",)),
    Service("mobilizon", _ANY, rf"/@(?P<who>{_NAME})(?:/events)?/?", ("{site}/@{who}/feed/atom",)),
    Service("castopod", _ANY, rf"/@(?P<who>{_NAME})(?:/(?:episodes|about|activity))?/?", ("{site}/@{who}/feed.xml",)),
    Service("bookwyrm", _ANY, rf"/user/(?P<who>{_NAME})/?", ("{site}/user/{who}/rss",)),
    Service("plume", _ANY, rf"/~/(?P<who>{_NAME})/?", ("{site}/~/{who}/atom.xml",)),
    Service("funkwhale", _ANY, rf"/channels/(?P<who>{_NAME})/?", ("{site}/api/v1/channels/{who}/rss",)),
    Service("writefreely", _ANY, rf"/(?P<who>{_NAME})/?", ("{site}/{who}/feed/",)),
)
"""Places that only show once the software is known: other software has other things at such addresses."""


def links_address(address: str) -> str:
    """Return where the server of an address says where its NodeInfo is."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/.well-known/nodeinfo"


def described_at(links: Thing, address: str) -> str | None:
    """Return where the newest NodeInfo is that the links of a server name, on its own host; None for none."""
    found = []
    for link in things(links.get("links")):
        schema, href = _SCHEMA.fullmatch(str(link.get("rel"))), web_id(link.get("href"))
        if schema and href and same_host(href, address):
            found.append((schema[1], href))
    return max(found)[1] if found else None


def software_in(description: Thing) -> str | None:
    """Return the name of the software in small letters; None where the document names none."""
    told = description.get("software")
    name = str(told.get("name", "")).strip().lower() if isinstance(told, dict) else ""
    return name if _SOFTWARE.fullmatch(name) else None


def depends_on_software(address: str) -> bool:
    """Say whether an address may have places that only show once the software is known."""
    return any(places(service, address) for service in _MORE)


def places_of(software: str | None, address: str, guessed: tuple[str, ...]) -> tuple[str, ...]:
    """Return where a software keeps the feeds of an address, the likeliest first.

    `guessed` are the places its shape alone suggests; all of them stay for a software we know nothing of.
    """
    more = tuple(place for service in _MORE if service.name == software for place in places(service, address))
    keeps = _KEEPS.get(software or "")
    kept = guessed if keeps is None else tuple(place for place in guessed if keeps.search(place))
    return (*more, *kept)
