"""When two keys or links mean the same entry: http or https, with or without `www.`, with or without tracking. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from aggregator.text.address import without_tracking

WEB = ("https://", "http://")


def spellings(address: str) -> tuple[str, ...]:
    """Return the other ways in which the same web address is written; none for what is no web address."""
    scheme = next((s for s in WEB if address.startswith(s)), None)
    if scheme is None:
        return ()
    rest = address.removeprefix(scheme)
    hosts = (rest, rest.removeprefix("www.") if rest.startswith("www.") else f"www.{rest}")
    return tuple(s + h for h in hosts for s in WEB if s + h != address)


def same_link(link: str) -> str:
    """Return a form of a link that is equal for all spellings of one page; not an address to fetch."""
    try:
        parts = urlsplit(without_tracking(link))
    except ValueError:
        return link
    host = parts.netloc.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"
