"""Messages with their length before them, for sockets and pipes: 4 bytes big-endian, then that many bytes."""

from __future__ import annotations

import os
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADER = struct.Struct(">I")
LARGEST = 256 * 1024 * 1024
"""No message is longer; a larger length is noise, not a message."""


def frame(message: bytes) -> bytes:
    """Put the length before a message."""
    return HEADER.pack(len(message)) + message


def length_of(header: bytes, limit: int = LARGEST) -> int:
    """Read the length of the message that follows. Raises ValueError over `limit`."""
    length: int = HEADER.unpack(header)[0]
    if length > limit:
        raise ValueError(f"a message of {length} bytes is over the limit of {limit}")
    return length


def read_frame(read_into: Callable[[memoryview], int], limit: int = LARGEST) -> bytes | None:
    """Read one message; None where the other end closed before one began.

    `read_into` fills part of a buffer and returns how much, as socket.recv_into does. Raises ValueError over
    `limit`, EOFError in the middle of a message.
    """
    header = bytearray(HEADER.size)
    if not _fill(read_into, memoryview(header), may_end=True):
        return None
    message = bytearray(length_of(bytes(header), limit))
    _fill(read_into, memoryview(message), may_end=False)
    return bytes(message)


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a path to a socket that fits into the 107 bytes a Unix socket address may have."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _fill(read_into: Callable[[memoryview], int], buffer: memoryview, *, may_end: bool) -> bool:
    filled = 0
    while filled < len(buffer):
        count = read_into(buffer[filled:])
        if not count:
            if may_end and not filled:
                return False
            raise EOFError("the other end closed in the middle of a message")
        filled += count
    return True
