"""A small IMAP server on loopback, over TLS with a certificate made for the test; it does as told."""

from __future__ import annotations

import contextlib
import re
import socketserver
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def contexts(folder):
    """Make a certificate for 127.0.0.1; gives the server's context and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    pem.write_bytes(private + public)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cadata=public.decode())


class ImapServer:
    """One folder, INBOX. `letters` by number; `said` holds every command; `instead` answers a command its own way."""

    def __init__(self, folder):
        self.letters = {}
        self.validity = 7
        self.password = "open sesame"
        self.said = []
        self.instead = {}
        server_side, self.trust = contexts(folder)
        imap = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    self.connection = server_side.wrap_socket(self.request, server_side=True)
                    with self.connection, self.connection.makefile("rwb", buffering=0) as wire:
                        imap.serve(wire)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_):
                """Clients that go away are what is tested here."""

        self.tcp = Server(("127.0.0.1", 0), Handler)
        self.port = self.tcp.server_address[1]
        self.thread = threading.Thread(target=self.tcp.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self):
        self.tcp.shutdown()
        self.thread.join()
        self.tcp.server_close()

    def serve(self, wire):
        wire.write(b"* OK at your service\r\n")
        while line := wire.readline():
            tag, _, command = line.strip().decode("latin-1").partition(" ")
            self.said.append(command)
            name = " ".join(command.upper().split()[: 2 if command.upper().startswith("UID") else 1])
            if name in self.instead:
                self.instead[name](wire, tag)
                continue
            answer, status = self.answer(name, command)
            wire.write(answer + f"{tag} {status}\r\n".encode())
            if name == "LOGOUT":
                return

    def answer(self, name, command):
        if name == "LOGIN":
            right = command.endswith(f'"{self.password}"')
            return b"", "OK in" if right else f"NO not with {command}"
        if name == "EXAMINE":
            if '"INBOX"' not in command:
                return b"", "NO no such folder"
            return (
                f"* {len(self.letters)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] so\r\n".encode(),
                "OK [READ-ONLY] so",
            )
        if name == "UID SEARCH":
            first = int(re.search(r"UID (\d+):", command)[1])
            numbers = [n for n in self.letters if n >= first] or list(self.letters)[-1:]
            return f"* SEARCH {' '.join(map(str, numbers))}\r\n".encode(), "OK found"
        if name == "UID FETCH":
            wanted = list(map(int, command.split()[2].split(",")))
            return b"".join(self.fetched(n, command) for n in wanted if n in self.letters), "OK fetched"
        return b"* CAPABILITY IMAP4rev1\r\n" if name == "CAPABILITY" else b"", "OK so"

    def fetched(self, number, command):
        letter = self.letters[number]
        if "RFC822.SIZE" in command:
            return f"* 1 FETCH (UID {number} RFC822.SIZE {len(letter)})\r\n".encode()
        return f"* 1 FETCH (UID {number} BODY[] {{{len(letter)}}}\r\n".encode() + letter + b")\r\n"
