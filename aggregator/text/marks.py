"""What an entry is known by besides its key: where it links to and what it says, as small numbers. Pure.

Seen-markers keep them, so that an entry is known again when its feed changes guids, links or hosts (update/decide.py).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from aggregator.model.entry import Marks
from aggregator.text.address import without_tracking

if TYPE_CHECKING:
    from aggregator.model.entry import EntryData

_BYTES = 6  # a database keeps a number of 48 bits in six bytes, and a feed has far fewer entries than that


def marks_of(data: EntryData) -> Marks:
    """Return what an entry is known by."""
    link = place = None
    if data.link:
        host, path = _host_and_path(data.link)
        place = _mark(path) if path else None  # the front door is no place of an entry
        link = _mark(f"{host}/{path}")
    first = data.title or data.excerpt
    if not first:
        return Marks(link, place)
    return Marks(link, place, _mark(first), _mark(f"{data.title}\n{data.excerpt}"))


def _host_and_path(link: str) -> tuple[str, str]:
    """Split a link so that all spellings of one page give the same."""
    address = without_tracking(link) if "?" in link or "#" in link else link
    host, _, path = address.partition("://")[2].partition("/")
    host = host.lower().removeprefix("www.").removesuffix(":80").removesuffix(":443")
    return host, path.rstrip("/")


def _mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest())
