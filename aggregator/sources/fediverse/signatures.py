"""HTTP signatures, both kinds: draft-cavage-http-signatures-12 as the fediverse writes it, and RFC 9421 (safety 47).

Pure: keys and the time are handed in. Linked-data signatures are not looked at. A request is proved by covering its
method, its target, its time and, where it has a body, the body's digest; a signature that covers less proves nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from aggregator.sources.fediverse.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

PAST: Final = timedelta(hours=12)
FUTURE: Final = timedelta(minutes=5)
SMALLEST_KEY: Final = 2048
_LONGEST: Final = 8_000
_CAVAGE: Final = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([0-9]+))\s*(?:,|$)')
_INPUT: Final = re.compile(
    r"\s*([a-z*][a-z0-9_.*\-]*)=(\(([^()]*)\)((?:;[a-z*][a-z0-9_.*\-]*(?:=(?:\"[^\"]*\"|[^;,\"]*))?)*))"
)
_PARAMETER: Final = re.compile(r';([a-z*][a-z0-9_.*\-]*)(?:=(?:"([^"]*)"|([^;,"]*)))?')
_COMPONENT: Final = re.compile(r'"([^"]*)"((?:;[a-z*][a-z0-9_.*\-]*(?:=(?:\"[^\"]*\"|[^;,\s\"]*))?)*)')
_BYTES: Final = re.compile(r"\s*([a-z*][a-z0-9_.*\-]*)=:([A-Za-z0-9+/=]*):")
_DIGESTS: Final = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


class Scheme(StrEnum):
    """The two ways to sign a request."""

    CAVAGE = "draft-cavage"
    RFC9421 = "rfc9421"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came or is to be sent. `headers` have lower-case names; `url` is whole, as its sender saw it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is from, not yet proved: the id of the key, what was signed, and when."""

    scheme: Scheme
    key_id: str
    signed: bytes
    signature: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of ours and its id."""

    key_id: str
    key: RSAPrivateKey


def sign(request: Request, signer: Signer, now: datetime, scheme: Scheme = Scheme.CAVAGE) -> dict[str, str]:
    """Return the header fields that prove a request is ours."""
    return _sign_cavage(request, signer, now) if scheme is Scheme.CAVAGE else _sign_9421(request, signer, now)


def claim_of(request: Request, now: datetime) -> Claim:
    """Read who signed a request and check all that needs no key: digest, time, what is covered. Raises Refused."""
    headers = request.headers
    if "signature" not in headers:
        raise Refused("it is not signed")
    if any(len(headers.get(name, "")) > _LONGEST for name in ("signature", "signature-input")):
        raise Refused("its signature is too long")
    claim = _claim_9421(request) if "signature-input" in headers else _claim_cavage(request)
    if not now - PAST <= claim.at <= now + FUTURE:
        raise Refused("its signature is from another time")
    return claim


def prove(claim: Claim, pem: str) -> None:
    """Check a claim against the key it names. Raises Refused."""
    try:
        key = load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as exc:
        raise Refused("its actor's key cannot be read") from exc
    try:
        if isinstance(key, RSAPublicKey):
            if key.key_size < SMALLEST_KEY:
                raise Refused(f"its actor's key is shorter than {SMALLEST_KEY} bits")
            key.verify(claim.signature, claim.signed, PKCS1v15(), SHA256())
        elif isinstance(key, Ed25519PublicKey):
            key.verify(claim.signature, claim.signed)
        else:
            raise Refused("its actor's key is of a kind we do not read")
    except InvalidSignature as exc:
        raise Refused("its signature is wrong") from exc


def mark_of(claim: Claim) -> bytes:
    """Return 16 bytes by which the same signature is known again (replay)."""
    return hashlib.sha256(claim.key_id.encode() + b"\n" + claim.signed).digest()[:16]


def _sign_cavage(request: Request, signer: Signer, now: datetime) -> dict[str, str]:
    parts = urlsplit(request.url)
    fields = {"host": parts.netloc, "date": format_datetime(now.astimezone(UTC), usegmt=True)}
    if request.method != "GET":
        fields["digest"] = "SHA-256=" + _b64(hashlib.sha256(request.body).digest())
    names = ["(request-target)", *fields]
    given = Request(request.method, request.url, fields, request.body)
    signed = _cavage_text(given, names, {})
    signature = _b64(signer.key.sign(signed, PKCS1v15(), SHA256()))
    told = f'keyId="{signer.key_id}",algorithm="rsa-sha256",headers="{" ".join(names)}",signature="{signature}"'
    return {name.title(): value for name, value in fields.items() if name != "host"} | {"Signature": told}


def _claim_cavage(request: Request) -> Claim:
    told = {found[1]: found[2] or found[3] or "" for found in _CAVAGE.finditer(request.headers["signature"])}
    key_id, names = told.get("keyId", ""), told.get("headers", "date").lower().split()
    if not key_id or "signature" not in told:
        raise Refused("its signature cannot be read")
    if told.get("algorithm", "hs2019").lower() not in {"rsa-sha256", "hs2019", "ed25519"}:
        raise Refused("it is signed in a way we do not read")
    if "(request-target)" not in names or "host" not in names:
        raise Refused("its signature does not cover where it goes")
    if request.method != "GET":
        if "digest" not in names:
            raise Refused("its signature does not cover its body")
        _check_digest(request)
    if "(created)" in names:
        at = _second(told.get("created"))
        if (ends := told.get("expires")) and _second(ends) < at:
            raise Refused("its signature had ended")
    elif "date" in names:
        at = _date(request.headers.get("date", ""))
    else:
        raise Refused("its signature does not cover its time")
    return Claim(Scheme.CAVAGE, key_id, _cavage_text(request, names, told), _unb64(told["signature"]), at)


def _cavage_text(request: Request, names: list[str], told: Mapping[str, str]) -> bytes:
    parts = urlsplit(request.url)
    lines = []
    for name in names:
        if name == "(request-target)":
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            value = f"{request.method.lower()} {target}"
        elif name in {"(created)", "(expires)"}:
            value = told.get(name.strip("()"), "")
        elif name in request.headers:
            value = request.headers[name].strip()
        else:
            raise Refused(f"its signature covers a field it does not have: {name[:40]}")
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _sign_9421(request: Request, signer: Signer, now: datetime) -> dict[str, str]:
    fields: dict[str, str] = {}
    names = ['"@method"', '"@target-uri"']
    if request.method != "GET":
        fields["content-digest"] = f"sha-256=:{_b64(hashlib.sha256(request.body).digest())}:"
        names.append('"content-digest"')
    parameters = f';created={int(now.timestamp())};alg="rsa-v1_5-sha256";keyid="{signer.key_id}"'
    covered = f"({' '.join(names)}){parameters}"
    given = Request(request.method, request.url, fields, request.body)
    signed = _base_9421(given, " ".join(names), covered)
    signature = _b64(signer.key.sign(signed, PKCS1v15(), SHA256()))
    told = {"Signature-Input": f"sig1={covered}", "Signature": f"sig1=:{signature}:"}
    return {name.title(): value for name, value in fields.items()} | told


def _claim_9421(request: Request) -> Claim:
    signatures = {found[1]: found[2] for found in _BYTES.finditer(request.headers["signature"])}
    for found in _INPUT.finditer(request.headers["signature-input"]):
        label, covered, names, rest = found[1], found[2], found[3], found[4]
        if label in signatures:
            break
    else:
        raise Refused("its signature cannot be read")
    told = {each[1]: each[2] if each[2] is not None else (each[3] or "") for each in _PARAMETER.finditer(rest)}
    plain = {each[1].lower() for each in _COMPONENT.finditer(names) if not each[2]}
    if not told.get("keyid"):
        raise Refused("its signature cannot be read")
    if told.get("alg", "rsa-v1_5-sha256") not in {"rsa-v1_5-sha256", "ed25519"}:
        raise Refused("it is signed in a way we do not read")
    whole = "@target-uri" in plain or ({"@authority", "@path"} <= plain) or ({"@authority", "@request-target"} <= plain)
    if "@method" not in plain or not whole:
        raise Refused("its signature does not cover where it goes")
    if request.method != "GET":
        if "content-digest" not in plain:
            raise Refused("its signature does not cover its body")
        _check_content_digest(request)
    at = _second(told.get("created"))
    if "expires" in told and _second(told["expires"]) < at:
        raise Refused("its signature had ended")
    signed = _base_9421(request, names, covered)
    return Claim(Scheme.RFC9421, told["keyid"], signed, _unb64(signatures[label]), at)


def _base_9421(request: Request, names: str, covered: str) -> bytes:
    """Build the signature base (RFC 9421, 2.5). Components with parameters are not read."""
    lines = []
    seen = set()
    for found in _COMPONENT.finditer(names):
        name = found[1]
        if found[2] or name in seen:
            raise Refused("its signature covers something we do not read")
        seen.add(name)
        lines.append(f'"{name}": {_component(request, name)}')
    lines.append(f'"@signature-params": {covered}')
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _component(request: Request, name: str) -> str:
    parts = urlsplit(request.url)
    path = parts.path or "/"
    derived = {
        "@method": request.method.upper(),
        "@target-uri": request.url,
        "@authority": parts.netloc.lower(),
        "@scheme": parts.scheme.lower(),
        "@path": path,
        "@query": f"?{parts.query}",
        "@request-target": path + (f"?{parts.query}" if parts.query else ""),
    }
    if name in derived:
        return derived[name]
    if name.startswith("@") or name not in request.headers:
        raise Refused(f"its signature covers a field it does not have: {name[:40]}")
    return request.headers[name].strip()


def _check_digest(request: Request) -> None:
    for each in request.headers.get("digest", "").split(","):
        name, _, value = each.strip().partition("=")
        if name.lower() in _DIGESTS:
            _compare(request.body, name.lower(), value)
            return
    raise Refused("it has no digest we read")


def _check_content_digest(request: Request) -> None:
    for found in _BYTES.finditer(request.headers.get("content-digest", "")):
        if found[1] in _DIGESTS:
            _compare(request.body, found[1], found[2])
            return
    raise Refused("it has no digest we read")


def _compare(body: bytes, name: str, told: str) -> None:
    if not hmac.compare_digest(_b64(_DIGESTS[name](body).digest()).encode(), told.encode("utf-8", "replace")):
        raise Refused("its body is not the one that was signed")


def _second(text: str | None) -> datetime:
    try:
        return datetime.fromtimestamp(int((text or "")[:15]), UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise Refused("its signature does not say when it was made") from exc


def _date(text: str) -> datetime:
    try:
        at = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError) as exc:
        raise Refused("its signature does not say when it was made") from exc
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as exc:
        raise Refused("its signature cannot be read") from exc
