"""How much may come in: sizes, counts, deadlines; and unpacking that stops in time (safety 10, 11, 12).

Loads nothing heavy: the parse processes use `inflate` too.
"""

from __future__ import annotations

import zlib
from typing import Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode

MIB: Final = 1024 * 1024
FEED_BYTES: Final = 10 * MIB
IMAGE_BYTES: Final = 5 * MIB
AUDIO_BYTES: Final = 300 * MIB  # passed through in small parts, never held
AUDIO_SLICE: Final = 4 * MIB  # asked of a publisher at once, where parts can be asked for
HEADER_BYTES: Final = 64 * 1024
HEADER_FIELDS: Final = 200
REDIRECTS: Final = 5
CONNECT_SECONDS: Final = 10.0
FEED_SECONDS: Final = 30.0
IMAGE_SECONDS: Final = 10.0
AUDIO_SECONDS: Final = 1800.0  # a listener may take it slowly where a publisher only gives the whole

_STEP: Final = 256 * 1024


def inflate(data: bytes, *, most: int = FEED_BYTES) -> bytes:
    """Unpack gzip of any number of members, at most `most` bytes of content.

    Raises FetchError: TOO_LARGE as soon as there would be more, BAD_ENCODING where it is no gzip or breaks off.
    """
    parts: list[bytes] = []
    size = 0
    while data:
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        while not unpacker.eof:
            try:
                part = unpacker.decompress(data, min(_STEP, most - size + 1))
            except zlib.error as exc:
                raise FetchError(Fault(FaultCode.BAD_ENCODING, "garbage where gzip was promised")) from exc
            size += len(part)
            if size > most:
                raise FetchError(Fault(FaultCode.TOO_LARGE, f"more than {most} bytes"))
            parts.append(part)
            data = unpacker.unconsumed_tail
            if not part and not data and not unpacker.eof:
                raise FetchError(Fault(FaultCode.BAD_ENCODING, "the gzip breaks off"))
        data = unpacker.unused_data.lstrip(b"\0")  # some servers pad
    return b"".join(parts)
