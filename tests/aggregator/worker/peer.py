"""A server of the fediverse on loopback: an actor with a key, an outbox, posts; and how it delivers to us."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from aggregator.services import inbox
from aggregator.services.inbox import Request
from aggregator.services.instance_actor import ensure_key
from aggregator.sources.fediverse.signatures import Scheme, Signer, sign
from aggregator.store import entries, followed, values
from aggregator.text.address import ACTOR_MARK
from tests.aggregator.worker.loopback import add, run

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITY = "application/activity+json"
OURS = "https://news.example"


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class Peer:
    """Somebody at a loopback server."""

    def __init__(self, server, name="ana", key=None):
        self.server, self.name, self.key = server, name, key or new_key()
        self.base = f"http://{server.host}"
        self.id = f"{self.base}/users/{name}"
        self.numbers = iter(range(1, 1000))
        self.show()
        account = quote(f"{name}@{server.host}", safe="@:")
        links = [{"rel": "self", "type": ACTIVITY, "href": self.id}]
        self.put(f"/.well-known/webfinger?resource=acct:{account}", {"links": links}, kind="application/jrd+json")
        self.outbox()

    def put(self, path, thing, *, kind=ACTIVITY, **more):
        body = thing if isinstance(thing, bytes) else json.dumps(thing).encode()
        return self.server.put(path, body, content_type=kind, **more)

    def show(self, **more):
        """Serve the actor."""
        key = {"id": f"{self.id}#main-key", "owner": self.id, "publicKeyPem": pem_of(self.key)}
        told = {
            "id": self.id, "type": "Person", "preferredUsername": self.name, "name": self.name.title(),
            "inbox": f"{self.id}/inbox", "outbox": f"{self.id}/outbox", "publicKey": key,
        }  # fmt: skip
        self.put(f"/users/{self.name}", told | more)

    def outbox(self, *items, **more):
        """Serve the outbox, in one page."""
        first = f"{self.id}/outbox?page=1"
        self.put(f"/users/{self.name}/outbox", {"id": f"{self.id}/outbox", "type": "OrderedCollection", "first": first})
        page = {"id": first, "type": "OrderedCollectionPage", "orderedItems": list(items)}
        self.put(f"/users/{self.name}/outbox?page=1", page | more)

    def note(self, number, text="Hello", **more):
        """Make a post and serve it."""
        told = {
            "id": f"{self.base}/notes/{number}", "type": "Note", "attributedTo": self.id, "to": [PUBLIC],
            "content": f"<p>{text}</p>", "published": f"2026-11-22T10:{number:02}:00Z",
        }  # fmt: skip
        self.put(f"/notes/{number}", told | more)
        return told | more

    def activity(self, kind, what, **more):
        """Make an activity of this actor."""
        return {"id": f"{self.id}/acts/{next(self.numbers)}", "type": kind, "actor": self.id, "object": what} | more

    def create(self, post):
        return self.activity("Create", post, to=[PUBLIC])

    def deliver(
        self, desk, activity, *, key=None, key_id=None, scheme=Scheme.CAVAGE, at=None, change=None, kind=ACTIVITY
    ):
        """Sign and hand in an activity as a POST to our inbox; gives what it was answered."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        plain = Request("POST", f"{OURS}/inbox", {}, body)
        signer = Signer(key_id or f"{self.id}#main-key", key or self.key)
        fields = {n.lower(): v for n, v in sign(plain, signer, at or desk.clock.now(), scheme).items()}
        request = replace(plain, headers=fields | {"host": "news.example", "content-type": kind})
        return inbox.receive(desk, change(request) if change else request, size=len(body))


def opened(desk, *peers):
    """Add the peers as sources, fetch them once, and let them tell us of news; gives the sources' ids."""
    with desk.database.write() as conn:
        values.set_value(conn, "fediverse-push", "on")
    ensure_key(desk)
    feeds = add(desk, *(peer.id + ACTOR_MARK for peer in peers))
    run(desk, lambda staff: staff.loop.due())
    return feeds


def take(desk):
    """Let the worker look at what came."""
    run(desk, lambda staff: staff.inbox.run())


def texts(desk, feed):
    """Give the excerpts of a source's entries, sorted."""
    with desk.database.read() as conn:
        return sorted(e.excerpt for e in entries.iter_entries(conn, feed_id=feed, limit=1000))


def state(desk, feed):
    with desk.database.read() as conn:
        return followed.find_followed(conn, feed)
