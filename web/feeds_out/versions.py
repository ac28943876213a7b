"""The versions of a bundle as Atom (RFC 4287): what is new of it, and why, for who follows it with any reader."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from web.asked import stamp
from web.feeds_out.atom import TYPE
from web.feeds_out.markup import HEAD, element, nested
from web.speech import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.model.bundle import BundleVersion

MOST = 50


def write(name: str, versions: Sequence[BundleVersion], *, host: str, publisher: str) -> bytes:
    """Write the newest versions of a bundle, the newest first; `host` is the address of the instance."""
    here = f"{host}/bundles/{name}"
    parts = [
        element("id", f"{here}.atom"),
        element("title", gettext("Versions of the bundle %(name)s", name=name)),
        element("updated", stamp(versions[0].published)),
        nested("author", [element("name", publisher)]),
        element("link", rel="self", type=TYPE, href=f"{here}.atom"),
        element("link", rel="alternate", href=f"{here}.opml"),
    ]
    feed = nested(
        "feed", [*parts, *(_entry(here, each) for each in versions[:MOST])], xmlns="http://www.w3.org/2005/Atom"
    )
    return (HEAD + feed + "\n").encode()


def _entry(here: str, version: BundleVersion) -> str:
    parts = [
        element("id", UUID(hex=version.identity[:32]).urn),
        element("title", gettext("Version %(number)d", number=version.number)),
        element("updated", stamp(version.published)),
        element("link", rel="alternate", href=f"{here}/{version.number}.opml"),
        element("content", version.reason or gettext("No reason was given."), type="text"),
    ]
    return nested("entry", parts)
