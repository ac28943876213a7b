"""The file operations of the candidate columns, each of which may fail, in one place that tests can break."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Disk:
    """Writes that a crash may cut short between any two of them, or in the middle of `write`."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, path: Path, offset: int, data: bytes | memoryview) -> None:
        """Write `data` at `offset`, in place; the file is made where it is missing."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            view = memoryview(data)
            while view:
                written = os.pwrite(handle, view, offset)
                offset += written
                view = view[written:]
        finally:
            os.close(handle)

    def replace(self, made: Path, path: Path) -> None:
        """Put the file `made` in the place of `path`, at once."""
        made.replace(path)

    def delete_folder(self, path: Path) -> None:
        """Delete a folder with its files. Processes that map them keep what they map."""
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Take the lock on `path` without waiting; gives whether it was free."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        free = False
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        yield free
    finally:
        os.close(handle)
