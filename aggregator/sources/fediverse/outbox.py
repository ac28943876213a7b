"""From the documents of an actor (itself, pages of its outbox, posts fetched for it) to a feed and its entries. Pure.

Runs in the killable parse process, like all reading of strangers' bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.remark import Remark
from aggregator.outbound.limits import inflate
from aggregator.sources.about import feed_data
from aggregator.sources.entries import EntryReader
from aggregator.sources.fediverse.activities import Elsewhere, Posted, what_is_said
from aggregator.sources.fediverse.actor import name_of, read_actor
from aggregator.sources.fediverse.nodeinfo import described_at, software_in
from aggregator.sources.fediverse.posts import authors_of, read_post
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import Thing, decode, id_of, listed, same_host, type_of, web_id
from aggregator.sources.fediverse.webfinger import actor_address
from aggregator.sources.job import ParsedDocument, ParseJob
from aggregator.sources.raw import RawDocument, RawFeed, Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aggregator.model.fediverse import Actor
    from aggregator.sources.raw import RawEntry

FORMAT: Final = "activitypub"
COLLECTIONS: Final = frozenset({"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"})
MOST_ITEMS: Final = 200


@dataclass(frozen=True, slots=True)
class Packed:
    """One answer as it came: `encoding` is "gzip" or empty."""

    address: str
    encoding: str
    body: bytes


@dataclass(frozen=True, slots=True)
class LookJob:
    """One document of the fediverse to be looked at; `speaker` is the actor whose outbox it is a page of, if any."""

    document: Packed
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a document is: an actor, a page of posts with where it goes on, one post, or an answer of WebFinger.

    `first` and `next` are addresses of pages on the same host. `ids` are the posts a page names, in order; those in
    `missing` are to be fetched from their own hosts. `post` is the id of a post; `gone`: only its tombstone is left.
    `named` is the actor that WebFinger names. `nodeinfo` is where a server describes itself, `software` what it runs.
    """

    actor: Actor | None = None
    first: str | None = None
    next: str | None = None
    ids: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    post: str | None = None
    gone: bool = False
    named: str | None = None
    nodeinfo: str | None = None
    software: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxJob:
    """What was fetched of one actor. `fetched` are posts from their own hosts; `known` as in ParseJob.

    `names` are what other actors are called, by id.
    """

    actor: Packed
    pages: tuple[Packed, ...]
    fetched: tuple[Packed, ...]
    known: frozenset[bytes]
    now: datetime
    feed_language: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRead:
    """An outbox as a feed, and why what it lacks was refused."""

    document: ParsedDocument
    refused: tuple[str, ...]


def look(job: LookJob) -> Looked:
    """Say what a document is. Raises FetchError where it is nothing of the fediverse."""
    thing = _decoded(job.document)
    actor = read_actor(thing)
    if actor is not None:
        return Looked(actor=actor)
    kind, address = type_of(thing), job.document.address
    if kind in COLLECTIONS:
        return _page(thing, address, job.speaker)
    found = web_id(thing)
    if kind == "Tombstone":
        return Looked(post=found, gone=True)
    return Looked(post=found) if found else _description(thing, address)


def _description(thing: Thing, address: str) -> Looked:
    """Read an answer of WebFinger or NodeInfo: a document without a type or an id."""
    named, described, software = actor_address(thing), described_at(thing, address), software_in(thing)
    if not (named or described or software):
        raise FetchError(Fault(FaultCode.NOT_A_FEED, "nothing of the fediverse"))
    return Looked(named=named, nodeinfo=described, software=software)


def read_outbox(job: OutboxJob) -> OutboxRead:
    """Read an actor as a feed. Raises FetchError where it is no actor, or asks programs to stay away."""
    actor = read_actor(_decoded(job.actor))
    if actor is None:
        raise FetchError(Fault(FaultCode.NOT_A_FEED, "nobody of the fediverse"))
    if actor.no_bots:
        raise FetchError(Fault(FaultCode.UNWELCOME, "nobot"))
    document = RawDocument(format=FORMAT, feed=_about(actor))
    refusals: dict[str, Remark] = {}
    fetched = {found: thing for each in job.fetched if (thing := _posts(each)) and (found := web_id(thing))}
    entries: dict[str, RawEntry] = {}
    for page in job.pages:
        for item in _items(_decoded(page)):
            try:
                _add(entries, _entry(item, actor, fetched))
            except Refused as refused:
                refusals[refused.reason] = Remark.NOT_FOR_ALL if refused.private else Remark.NOT_READ
    document.entries = list(entries.values())
    return OutboxRead(_parsed(document, refusals, job, actor.id), tuple(refusals))


def _parsed(document: RawDocument, refusals: Mapping[str, Remark], job: OutboxJob, address: str) -> ParsedDocument:
    """Clean and count the entries of a document; that some were refused becomes a remark."""
    parse = ParseJob(
        body=b"",
        encoding="",
        content_type="application/activity+json",
        address=address,
        site=document.feed.site,
        feed_language=job.feed_language,
        known=job.known,
        now=job.now,
    )
    reader = EntryReader(parse, document)
    entries, carried = reader.read()
    remarks = tuple(sorted({*refusals.values(), *reader.remarks}))
    data = replace(feed_data(document.feed, address, reader.language), remarks=remarks)
    return ParsedDocument(data, entries, carried, FORMAT)


def _entry(item: object, actor: Actor, fetched: dict[str, Thing]) -> RawEntry:
    said = what_is_said(item, actor.id)
    if isinstance(said, Elsewhere):
        post = fetched.get(said.id)
        if post is None:
            raise Refused("it could not be had from its own host")
        said = Posted(post, None, said.boosted_by)
    own = actor.id in authors_of(said.post)
    names = {actor.id: actor.name or actor.handle or name_of(actor.id)}
    # The consent of the author counts; of others' we know nothing, and their own server has given the post to all.
    entry = read_post(said.post, said.activity, names=names, reserved=actor.reserved and own)
    if said.boosted_by and not own:
        # A community that shows its members' posts does what it is there for; that is no boost.
        if actor.type != "Group":
            entry.extras["boosted_by"] = (names[actor.id],)
        if entry.published is None and said.activity:
            entry.published = (
                said.activity.get("published") if isinstance(said.activity.get("published"), str) else None
            )
    return entry


def _add(entries: dict[str, RawEntry], entry: RawEntry) -> None:
    """Keep each post once, however often it was boosted; what its author says of it goes before a boost."""
    key = entry.guid or ""
    held = entries.get(key)
    if held is None or ("boosted_by" in held.extras and "boosted_by" not in entry.extras):
        entries[key] = entry


def _about(actor: Actor) -> RawFeed:
    name = actor.name or actor.handle or name_of(actor.id)
    return RawFeed(
        title=Text("text", name),
        subtitle=Text("text", actor.summary) if actor.summary else None,
        site=actor.url or actor.id,
        language=actor.language,
        image=actor.image,
        self_link=actor.id,
    )


def _page(thing: Thing, address: str, speaker: str | None) -> Looked:
    inner = thing.get("first")
    items = _items(thing)
    if isinstance(inner, dict) and not items:
        return replace(_page(inner, address, speaker), first=None) if type_of(inner) in COLLECTIONS else Looked()
    ids: list[str] = []
    missing: dict[str, None] = {}
    for item in items:
        try:
            said = what_is_said(item, speaker)
        except Refused:
            continue
        found = said.id if isinstance(said, Elsewhere) else web_id(said.post)
        if found:
            ids.append(found)
            if isinstance(said, Elsewhere):
                missing[found] = None
    return Looked(
        first=_on_host(id_of(inner), address),
        next=_on_host(id_of(thing.get("next")), address),
        ids=tuple(ids),
        missing=tuple(missing),
    )


def _items(thing: Thing) -> list[object]:
    """Return the items of a collection or page, at most as many as are read of one; those of a first page within."""
    items = [*listed(thing.get("orderedItems")), *listed(thing.get("items"))]
    inner = thing.get("first")
    if not items and isinstance(inner, dict):
        items = [*listed(inner.get("orderedItems")), *listed(inner.get("items"))]
    return items[:MOST_ITEMS]


def _on_host(found: str | None, address: str) -> str | None:
    return found if found and same_host(found, address) else None


def _posts(document: Packed) -> Thing | None:
    """Return a fetched post that is what its address says: its id is on the host that answered (safety 46)."""
    try:
        thing = _decoded(document)
    except FetchError:
        return None
    if type_of(thing) in {"Create", "Announce"} and isinstance(thing.get("object"), dict):
        thing = thing["object"]
    found = web_id(thing)
    return thing if found and same_host(found, document.address) else None


def _decoded(document: Packed) -> Thing:
    body = inflate(document.body) if document.encoding else document.body
    thing = decode(body)
    if thing is None:
        raise FetchError(Fault(FaultCode.NOT_A_FEED, "no JSON object"))
    return thing
