"""Hands a letter on to the mail server of the instance: under the same guard as all else that leaves here.

Always over TLS, but for a server that the admin's list of private hosts names and that offers none: a relay beside us.
Name and password are said over TLS only. Blocking: for a thread of its own.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.outbound.mail_servers import checked_address, hang_up_after

if TYPE_CHECKING:
    from email.message import EmailMessage

    from aggregator.model.alert import MailServer

TLS_AT_ONCE: Final = 465
PORTS: Final = frozenset({TLS_AT_ONCE, 587})
CONNECT_SECONDS: Final = 10.0
ALL_SECONDS: Final = 60.0
_FAULTS: Final = (
    (smtplib.SMTPNotSupportedError, Fault(FaultCode.TLS, "the server offers no TLS, or no way to sign in")),
    (smtplib.SMTPServerDisconnected, Fault(FaultCode.CONNECT, "the server hung up")),
    (smtplib.SMTPException, Fault(FaultCode.BAD_ANSWER, "not understood as SMTP")),
    (ValueError, Fault(FaultCode.BAD_ANSWER, "not understood as SMTP")),
    (TimeoutError, Fault(FaultCode.TIMEOUT)),
)


def send_letter(
    server: MailServer,
    letter: EmailMessage,
    private: frozenset[tuple[str, int]],
    *,
    context: ssl.SSLContext | None = None,
    seconds: float = ALL_SECONDS,
) -> None:
    """Hand a letter on, to its To. Raises FetchError; STATUS has the server's number where it said no."""
    host, address = checked_address(server.host, server.port, PORTS, private)
    listed = (server.host.lower(), server.port) in private
    trust = context or ssl.create_default_context()
    try:
        with _Connection(host, server.port, address, trust, seconds, says=server.sender) as smtp:
            smtp.secure(needed=not listed)
            if server.user:
                smtp.sign_in(server.user, server.password)
            smtp.send_message(letter)
    except (OSError, ValueError) as exc:  # smtplib's own and those of TLS are among them
        raise FetchError(_fault_of(exc)) from exc


def _fault_of(exc: Exception) -> Fault:
    """Say what happened; never in the server's words, which may repeat what was sent."""
    if isinstance(exc, smtplib.SMTPRecipientsRefused):
        return Fault(FaultCode.STATUS, str(max(code for code, _ in exc.recipients.values())))
    if isinstance(exc, smtplib.SMTPResponseException) and exc.smtp_code > 0:  # -1: no answer that SMTP knows
        return Fault(FaultCode.STATUS, str(exc.smtp_code))
    if isinstance(exc, ssl.SSLError):
        return Fault(FaultCode.TLS, (exc.reason or "")[:100])
    return next((fault for kind, fault in _FAULTS if isinstance(exc, kind)), Fault(FaultCode.CONNECT))


class _Connection(smtplib.SMTP):
    """One connection to exactly the address that was checked, with an end to its time. It names our domain only."""

    def __init__(
        self, name: str, port: int, address: str, context: ssl.SSLContext, seconds: float, *, says: str
    ) -> None:
        self._address = address
        self._trust = context
        self._name = name
        self._secured = port == TLS_AT_ONCE
        self._stop = hang_up_after(seconds, lambda: getattr(self, "sock", None))
        try:
            super().__init__(name, port, local_hostname=says.rpartition("@")[2], timeout=CONNECT_SECONDS)
            self.ehlo_or_helo_if_needed()
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002  # smtplib's own place to connect
        plain = socket.create_connection((self._address, port), timeout)
        if not self._secured:
            return plain
        try:
            return self._trust.wrap_socket(plain, server_hostname=self._name)
        except BaseException:
            plain.close()
            raise

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Take leave; what is said to that changes nothing: the letter was taken, or was not."""
        if kind is None:
            with suppress(OSError):
                self.docmd("QUIT")
        self.close()

    def secure(self, *, needed: bool) -> None:
        """Begin TLS where it has not begun; without it only where it is not needed and none is offered."""
        if not self._secured and (needed or self.has_extn("starttls")):
            self.starttls(context=self._trust)
            self._secured = True

    def sign_in(self, user: str, password: str) -> None:
        """Say name and password, over TLS only."""
        if not self._secured:
            raise smtplib.SMTPNotSupportedError
        self.login(user, password)

    def close(self) -> None:
        """Close the connection and its watch."""
        self._stop.cancel()
        with suppress(OSError):
            super().close()
