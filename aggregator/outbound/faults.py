"""What the HTTP library raises, in our words."""

from __future__ import annotations

from typing import Final

import aiohttp

from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.resolver import RefusedSocketError

# The order counts: the first class that fits decides, the special ones stand before the general.
_CODES: Final[tuple[tuple[type[BaseException], FaultCode], ...]] = (
    (TimeoutError, FaultCode.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, FaultCode.DNS),
    (aiohttp.ClientSSLError, FaultCode.TLS),
    (aiohttp.ServerFingerprintMismatch, FaultCode.TLS),
    (aiohttp.ClientConnectionError, FaultCode.CONNECT),
    (aiohttp.ClientPayloadError, FaultCode.BAD_ENCODING),
    (aiohttp.InvalidURL, FaultCode.BAD_ADDRESS),
    (aiohttp.ClientError, FaultCode.BAD_ANSWER),
    (aiohttp.http.HttpProcessingError, FaultCode.BAD_ANSWER),
    (OSError, FaultCode.CONNECT),
)
CAUGHT: Final = tuple(kind for kind, _ in _CODES)
"""All that a request may raise for reasons that lie outside."""


def as_fault(error: BaseException) -> Fault:
    """Turn one of CAUGHT into a fault with the library's short message."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, RefusedSocketError):
        return Fault(FaultCode.REFUSED_ADDRESS, str(error.os_error))
    code = next(code for kind, code in _CODES if isinstance(error, kind))
    return Fault(code, _message(error))


def _message(error: BaseException) -> str:
    """Return the short message; never one that carries the address, which may be a secret."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "no connection in time"
    if isinstance(error, (TimeoutError, aiohttp.InvalidURL)):
        return ""
    inner = getattr(error, "os_error", None) or error
    told = getattr(inner, "strerror", None) or getattr(inner, "message", None) or str(inner)
    first_line = str(told).partition("\n")[0]
    return "".join(char for char in first_line if char.isprintable())[:300]
