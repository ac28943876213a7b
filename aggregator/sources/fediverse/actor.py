"""Actors: who posts, where their posts are, with which key they sign, and what they agree to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from aggregator.model.fediverse import Actor
from aggregator.sources.fediverse.audience import PUBLIC
from aggregator.sources.fediverse.shapes import (
    Thing,
    flag,
    id_of,
    ids_of,
    same_host,
    text_of,
    things,
    types_of,
    web_id,
)
from aggregator.sources.plain import plain_line
from aggregator.sources.raw import Text

ACTOR_TYPES: Final = frozenset({"Person", "Group", "Organization", "Service", "Application"})
_LONGEST_NAME: Final = 200
_LONGEST_SUMMARY: Final = 1_000
_LONGEST_KEY: Final = 5_000
_MOST_KEYS: Final = 5
_NO_BOTS: Final = re.compile(r"(?<!\w)#(?:<[^>]{0,40}>)?no(?:bots?|fetch)\b", re.IGNORECASE)
_NO_INDEX: Final = re.compile(r"(?<!\w)#(?:<[^>]{0,40}>)?no(?:index|search)\b", re.IGNORECASE)
_PERSON_PATHS: Final = re.compile(
    r"/(?:users|@|u|c|accounts|video-channels|profile|author|federation/actors)/?@?([^/@]{1,100})(?:@[^/]*)?/?$"
)
_AT: Final = re.compile(r"/@([^/@]{1,100})(?:@[^/]*)?/?$")


def read_actor(thing: Thing) -> Actor | None:
    """Read an actor; None for what is none. Only keys on the actor's own host count as its own (safety 46)."""
    actor_id = web_id(thing)
    kinds = [kind for kind in types_of(thing) if kind in ACTOR_TYPES]
    if actor_id is None or not kinds:
        return None
    endpoints = thing.get("endpoints")
    summary = text_of(thing, "summary") or ""
    words = summary + " ".join(f"#{str(tag.get('name')).lstrip('#')}" for tag in things(thing.get("tag")))
    return Actor(
        id=actor_id,
        type=kinds[0],
        name=plain_line(Text("html", text_of(thing, "name") or ""), _LONGEST_NAME) or None,
        handle=_handle(thing, actor_id),
        url=next((url for url in map(web_id, _urls(thing)) if url), None),
        inbox=_own(thing.get("inbox"), actor_id),
        shared_inbox=_own(endpoints.get("sharedInbox"), actor_id) if isinstance(endpoints, dict) else None,
        outbox=_own(thing.get("outbox"), actor_id),
        summary=plain_line(Text("html", summary), _LONGEST_SUMMARY) or None,
        image=next((url for icon in things(thing.get("icon")) if (url := web_id(icon.get("url")))), None),
        language=None,
        moved_to=web_id(thing.get("movedTo")),
        also_known_as=tuple(found for found in ids_of(thing.get("alsoKnownAs")) if web_id(found)),
        keys=_keys(thing, actor_id),
        reserved=_is_reserved(thing, words),
        no_bots=wants_no_programs(words),
    )


def name_of(address: str) -> str:
    """Return what somebody is called by their address alone: @name@host, else the host."""
    parts = urlsplit(address)
    found = _AT.search(parts.path) or _PERSON_PATHS.search(parts.path)
    host = parts.hostname or address
    return f"@{unquote(found[1])}@{host}"[:_LONGEST_NAME] if found else host[:_LONGEST_NAME]


def _handle(thing: Thing, actor_id: str) -> str | None:
    name = text_of(thing, "preferredUsername")
    host = urlsplit(actor_id).netloc
    if name is None or len(name) > _LONGEST_NAME or not re.fullmatch(r"[^\s@/]+", name):
        return None
    told = text_of(thing, "webfinger")  # FEP-2c59
    return told.removeprefix("acct:").lstrip("@") if told and len(told) <= _LONGEST_NAME else f"{name}@{host}"


def _urls(thing: Thing) -> list[object]:
    url = thing.get("url")
    links = [link.get("href") for link in things(url) if str(link.get("mediaType", "")).startswith("text/html")]
    return [*links, url] if not isinstance(url, list) else [*links, *url]


def _own(value: object, actor_id: str) -> str | None:
    """Return a place of the actor's; one on another host may be anybody's, and is not gone to."""
    found = web_id(value)
    return found if found and same_host(found, actor_id) else None


def _keys(thing: Thing, actor_id: str) -> tuple[tuple[str, str], ...]:
    found = []
    for key in things(thing.get("publicKey"))[:_MOST_KEYS]:
        key_id, pem, owner = id_of(key), key.get("publicKeyPem"), id_of(key.get("owner"))
        if not key_id or not isinstance(pem, str) or len(pem) > _LONGEST_KEY:
            continue
        if same_host(key_id, actor_id) and owner in {None, actor_id}:
            found.append((key_id, pem))
    return tuple(found)


def wants_no_programs(profile: str) -> bool:
    """Say whether somebody writes of themselves that no program is to read them."""
    return _NO_BOTS.search(profile) is not None


def wants_no_search(profile: str) -> bool:
    """Say whether somebody writes of themselves that no search is to find them."""
    return _NO_INDEX.search(profile) is not None


def _is_reserved(thing: Thing, words: str) -> bool:
    """Say whether an actor did not agree to be found (FEP-5feb, searchableBy, and words people write)."""
    if "searchableBy" in thing and PUBLIC.isdisjoint(ids_of(thing.get("searchableBy"))):
        return True
    refused = flag(thing, "indexable") is False or flag(thing, "noindex") is True
    return refused or flag(thing, "discoverable") is False or wants_no_search(words)
