"""Sound on its way through: what is asked of a publisher, what of its answer counts, and the parts as they come.

Nothing is held: a part is handed on before the next is read. A player asks for a file from some byte on; no more than
AUDIO_SLICE of it is asked for at once, so that no connection to a publisher stays open while somebody listens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.ports import AudioHead
from aggregator.outbound.answer import check_status, encoding, media_type
from aggregator.outbound.limits import AUDIO_BYTES, AUDIO_SLICE
from aggregator.outbound.sniff import sniff_audio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from aggregator.model.ports import Span

AUDIO_TYPES: Final = "audio/*, application/ogg;q=0.9, */*;q=0.5"
PART_BYTES: Final = 64 * 1024
_HEAD_BYTES: Final = 12
_CONTENT_RANGE: Final = re.compile(r"bytes\s+([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15}|\*)")
# In the middle of a file there is nothing to sniff: whatever a server calls it, one of these goes on. None is active.
_NAMES: Final = {
    "audio/mp3": "audio/mpeg",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "video/mp4": "audio/mp4",
    "audio/aac": "audio/aac",
    "audio/aacp": "audio/aac",
    "audio/mp4": "audio/mp4",
    "audio/ogg": "audio/ogg",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "audio/flac": "audio/flac",
    "audio/x-flac": "audio/flac",
    "audio/wav": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/webm": "audio/webm",
}
_USUAL: Final = "audio/mpeg"


@dataclass(slots=True)
class AudioStream:
    """An answer that has begun: its head, and the rest as it comes."""

    head: AudioHead
    _response: aiohttp.ClientResponse
    _begun: bytes

    async def parts(self) -> AsyncIterator[bytes]:
        """Give what follows the head, at most PART_BYTES at a time.

        Raises FetchError where it is longer than was told, or over the limit where nothing was told.
        """
        most = AUDIO_BYTES if self.head.length is None else self.head.length
        part = self._begun
        while part:
            most -= len(part)
            if most < 0:
                raise FetchError(Fault(FaultCode.TOO_LARGE, "more than was told"))
            yield part
            part = await self._response.content.read(PART_BYTES)


def range_field(span: Span | None) -> dict[str, str]:
    """Return the Range to be sent, no longer than a slice."""
    if span is None:
        return {}
    last = span.first + AUDIO_SLICE - 1
    return {"Range": f"bytes={span.first}-{last if span.last is None else min(last, span.last)}"}


async def begin_audio(response: aiohttp.ClientResponse, span: Span | None, asked: int | None) -> AudioStream:
    """Read the head of an answer. Raises FetchError for what is no sound, too large, or another part than asked for."""
    if response.status != HTTPStatus.PARTIAL_CONTENT or span is None:
        check_status(response.status, asked, conditional=False)
    if encoding(response.headers):
        raise FetchError(Fault(FaultCode.BAD_ENCODING, "packed sound"))
    head = _part_head(response, span) if response.status == HTTPStatus.PARTIAL_CONTENT and span else _whole(response)
    begun = b""
    while len(begun) < _HEAD_BYTES and (part := await response.content.read(PART_BYTES)):
        begun += part
    if not head.first:
        kind = sniff_audio(begun)
        if kind is None:
            raise FetchError(Fault(FaultCode.BAD_ANSWER, "no sound"))
    else:
        kind = _NAMES.get(media_type(response.headers).partition(";")[0].strip().lower(), _USUAL)
    return AudioStream(AudioHead(kind, head.length, head.first, head.total), response, begun)


def _whole(response: aiohttp.ClientResponse) -> AudioHead:
    if (response.content_length or 0) > AUDIO_BYTES:
        raise FetchError(Fault(FaultCode.TOO_LARGE, f"more than {AUDIO_BYTES} bytes"))
    return AudioHead(_USUAL, response.content_length)


def _part_head(response: aiohttp.ClientResponse, span: Span) -> AudioHead:
    told = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if told is None:
        raise FetchError(Fault(FaultCode.BAD_ANSWER, "a part of a file that does not say which"))
    first, last, total = int(told[1]), int(told[2]), None if told[3] == "*" else int(told[3])
    if first != span.first or last < first or last >= first + AUDIO_SLICE:
        raise FetchError(Fault(FaultCode.BAD_ANSWER, "another part of the file than was asked for"))
    if max(last, total or 0) > AUDIO_BYTES:
        raise FetchError(Fault(FaultCode.TOO_LARGE, f"more than {AUDIO_BYTES} bytes"))
    return AudioHead(_USUAL, last - first + 1, first, total)
