"""Pictures of entries: always by a signed path of this instance, never from where they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.services import media
from web.door import desk

if TYPE_CHECKING:
    from aggregator.services.reading import SeenEntry

SCHEMES = ("http://", "https://")


def picture_path(address: str) -> str | None:
    """Return the path of a picture on this instance; None where the address can lead to none."""
    if not address.lower().startswith(SCHEMES) or len(address) > media.ADDRESS_LENGTH:
        return None
    return media.sign(desk(), address)


def picture_of(seen: SeenEntry) -> str | None:
    """Return the picture that stands beside an entry in a list."""
    return picture_path(seen.entry.image) if seen.entry.image else None
