"""A small SMTP server on loopback, with TLS on demand where it is told to offer it; it keeps what it is given."""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import socketserver
import threading

from tests.aggregator.outbound.imap import contexts


class MailRelay:
    """`letters` holds what came, `said` every command; `refuse` answers a command its own way."""

    def __init__(self, folder, *, tls=True):
        self.letters = []
        self.said = []
        self.refuse = {}
        self.tls = tls
        self.server_side, self.trust = contexts(folder)
        self.server = _Server(("127.0.0.1", 0), _Talk)
        self.server.relay = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        """Stop it."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


class _Talk(socketserver.StreamRequestHandler):
    """One connection: a method for each command that is more than taken note of."""

    secure = False

    def handle(self):
        self.relay = self.server.relay
        self.say("220 relay")
        with contextlib.suppress(OSError):
            while line := self.rfile.readline().decode().strip():
                self.relay.said.append(line)
                if not self.obey(line):
                    return

    def finish(self):
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def obey(self, line):
        word = line.split(" ")[0].lower()
        answer = self.relay.refuse.get(word.upper())
        if callable(answer):
            answer(self)
            return False
        if answer:
            self.say(answer)
        else:
            getattr(self, f"on_{word}", self.on_other)(line)
        return word != "quit"

    def on_other(self, _):
        self.say("250 fine")

    def on_quit(self, _):
        self.say("221 bye")

    def on_ehlo(self, _):
        offers = ["AUTH PLAIN"] if self.secure else ["STARTTLS"] if self.relay.tls else []
        for offer in ("relay", *offers):
            self.say(f"250-{offer}")
        self.say("250 HELP")

    def on_starttls(self, _):
        self.say("220 go on")
        self.connection = self.relay.server_side.wrap_socket(self.connection, server_side=True)
        self.rfile.close()
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.secure = True

    def on_auth(self, line):
        known = base64.b64decode(line.split(" ")[2]) == b"\0news\0open sesame"
        self.say("235 in" if known else "535 no")

    def on_data(self, _):
        self.say("354 go on")
        lines = []
        while (part := self.rfile.readline()) != b".\r\n":
            lines.append(part.removeprefix(b"."))
        self.relay.letters.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
        self.say("250 taken")
