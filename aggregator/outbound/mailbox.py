"""Reads new letters from an IMAP folder: over TLS only, under the same guard as all else that leaves here.

The folder is opened for reading only (EXAMINE), letters are peeked at: nothing there is changed, marked or deleted.
Blocking: for a thread of its own.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.mailbox import Letters, Progress
from aggregator.outbound.mail_servers import checked_address, hang_up_after

if TYPE_CHECKING:
    from aggregator.model.mailbox import Mailbox

Trust = ssl.SSLContext
"""Whose certificates are believed."""
PORT: Final = 993
MOST: Final = 50
"""Letters of one look; the others are for the next."""
AT_FIRST: Final = 200
"""Of a folder never seen, so many of the newest."""
LARGEST: Final = 10 * 1024 * 1024
CONNECT_SECONDS: Final = 10.0
ALL_SECONDS: Final = 120.0
_MOST_NUMBERS: Final = 100_000
_SIZE = re.compile(rb"UID (\d{1,10}).*?RFC822\.SIZE (\d{1,12})|RFC822\.SIZE (\d{1,12}).*?UID (\d{1,10})")


def read_letters(
    box: Mailbox,
    progress: Progress,
    private: frozenset[tuple[str, int]],
    *,
    context: ssl.SSLContext | None = None,
    seconds: float = ALL_SECONDS,
) -> Letters:
    """Bring the letters that came since `progress`, oldest first, at most MOST. Raises FetchError.

    `private` is the admin's list: other ports than 993, and addresses that are not public, only from it.
    """
    host, address = checked_address(box.server, box.port, frozenset({PORT}), private)
    try:
        with _Connection(host, box.port, address, context or ssl.create_default_context(), seconds) as imap:
            return imap.letters(box, progress)
    except FetchError:
        raise
    except ssl.SSLError as exc:
        raise FetchError(Fault(FaultCode.TLS, (exc.reason or "")[:100])) from exc
    except TimeoutError as exc:
        raise FetchError(Fault(FaultCode.TIMEOUT)) from exc
    except (imaplib.IMAP4.error, ValueError, IndexError, TypeError, AttributeError) as exc:
        raise FetchError(Fault(FaultCode.BAD_ANSWER, "not understood as IMAP")) from exc
    except OSError as exc:
        raise FetchError(Fault(FaultCode.CONNECT, (exc.strerror or "")[:100])) from exc


class _Connection(imaplib.IMAP4):
    """One connection to exactly the address that was checked, with an end to its time and to what it may send."""

    def __init__(self, name: str, port: int, address: str, context: ssl.SSLContext, seconds: float) -> None:
        self._name = name
        self._address = address
        self._context = context
        self._end = time.monotonic() + seconds
        self._stop = hang_up_after(seconds, lambda: getattr(self, "sock", None))
        try:
            super().__init__(name, port)
        except BaseException:
            self._stop.cancel()
            raise

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Take leave; without a word where something went wrong, for the answer may never come."""
        if kind is None:
            with suppress(OSError, self.error):
                self.logout()
        else:
            self.shutdown()

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002  # imaplib's own place to connect
        plain = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        try:
            return self._context.wrap_socket(plain, server_hostname=self._name)
        except BaseException:
            plain.close()
            raise

    def read(self, size: int) -> bytes:
        """Read a literal, unless it is larger than a letter may be (safety 11)."""
        self._check_time()
        if size > LARGEST:
            raise FetchError(Fault(FaultCode.TOO_LARGE, f"over {LARGEST:,} bytes"))
        return super().read(size)

    def readline(self) -> bytes:
        """Read a line; imaplib itself bounds its length."""
        self._check_time()
        return super().readline()

    def _check_time(self) -> None:
        if time.monotonic() >= self._end:
            raise TimeoutError

    def shutdown(self) -> None:
        """Close the connection and its watch."""
        self._stop.cancel()
        super().shutdown()

    def letters(self, box: Mailbox, progress: Progress) -> Letters:
        """Sign in, look into the folder, bring what is new."""
        try:
            self.login(box.user, box.password)
        except self.abort:
            raise
        except self.error:  # its text may repeat what was sent
            raise FetchError(Fault(FaultCode.STATUS, "401")) from None
        kind, _ = self.select(_quoted(box.folder), readonly=True)
        if kind != "OK":
            raise FetchError(Fault(FaultCode.STATUS, "404"))
        validity = int(self.response("UIDVALIDITY")[1][0] or 0)
        fresh = validity != progress.validity
        last = 0 if fresh else progress.last
        numbers = self._after(last)
        numbers = numbers[-AT_FIRST:] if fresh else numbers
        wanted, waiting = numbers[:MOST], numbers[MOST:]
        sizes = self._sizes(wanted)
        brought = [(number, self._letter(number)) for number in wanted if sizes.get(number, LARGEST + 1) <= LARGEST]
        return Letters(
            letters=tuple((number, letter) for number, letter in brought if letter),
            progress=Progress(validity, wanted[-1] if wanted else last),
            too_large=sum(size > LARGEST for size in sizes.values()),
            more=bool(waiting),
        )

    def _after(self, last: int) -> list[int]:
        _, found = self.uid("SEARCH", f"UID {last + 1}:*")
        numbers = sorted({int(word) for word in (found[0] or b"").split()[:_MOST_NUMBERS]})
        return [number for number in numbers if number > last]  # "n:*" gives the last one even where it is older

    def _sizes(self, numbers: list[int]) -> dict[int, int]:
        if not numbers:
            return {}
        _, lines = self.uid("FETCH", ",".join(map(str, numbers)), "(UID RFC822.SIZE)")
        found = (_SIZE.search(line) for line in lines if isinstance(line, bytes))
        return {int(each[1] or each[4]): int(each[2] or each[3]) for each in found if each}

    def _letter(self, number: int) -> bytes:
        _, parts = self.uid("FETCH", str(number), "(BODY.PEEK[])")
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
