"""Which addresses may be reached at all. Pure: no look-up, no connection (safety 2, 4, 5, 9).

Two doors use it: `check_url` before anything else is done with an address, and `check_ip` on the numbers a name
led to and, once more, on the number a socket is about to be connected to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final, NoReturn

import idna

from aggregator.errors import BadSettingError, FetchError
from aggregator.model.fault import Fault, FaultCode

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_ADDRESS: Final = 4096
LONGEST_HOST: Final = 253
PORTS: Final = {"http": 80, "https": 443}

_ADDRESS = re.compile(r"(https?)://([^/?#\\]*)([^#]*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_PLAIN_REST = re.compile(r"[A-Za-z0-9/?:@!$&'()*+,;=._~%\[\]-]*")
_TO_QUOTE = re.compile(r"[^A-Za-z0-9/?:@!$&'()*+,;=._~%\[\]-]")

# Not `ipaddress.is_global`: what it calls global has changed between releases of Python.
_BAD_IPV4: Final = tuple(
    (network, name)
    for name, networks in {
        "this network": "0.0.0.0/8",
        "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16",
        "shared by a carrier": "100.64.0.0/10",
        "loopback": "127.0.0.0/8",
        "link-local": "169.254.0.0/16",
        "reserved": "192.0.0.0/24 192.88.99.0/24 240.0.0.0/4",
        "documentation or tests": "192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24",
        "multicast": "224.0.0.0/4",
    }.items()
    for network in map(ip_network, networks.split())
)
# Global unicast is 2000::/3; all else, named below or not, is refused. An address that carries an IPv4 one inside
# (compatible, SIIT, 6to4, Teredo, NAT64) is refused whole, whatever it carries: no publisher needs them.
_GLOBAL_IPV6: Final = IPv6Network("2000::/3")
_MAPPED_IPV6: Final = IPv6Network("::ffff:0:0/96")
_BAD_IPV6: Final = tuple(
    (network, name)
    for name, networks in {
        "loopback or unspecified": "::/127",
        "IPv4 inside IPv6": "::/96 ::ffff:0:0:0/96 2002::/16 64:ff9b::/96 64:ff9b:1::/48 2001::/32",
        "private": "fc00::/7 fec0::/10",
        "link-local": "fe80::/10",
        "multicast": "ff00::/8",
        "reserved": "100::/64 2001::/23 5f00::/16",
        "documentation or tests": "2001:db8::/32 3fff::/20",
    }.items()
    for network in map(ip_network, networks.split())
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that passed `check_url`. `url` is its one spelling, without fragment.

    `host` is lower-case ASCII without a last dot; an IPv6 address stands without brackets.
    `listed`: the admin's list names this host and port.
    """

    url: str
    scheme: str
    host: str
    port: int
    listed: bool


def private_hosts(listed: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Read the admin's list: `host:port`, an IPv6 address in brackets. Raises BadSettingError."""
    found = set()
    for entry in listed:
        host, _, port = entry.rpartition(":")
        try:
            found.add((_host(host), int(port)))
        except (FetchError, ValueError):
            problem = f"{entry!r} is no host:port; write an IPv6 address in brackets"
            raise BadSettingError("allow_private_hosts", problem) from None
    return frozenset(found)


def check_url(address: str, private: frozenset[tuple[str, int]] = frozenset()) -> Target:
    """Return the address in its one spelling. Raises FetchError (BAD_ADDRESS, REFUSED_ADDRESS).

    Only http and https, no userinfo, ports 80 and 443 and those of the admin's list; numbers only in their usual
    spelling, so that nothing behind this door can read another host in them.
    """
    address = address.strip()
    if len(address) > LONGEST_ADDRESS:
        _bad(f"longer than {LONGEST_ADDRESS} characters")
    found = _ADDRESS.match(address)
    if found is None:
        _bad("not an http or https address")
    authority = found[2]
    if "@" in authority:
        _bad("a user name or password in an address is not accepted")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None or _CONTROL.search(authority):
        _bad("the host is not spelt as one")
    scheme = found[1].lower()
    port = int(parts[2]) if parts[2] else PORTS[scheme]
    host = _host(parts[1])
    listed = (host, port) in private
    if not listed and port not in PORTS.values():
        raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, f"port {port}"))
    if not listed and (":" in host or _NUMBER.fullmatch(host.rpartition(".")[2])):
        check_ip(host)
    shown = f"[{host}]" if ":" in host else host
    if port != PORTS[scheme]:
        shown = f"{shown}:{port}"
    return Target(f"{scheme}://{shown}{_rest(found[3])}", scheme, host, port, listed)


def check_ip(address: str) -> None:
    """Refuse an address that is not on the public internet. Raises FetchError (REFUSED_ADDRESS)."""
    try:
        number = ip_address(address)
    except ValueError:
        raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, "not an IP address")) from None
    why = _refusal(number)
    if why:
        raise FetchError(Fault(FaultCode.REFUSED_ADDRESS, why))


def _refusal(number: IPv4Address | IPv6Address) -> str | None:
    if isinstance(number, IPv4Address):
        return next((name for network, name in _BAD_IPV4 if number in network), None)
    if number.scope_id is not None:
        return "link-local"
    if number in _MAPPED_IPV6:
        return _refusal(IPv4Address(int(number) & 0xFFFFFFFF))
    named = next((name for network, name in _BAD_IPV6 if number in network), None)
    if named is None and number not in _GLOBAL_IPV6:
        return "reserved"
    return named


@lru_cache(maxsize=16_384)
def _host(text: str) -> str:
    if text.startswith("["):
        return _ipv6(text[1:-1])
    host = text.lower()
    if not host.isascii():
        host = _punycode(text)
    host = host.removesuffix(".")
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        _bad("the host is not spelt as one")
    # What ends in a number is a number to some readers (0x7f000001, 127.1): it must be one to all, as it stood.
    if _NUMBER.fullmatch(labels[-1]) and not _is_usual_ipv4(host, text):
        _bad("a number in an unusual spelling")
    return host


def _ipv6(text: str) -> str:
    try:
        number = IPv6Address(text)
    except ValueError:
        _bad("the host is not spelt as one")
    if number.scope_id is not None:
        _bad("an address with a zone")
    return str(number)


def _punycode(text: str) -> str:
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        _bad("the host is not spelt as one")


def _is_usual_ipv4(host: str, as_written: str) -> bool:
    try:
        return str(IPv4Address(host)) == as_written
    except ValueError:
        return False


def _rest(rest: str) -> str:
    """Return path and query, each byte quoted that needs it."""
    if rest.startswith("\\"):  # browsers take it for a slash, others for a part of the host
        _bad("the host is not spelt as one")
    if not _PLAIN_REST.fullmatch(rest):
        if any(char < " " or char == "\x7f" for char in rest):
            _bad("control characters in the address")
        rest = _TO_QUOTE.sub(_quote, rest)
    return rest if rest.startswith("/") else "/" + rest


def _quote(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))


def _bad(why: str) -> NoReturn:
    raise FetchError(Fault(FaultCode.BAD_ADDRESS, why))
