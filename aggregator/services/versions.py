"""Versions of rules as documents that can be handed on: named by their content and signed by their publisher.

The version id is a hash of what was published, by whom, when and why; the envelope carries that together with the rule,
the key and an Ed25519 signature, so that anyone can check it from itself alone (ranking-semantics 9).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aggregator.services.rights import Right, require
from aggregator.store import rules as stored
from rankers import RuleError, hash_of_form, hashed_form, parse_rule, read_models

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.model.ids import VersionId
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk
    from rankers import ModelName, RuleDocument

SCHEMA = "rule-version/1"
_DOMAIN = b"broadsheet rule-version/1\n"
_KEYS = frozenset({"version", "rule", "facts", "models", "toml", "key", "sig"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A version as it is published: its number in the chain, its rule's hash, its id (64 hex), its envelope (JSON)."""

    number: int
    rule_hash: str
    identity: str
    envelope: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a version comes from: the version it takes the place of, and the one it was copied from (their ids)."""

    supersedes: str | None = None
    forked_from: str | None = None


@dataclass(frozen=True, slots=True)
class EnvelopeCheck:
    """Whether an envelope holds: `problem` is None, or the first thing that does not, in plain words."""

    identity: str
    problem: str | None


def sign(
    signing_key: bytes,
    document: RuleDocument,
    *,
    number: int,
    origin: Origin,
    published: datetime,
    author: str | None,
    reason: str | None,
    models: tuple[ModelName, ...] = (),
) -> Signed:
    """Sign a version. `list` in it is the chain's name: the rule's id, since any list may be ranked by a rule.

    `models`: those it was published with, for a rule that reads what models give.
    """
    form = hashed_form(document, models)
    key = Ed25519PrivateKey.from_private_bytes(signing_key)
    public = key.public_key().public_bytes_raw().hex()
    version: dict[str, Any] = {
        "schema": SCHEMA,
        "rule_hash": hash_of_form(form),
        "list": document.id,
        "number": number,
        "supersedes": origin.supersedes,
        "forked_from": origin.forked_from,
        "published": published.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "publisher": f"ed25519:{public}",
        "author": author,
        "reason": reason,
    }
    identity = identity_of(version)
    envelope = {
        "version": version,
        **form,
        "toml": document.toml,
        "key": public,
        "sig": key.sign(_DOMAIN + bytes.fromhex(identity)).hex(),
    }
    return Signed(number, version["rule_hash"], identity, rfc8785.dumps(envelope).decode())


def identity_of(version: dict[str, Any]) -> str:
    """Return the id of a version: a hash of all that is said about it."""
    return hashlib.sha256(_DOMAIN + rfc8785.dumps(version)).hexdigest()


def check_envelope(data: bytes) -> EnvelopeCheck:
    """Check an envelope from itself alone. Never raises, whatever the bytes are.

    It proves that the holder of its key published this text with these words; not who that is.
    """
    identity = ""
    try:
        envelope = json.loads(data)
        identity = identity_of(envelope["version"])
        return EnvelopeCheck(identity, _problem(envelope, identity))
    except RuleError as fault:
        return EnvelopeCheck(identity, f"the text is no rule: {fault.problems[0]}")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        return EnvelopeCheck(identity, f"it is not the envelope of a version ({type(fault).__name__}: {fault})"[:200])


def rule_of(envelope: str) -> str:
    """Return the id of the rule in an envelope that holds."""
    return str(json.loads(envelope)["version"]["list"])


def toml_of(envelope: str) -> str:
    """Return the text of the rule in an envelope that holds."""
    return str(json.loads(envelope)["toml"])


def models_of(envelope: str) -> tuple[ModelName, ...]:
    """Return the models that a version was published with, from an envelope that holds."""
    return read_models(json.loads(envelope)["models"])


def envelope(desk: Desk, actor: Actor, version: VersionId) -> str:
    """Give a version's envelope as it was signed. Raises NotFoundError."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return stored.get_envelope(conn, version)


def _problem(envelope: dict[str, Any], identity: str) -> str | None:
    version = envelope["version"]
    if envelope.keys() != _KEYS or version["schema"] != SCHEMA:
        return f"expected {SCHEMA} with the parts {', '.join(sorted(_KEYS))}"
    form = hashed_form(parse_rule(envelope["toml"]), read_models(envelope["models"]))
    if form != {part: envelope[part] for part in form}:
        return "the text says another rule than the one beside it"
    if hash_of_form(form) != version["rule_hash"]:
        return "the rule has another hash than the version says"
    if version["list"] != form["rule"]["id"]:
        return "the version is of another rule"
    return _signature_problem(envelope, identity)


def _signature_problem(envelope: dict[str, Any], identity: str) -> str | None:
    if envelope["version"]["publisher"] != f"ed25519:{envelope['key']}":
        return "the key is not the publisher's"
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(envelope["key"]))
    try:
        key.verify(bytes.fromhex(envelope["sig"]), _DOMAIN + bytes.fromhex(identity))
    except InvalidSignature:
        return "the signature is of something else"
    return None
