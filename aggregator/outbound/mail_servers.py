"""What mail servers have in common, read from (mailbox.py) or written to (smtp.py): the guard, an end to waiting."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.guard import check_ip, check_url

if TYPE_CHECKING:
    from collections.abc import Callable


def checked_address(
    server: str, port: int, usual: frozenset[int], private: frozenset[tuple[str, int]]
) -> tuple[str, str]:
    """Return a server's name in its one spelling and an address it may be reached at (safety 1 to 6).

    `private` is the admin's list: other ports than the usual ones, and addresses that are not public, only from it.
    Raises FetchError.
    """
    listed = (server.lower(), port) in private
    target = check_url(f"https://{server}/", private | {(server.lower(), 443)} if listed else private)
    if port not in usual and not listed:
        raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, f"port {port}"))
    try:
        found = socket.getaddrinfo(target.host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise FetchError(Fault(FaultCode.DNS)) from exc
    addresses = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
    if not addresses:
        raise FetchError(Fault(FaultCode.DNS))
    if not listed:
        for address in addresses:
            check_ip(address)
    return target.host, addresses[0]


def hang_up_after(seconds: float, held: Callable[[], socket.socket | None]) -> threading.Timer:
    """End a connection under whoever is reading from it: a server that drips may not hold us (safety 10)."""

    def hang_up() -> None:
        connection = held()
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    return timer
