"""Reading one answer within its limits (safety 11, 12)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.limits import HEADER_BYTES, HEADER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

LONGEST_VALIDATOR: Final = 1000

_OTHER_CODINGS: Final = ("br", "zstd", "deflate", "compress", "x-compress", "dcb", "dcz")


def check_headers(response: aiohttp.ClientResponse) -> int:
    """Return the bytes of an answer's header fields. Raises FetchError (BAD_ANSWER) for too many or too long ones."""
    fields = response.raw_headers
    size = sum(len(name) + len(value) + 4 for name, value in fields)
    if len(fields) > HEADER_FIELDS or size > HEADER_BYTES:
        raise FetchError(Fault(FaultCode.BAD_ANSWER, "too many or too long header fields"))
    return size


def check_status(status: int, asked: int | None, *, conditional: bool) -> None:
    """Let an answer with content or an expected 304 pass. Raises FetchError (STATUS, GONE, EMPTY)."""
    if status in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):
        return
    if status == HTTPStatus.NOT_MODIFIED and conditional:
        return
    if status in (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT):
        raise FetchError(Fault(FaultCode.EMPTY, str(status), asked))
    if status == HTTPStatus.GONE:
        raise FetchError(Fault(FaultCode.GONE, str(status), asked))
    raise FetchError(Fault(FaultCode.STATUS, str(status), asked))


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """Return the content as it came, still packed. Raises FetchError (TOO_LARGE) as soon as it is over `most`."""
    too_large = FetchError(Fault(FaultCode.TOO_LARGE, f"more than {most} bytes"))
    if (response.content_length or 0) > most:
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > most:
            raise too_large
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def encoding(headers: Mapping[str, str]) -> str:
    """Return "gzip" or "". Raises FetchError (BAD_ENCODING) for a coding that was not offered.

    Words that are no coding at all ("utf-8", "none") are passed over: there are servers that send them.
    """
    codings = [word.strip().lower() for word in headers.get("Content-Encoding", "").split(",")]
    packed = [word for word in codings if word in ("gzip", "x-gzip")]
    strange = [word for word in codings if word in _OTHER_CODINGS]
    if strange or len(packed) > 1:
        raise FetchError(Fault(FaultCode.BAD_ENCODING, (strange + packed)[0]))
    return "gzip" if packed else ""


def validator(value: str | None) -> str | None:
    """Return an ETag or Last-Modified to be sent back as it came; None where it cannot be kept to the byte."""
    return value if value and len(value) <= LONGEST_VALIDATOR and value.isprintable() else None


def media_type(headers: Mapping[str, str]) -> str:
    """Return the Content-Type as told, printable and at most 200 characters."""
    return "".join(char for char in headers.get("Content-Type", "")[:200] if char.isprintable())
