"""The instance as somebody in the fediverse: an actor with a key, by which others know our requests.

Its private key is RSA, as all of the fediverse reads it, kept in the database and sealed with the instance's secret.
It is there from the first start with a public address on; before that nobody could look it up.
"""

from __future__ import annotations

import base64
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aggregator.services import sealing
from aggregator.sources.fediverse.signatures import Signer
from aggregator.store import values

if TYPE_CHECKING:
    from aggregator.services.desk import Desk

ACTOR_PATH: Final = "/actor"
INBOX_PATH: Final = "/inbox"
CONTEXT: Final = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
_KEY: Final = "instance-actor-key"


def actor_id(desk: Desk) -> str:
    """Return the address of the instance's actor."""
    return desk.address + ACTOR_PATH


def ensure_key(desk: Desk) -> None:
    """Make the key where there is none and others could look it up; of two processes the first one's stays."""
    if not desk.settings.public_url:
        return
    with desk.database.read() as conn:
        if values.find_value(conn, _KEY) is not None:
            return
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    sealed = base64.b64encode(sealing.seal(desk, _KEY, plain)).decode()
    with desk.database.write() as conn:
        if values.find_value(conn, _KEY) is None:
            values.set_value(conn, _KEY, sealed)


def find_signer(desk: Desk) -> Signer | None:
    """Return what signs for the instance; None where it has no key, or one sealed with another secret."""
    with desk.database.read() as conn:
        sealed = values.find_value(conn, _KEY)
    if sealed is None or not desk.settings.public_url:
        return None
    plain = sealing.unseal(desk, _KEY, base64.b64decode(sealed))
    if plain is None:
        return None
    key = serialization.load_der_private_key(plain, None)
    return Signer(f"{actor_id(desk)}#main-key", key) if isinstance(key, rsa.RSAPrivateKey) else None


def document(desk: Desk) -> dict[str, Any] | None:
    """Return the actor's document; None where it has no key."""
    signer = find_signer(desk)
    if signer is None:
        return None
    me = actor_id(desk)
    return actor_document(
        desk,
        signer,
        me,
        signer.key_id,
        preferredUsername=username(desk),
        name="Broadsheet",
        summary="<p>Reads public posts for the members of this instance.</p>",
        url=desk.address + "/about/fetcher",
        outbox=me + "/outbox",
        manuallyApprovesFollowers=True,
        discoverable=False,
        indexable=False,
    )


def actor_document(desk: Desk, signer: Signer, me: str, key_id: str, **own: object) -> dict[str, Any]:
    """Return the document of an actor of ours: `own` beside what all of them say, the one inbox and the one key."""
    pem = signer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "@context": CONTEXT,
        "id": me,
        "type": "Service",
        **own,
        "inbox": desk.address + INBOX_PATH,
        "endpoints": {"sharedInbox": desk.address + INBOX_PATH},
        "publicKey": {"id": key_id, "owner": me, "publicKeyPem": pem.decode()},
    }


def webfinger(desk: Desk, resource: str) -> dict[str, Any] | None:
    """Answer who a resource is (RFC 7033); None for whoever is not here."""
    subject = f"acct:{username(desk)}@{urlsplit(desk.address).netloc}"
    if resource not in {subject, actor_id(desk)} or find_signer(desk) is None:
        return None
    self_link = {"rel": "self", "type": "application/activity+json", "href": actor_id(desk)}
    return {"subject": subject, "aliases": [actor_id(desk)], "links": [self_link]}


def username(desk: Desk) -> str:
    """Return the instance's own name in handles: its host, as lists will have the other names."""
    return urlsplit(desk.address).hostname or "broadsheet"


def outbox(desk: Desk) -> dict[str, Any] | None:
    """Return the actor's own posts: none."""
    if find_signer(desk) is None:
        return None
    return {
        "@context": CONTEXT[0],
        "id": f"{actor_id(desk)}/outbox",
        "type": "OrderedCollection",
        "totalItems": 0,
        "orderedItems": [],
    }


def nodeinfo_links(desk: Desk) -> dict[str, Any] | None:
    """Return where `nodeinfo` is."""
    if find_signer(desk) is None:
        return None
    schema = "http://nodeinfo.diaspora.software/ns/schema/2.1"
    return {"links": [{"rel": schema, "href": f"{desk.address}/nodeinfo/2.1"}]}


def nodeinfo(desk: Desk) -> dict[str, Any] | None:
    """Describe the server (NodeInfo 2.1); how many people use it is nobody's business."""
    if find_signer(desk) is None:
        return None
    return {
        "version": "2.1",
        "software": {"name": "broadsheet", "version": version("broadsheet")},
        "protocols": ["activitypub"],
        "services": {"inbound": ["atom1.0", "rss2.0"], "outbound": ["atom1.0", "rss2.0"]},
        "openRegistrations": False,
        "usage": {"users": {}},
        "metadata": {},
    }
