"""What proves a bundle: its id, its signature, and its place in the chain of its publisher. Pure.

The id is a hash of the canonical form; the Ed25519 signature is over a domain line and the id.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aggregator.errors import BadDocumentError
from aggregator.services.versions import check_envelope, rule_of
from aggregator.sources.bundle import read_bundle

if TYPE_CHECKING:
    from aggregator.model.bundle import BundleDocument, BundleHead

_DOMAIN = b"broadsheet bundle/1\n"
_PREFIX = "ed25519:"


@dataclass(frozen=True, slots=True)
class BundleCheck:
    """Whether a bundle holds from itself alone: `problem` is None, or the first thing that does not, in plain words.

    `document` is None for what is no OPML; `identity` is "" where nobody signed.
    """

    document: BundleDocument | None
    identity: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Pinned:
    """Where we stand in a chain: whose it is, its name, and the newest version seen."""

    publisher: str
    name: str
    number: int
    identity: str


def publisher_of(signing_key: bytes) -> str:
    """Return the name of the key that belongs to a signing key."""
    return _PREFIX + Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw().hex()


def fingerprint(publisher: str) -> str:
    """Return what people compare of a key: 32 hex characters of its hash, in groups of four."""
    hashed = hashlib.sha256(bytes.fromhex(publisher.removeprefix(_PREFIX))).hexdigest()[:32]
    return " ".join(hashed[start : start + 4] for start in range(0, 32, 4))


def identity_of(form: bytes) -> str:
    """Return the id of a bundle."""
    return hashlib.sha256(_DOMAIN + form).hexdigest()


def sign_form(signing_key: bytes, form: bytes) -> str:
    """Return the signature of a bundle, as hex."""
    key = Ed25519PrivateKey.from_private_bytes(signing_key)
    return key.sign(_DOMAIN + bytes.fromhex(identity_of(form))).hex()


def check_bundle(data: bytes) -> BundleCheck:
    """Check a bundle from itself alone: that the holder of its key signed exactly this, and its rules too."""
    try:
        document = read_bundle(data)
    except BadDocumentError as exc:
        return BundleCheck(None, "", exc.problem)
    if document.head is None:
        return BundleCheck(document, "", "nobody signed it: it has no head in the Broadsheet namespace")
    identity = identity_of(document.form)
    return BundleCheck(document, identity, _problem(document, identity))


def chain_problem(check: BundleCheck, pinned: Pinned) -> str | None:
    """Say what is wrong with a bundle that holds as the next of a chain; None where nothing is, or it is the same."""
    head = check.document.head if check.document else None
    if head is None:
        return "it is not signed any more, and it was; it is not taken"
    if head.publisher != pinned.publisher:
        return (
            f"it is signed by another key ({fingerprint(head.publisher)}) than the one it was followed with "
            f"({fingerprint(pinned.publisher)}); ask who publishes it, and if they say so stop following it and "
            "follow it anew"
        )
    return _order_problem(head, check.identity, pinned)


def _order_problem(head: BundleHead, identity: str, pinned: Pinned) -> str | None:
    if head.name != pinned.name:
        return f"it is called {head.name} now, and it was {pinned.name}"
    if head.number < pinned.number:
        return f"it is version {head.number}, older than version {pinned.number}, which was seen already"
    if head.number == pinned.number and identity != pinned.identity:
        return f"there are two different versions {head.number} of it"
    if head.number == pinned.number + 1 and head.previous != pinned.identity:
        return f"its chain is broken: version {head.number} does not follow from version {pinned.number} as seen"
    return None


def _problem(document: BundleDocument, identity: str) -> str | None:
    head = document.head
    if head is None:
        return "nobody signed it"
    if (head.number == 1) != (head.previous is None) or head.number < 1:
        return "its chain is broken: only the first version, and no other, has none before it"
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.publisher.removeprefix(_PREFIX)))
    try:
        key.verify(bytes.fromhex(head.signature), _DOMAIN + bytes.fromhex(identity))
    except InvalidSignature:
        return "it was changed after it was signed, or signed by another key than it names"
    for rule in document.rules:
        if problem := check_envelope(rule.envelope.encode()).problem:
            return f"the rule {rule.id[:80]} in it does not hold: {problem}"
        if rule_of(rule.envelope) != rule.id:
            return f"the rule {rule.id[:80]} in it is another one than its envelope says"
    return None
