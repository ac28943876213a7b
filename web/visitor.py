"""Where a request comes from: its address for throttles, what its browser would be called, its origin for passkeys."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request

from aggregator.services.signing_in import Visit
from web.door import desk

if TYPE_CHECKING:
    from collections.abc import Sequence

# From the particular to the general: each browser calls itself by the names of those before it.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
            ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"), ("Windows", "Windows"),
           ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
LONGEST_CHAIN = 2000


def visit() -> Visit:
    """Return the visit of this request."""
    return Visit(
        visitor_address(
            request.remote_addr, request.headers.get("X-Forwarded-For", ""), desk().settings.trusted_proxies.split(",")
        ),
        device_of(request.headers.get("User-Agent", "")),
    )


def visitor_address(peer: str | None, forwarded: str, trusted: Sequence[str]) -> str | None:
    """Return the address of whoever asked: what the last of our own proxies saw, and nothing a stranger wrote."""
    own = {address.strip() for address in trusted}
    chain = [part.strip() for part in forwarded[-LONGEST_CHAIN:].split(",") if part.strip()]
    address = peer
    while address in own and chain:
        address = chain.pop()
    return address


def device_of(user_agent: str) -> str | None:
    """Return what a person would call the browser, such as “Firefox on Linux”; versions are nobody's business."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), None)
    system = next((name for sign, name in SYSTEMS if sign in user_agent), None)
    return " on ".join(part for part in (browser, system) if part) or None


def origin() -> str:
    """Return the origin browsers see: the public address if one is set, else this request's, whose host was checked."""
    public = urlsplit(desk().settings.public_url)
    return f"{public.scheme}://{public.netloc}" if public.netloc else f"{request.scheme}://{request.host}"
