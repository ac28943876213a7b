"""What an activity says: a post, a boost of one, or nothing we read. Boosts of one post are one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aggregator.sources.fediverse.posts import KINDS, authors_of
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import Thing, id_of, same_host, things, type_of, types_of, web_id

REACTIONS: Final = frozenset({"Like", "Dislike", "EmojiReact", "EmojiReaction"})
"""Counted by others; ignored at the door (promise 1)."""
DEPTH: Final = 3
"""So many activities may stand within each other: a community's Announce of a Create of a post is three deep."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A post with the activity around it; `boosted_by` where somebody else than its author shows it."""

    post: Thing
    activity: Thing | None
    boosted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A post that is to be fetched from its own host, `id`: nobody speaks for another host."""

    id: str
    boosted_by: str | None = None


Said = Posted | Elsewhere


def what_is_said(item: object, speaker: str | None) -> Said:
    """Read one item of an outbox, or what came to an inbox. `speaker` is whose it is, as proved. Raises Refused."""
    if isinstance(item, str):
        found = web_id(item)
        if found is None:
            raise Refused("it has no address of its own")
        return Elsewhere(found)
    if not isinstance(item, dict):
        raise Refused("it is no activity")
    return _said(item, speaker, DEPTH)


def _said(item: Thing, speaker: str | None, depth: int) -> Said:
    if depth == 0:
        raise Refused("activities stand too deep within each other")
    kind = type_of(item)
    if kind in REACTIONS or _is_reaction(item):
        raise Refused("it is a reaction; these are not counted here")
    if not KINDS.keys().isdisjoint(types_of(item)) or kind in {"Tombstone", "ChatMessage", "EncryptedMessage"}:
        return _own_post(item, None, speaker)
    if kind in {"Create", "Update"}:
        return _created(item, speaker, depth)
    if kind == "Announce":
        return _announced(item, speaker, depth)
    raise Refused(f"it is no kind of activity we read: {(kind or 'without a type')[:40]}")


def _is_reaction(item: Thing) -> bool:
    inner = next(iter(things(item.get("object"))), {})
    return type_of(item) in {"Announce", "Undo"} and type_of(inner) in REACTIONS


def _created(activity: Thing, speaker: str | None, depth: int) -> Said:
    author = id_of(activity.get("actor"))
    if speaker is not None and author is not None and author != speaker:
        raise Refused("somebody else than its actor sent it")
    posts = things(activity.get("object"))
    if not posts:
        found = web_id(activity.get("object"))
        if found is None:
            raise Refused("there is nothing in it")
        return Elsewhere(found)
    if type_of(posts[0]) in {"Create", "Update", "Announce"}:
        return _said(posts[0], speaker, depth - 1)
    return _own_post(posts[0], activity, author or speaker)


def _own_post(post: Thing, activity: Thing | None, speaker: str | None) -> Said:
    """Give a post whose author sent it; where the two are not the same, its own host is to say."""
    authors = authors_of(post) or tuple(filter(None, (id_of(post.get("actor")),)))
    if speaker is None or speaker in authors:
        return Posted(post, activity)
    found = web_id(post)
    if found is None:
        raise Refused("it has no address of its own")
    if not any(same_host(author, speaker) for author in authors):
        raise Refused("somebody else than its author sent it")
    return Elsewhere(found)


def _announced(activity: Thing, speaker: str | None, depth: int) -> Said:
    """Give a boost. Only a post of the booster's own host is believed as it stands (safety 46)."""
    booster = id_of(activity.get("actor")) or speaker
    if speaker is not None and booster != speaker:
        raise Refused("somebody else than its actor sent it")
    inner = next(iter(things(activity.get("object"))), None)
    if inner is None:
        found = web_id(activity.get("object"))
        if found is None:
            raise Refused("there is nothing in it")
        return Elsewhere(found, booster)
    if type_of(inner) in {"Create", "Update", "Announce"}:
        said = _said(inner, None, depth - 1)
    else:
        said = Posted(inner, activity)
    if isinstance(said, Elsewhere):
        return Elsewhere(said.id, booster)
    found = web_id(said.post)
    if found is None:
        raise Refused("it has no address of its own")
    if type_of(said.post) not in KINDS and type_of(said.post) != "Tombstone":
        raise Refused(f"it is no kind of post we know: {(type_of(said.post) or 'without a type')[:40]}")
    if not same_host(found, booster):
        return Elsewhere(found, booster)
    return Posted(said.post, said.activity or activity, booster)
