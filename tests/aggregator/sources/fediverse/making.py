"""Posts, actors and outboxes of our own, and what they are read as."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from aggregator.sources.fediverse.outbox import OutboxJob, Packed, read_outbox

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HOST = "https://reef.example"
ME = f"{HOST}/users/ana"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def note(number=1, *, host=HOST, author=ME, **more):
    told = {
        "id": f"{host}/notes/{number}", "type": "Note", "attributedTo": author, "to": [PUBLIC],
        "content": f"<p>Tide {number}</p>", "published": "2026-11-21T10:00:00Z",
    }  # fmt: skip
    return {name: value for name, value in (told | more).items() if value is not None}


def create(post, actor=ME, **more):
    return {"id": post["id"] + "/activity", "type": "Create", "actor": actor, "to": [PUBLIC], "object": post} | more


def announce(what, actor=ME, number=1):
    return {"id": f"{actor}/boosts/{number}", "type": "Announce", "actor": actor, "to": [PUBLIC], "object": what}


def actor(**more):
    told = {
        "id": ME, "type": "Person", "preferredUsername": "ana", "name": "Ana", "inbox": f"{ME}/inbox",
        "outbox": f"{ME}/outbox", "url": f"{HOST}/@ana",
    }  # fmt: skip
    return told | more


def page(*items, **more):
    return {"id": f"{ME}/outbox?page=1", "type": "OrderedCollectionPage", "orderedItems": list(items)} | more


def packed(thing, address=None):
    return Packed(address or thing["id"], "", json.dumps(thing).encode())


def read(*items, fetched=(), who=None):
    """Read an outbox of these items."""
    return read_outbox(outbox_job(*items, fetched=fetched, who=who)).document


def outbox_job(*items, fetched=(), who=None):
    return OutboxJob(
        actor=packed(who or actor()),
        pages=(packed(page(*items)),),
        fetched=tuple(packed(each) for each in fetched),
        known=frozenset(),
        now=NOW,
    )


def refused(*items, **more):
    """Say why items of an outbox were refused."""
    return read_outbox(outbox_job(*items, **more)).refused


def one(*items, **more):
    """Read an outbox that has one entry."""
    (entry,) = read(*items, **more).entries
    return entry
