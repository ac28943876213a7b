"""What an activity that came to the inbox says, as far as deciding about it needs. Pure; runs in the parse process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.sources.fediverse.outbox import Packed
from aggregator.sources.fediverse.shapes import decode, id_of, things, type_of, web_id

if TYPE_CHECKING:
    from aggregator.sources.fediverse.shapes import Thing


@dataclass(frozen=True, slots=True)
class ActivityJob:
    """An activity as it came."""

    document: Packed


@dataclass(frozen=True, slots=True)
class Activity:
    """Its own fields, and those of the activity within it where it has one (Undo, Accept, a community's Announce).

    `about` is the id of what it is about, or of what the activity within it is about.
    """

    type: str
    id: str | None
    actor: str
    about: str | None
    inner_type: str
    inner_id: str | None
    inner_actor: str | None
    target: str | None


def read_activity(job: ActivityJob) -> Activity:
    """Read an activity. Raises FetchError (BROKEN) where it is none."""
    thing = decode(job.document.body)
    actor = id_of(thing.get("actor")) if thing is not None else None
    if thing is None or actor is None or web_id(actor) is None:
        raise FetchError(Fault(FaultCode.BROKEN, "no activity"))
    inner: Thing = next(iter(things(thing.get("object"))), {})
    within = inner if "actor" in inner and "object" in inner else None
    return Activity(
        type=type_of(thing),
        id=web_id(thing),
        actor=actor,
        about=id_of(within.get("object") if within else thing.get("object")),
        inner_type=type_of(inner),
        inner_id=id_of(inner),
        inner_actor=id_of(inner.get("actor")),
        target=web_id(thing.get("target")),
    )


def page_of(activity: Packed) -> Packed:
    """Return an outbox page with one activity on it, so that both are read in one way."""
    body = b'{"type":"OrderedCollectionPage","orderedItems":[' + activity.body + b"]}"
    return Packed(activity.address, "", body)
