"""Our bundles: the group's selection with its rules as signed versions, each naming the one before; and taking one in.

A version that was handed out is kept and never changed. Feeds with secret addresses stay out and are counted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.errors import BadDocumentError, BadInputError, NotFoundError
from aggregator.model.bundle import BundleHead, BundleVersion, ChangeKind
from aggregator.services import importing, undoing
from aggregator.services.bundle_changes import Side, compare
from aggregator.services.bundle_proof import check_bundle, identity_of, publisher_of, sign_form
from aggregator.services.bundle_selection import Selection, selection
from aggregator.services.publishing import OPERATOR
from aggregator.services.rights import Right, may, require
from aggregator.services.undoing import Touched
from aggregator.sources.bundle import is_name, read_bundle
from aggregator.sources.bundleout import write_bundle
from aggregator.sources.identity import canonical_address
from aggregator.sources.opmlout import write_opml
from aggregator.store import bundles as stored
from aggregator.store import folders as shelves
from aggregator.store import members, subscriptions
from aggregator.text.paths import holds_any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.bundle import BundleChange, BundleDocument
    from aggregator.model.ids import FeedId, JobId, OwnerId
    from aggregator.model.member import Actor
    from aggregator.model.subscription import OpmlFeed
    from aggregator.services.desk import Desk

LONGEST_REASON = 1000
LONGEST_LICENCE = 300


@dataclass(frozen=True, slots=True)
class OwnBundle:
    """A bundle of ours: its versions, the newest first, and whether everybody may follow it."""

    name: str
    public: bool
    versions: tuple[BundleVersion, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a bundle in would change. `problem`: why it does not hold as signed; "" where nobody signed it."""

    document: BundleDocument
    identity: str
    problem: str | None
    changes: tuple[BundleChange, ...]


def own_bundles(desk: Desk, actor: Actor) -> tuple[OwnBundle, ...]:
    """Give the group's bundles by name."""
    require(actor, Right.EXPORT)
    with desk.database.read() as conn:
        versions = stored.get_versions(conn, actor.group)
        public = stored.get_public_names(conn, actor.group)
    names = dict.fromkeys(each.name for each in versions)
    return tuple(
        OwnBundle(name, name in public, tuple(each for each in versions if each.name == name)) for name in names
    )


def publish_bundle(
    desk: Desk, actor: Actor, name: str, reason: str | None, *, licence: str | None = None
) -> BundleVersion:
    """Hand out the selection as the next version of a bundle; the newest one where nothing changed since.

    Raises BadInputError for a name that cannot be one, or a text that is too long.
    """
    require(actor, Right.PUBLISH_BUNDLES)
    if not is_name(name):
        raise BadInputError("name", "up to 40 small letters, digits and hyphens are expected")
    reason, licence = _line("reason", reason, LONGEST_REASON), _line("licence", licence, LONGEST_LICENCE)
    chosen = selection(desk, actor.group)
    now = desk.clock.now()
    with desk.database.write() as conn:
        newest = next((each for each in stored.get_versions(conn, actor.group) if each.name == name), None)
        head = _head(desk, name, newest, now=now, reason=reason, licence=licence, left_out=chosen.left_out)
        content = _content(head, chosen)
        if newest and stored.get_version_document(conn, actor.group, name, newest.number)[1] == content:
            return newest
        unsigned = _written(desk.address, head, chosen)
        form = read_bundle(unsigned).form
        document = _written(desk.address, replace(head, signature=sign_form(desk.signing_key, form)), chosen)
        author = actor.member.name if actor.member else OPERATOR
        version = BundleVersion(name, head.number, identity_of(form), now, author, reason)
        stored.add_version(conn, actor.group, version, content=content, document=document)
    return version


def bundle_file(desk: Desk, actor: Actor, name: str, number: int | None = None) -> bytes:
    """Give a version as it was handed out, None: the newest; to everybody where a steward said so.

    Raises NotFoundError, and NotSignedInError or NotAllowedError where it is not for them.
    """
    newest = bundle_versions(desk, actor, name)[0].number
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        return stored.get_version_document(conn, group, name, newest if number is None else number)[0]


def bundle_versions(desk: Desk, actor: Actor, name: str) -> tuple[BundleVersion, ...]:
    """Give the versions of a bundle, the newest first; to everybody where a steward said so.

    Raises NotFoundError, and NotSignedInError or NotAllowedError where it is not for them.
    """
    with desk.database.read() as conn:
        group = members.instance_group(conn)
        if not may(actor, Right.EXPORT) and name not in stored.get_public_names(conn, group):
            require(actor, Right.EXPORT)
        versions = tuple(each for each in stored.get_versions(conn, group) if each.name == name)
    if not versions:
        raise NotFoundError("bundle", name)
    return versions


def set_public(desk: Desk, actor: Actor, name: str, *, public: bool) -> None:
    """Let everybody follow a bundle of ours, or members alone. Raises NotFoundError."""
    require(actor, Right.SHARE_LISTS)
    with desk.database.write() as conn:
        if name not in {each.name for each in stored.get_versions(conn, actor.group)}:
            raise NotFoundError("bundle", name)
        stored.set_public(conn, actor.group, name, public=public)


def preview(desk: Desk, actor: Actor, data: bytes) -> Taken:
    """Say what following a bundle fully would change here, writing nothing. Raises BadDocumentError."""
    require(actor, Right.IMPORT)
    found = check_bundle(data)
    if found.document is None:
        raise BadDocumentError("the bundle", found.problem or "it cannot be read")
    held = selection(desk, actor.group)
    rules, lists = ((), ()) if found.problem else (found.document.rules, found.document.lists)
    named, listed = {rule.id for rule in rules}, {each.id for each in lists}
    # Rules and lists of ours that it does not have are not the bundle's to take away, nor feeds nobody else can fetch.
    own_rules = tuple(each for each in held.rules if each.id in named)
    own_lists = tuple(each for each in held.lists if each.id in listed)
    changes = compare(Side(held.feeds, own_rules, own_lists), Side(found.document.opml.feeds, rules, lists))
    return Taken(found.document, found.identity, found.problem if found.document.head else "", changes)


def take_in(desk: Desk, actor: Actor, name: str, data: bytes, *, full: bool) -> JobId:
    """Import a bundle: what it has and we have not, and with `full` also what it took away, renamed and refiled.

    What is added is a job that can be watched and undone. Raises BadDocumentError where the file is none, or where
    it names a signer and does not hold.
    """
    found = preview(desk, actor, data)
    if found.problem:
        raise BadDocumentError("the bundle", found.problem)
    wanted = found.changes if full else tuple(each for each in found.changes if each.kind is ChangeKind.ADDED)
    return apply_changes(desk, actor, name, found.document, wanted, whole=full)


def apply_changes(
    desk: Desk,
    actor: Actor,
    name: str,
    document: BundleDocument,
    changes: Collection[BundleChange],
    *,
    whole: bool = False,
) -> JobId:
    """Do these changes of feeds; rules and lists are copied one by one (bundle_copying.py). For whoever may import."""
    require(actor, Right.IMPORT)
    if any(each.kind is not ChangeKind.ADDED for each in changes):
        require(actor, Right.CHANGE_SOURCES)
    wanted = {feed.address: feed for feed in document.opml.feeds}
    added = [wanted[each.key] for each in changes if each.kind is ChangeKind.ADDED and each.key in wanted]
    # In the order of the bundle; with `whole` folders without feeds come along.
    used = {path for feed in added for path in feed.folders}
    folders = [each for each in document.opml.folders if whole or holds_any(each.path, used)]
    file = write_opml(document.opml.title or name, folders, added)
    now = desk.clock.now()
    with desk.database.write() as conn:
        held = shelves.get_paths(conn, actor.group)
        touched = _touch(conn, actor.group, [each for each in changes if each.kind is not ChangeKind.ADDED], wanted)
        job = importing.add_import(conn, actor.group, name, file, now=now, held=held, touched=touched)
    desk.ask.wake()
    return job


def _touch(
    conn: Connection, owner: OwnerId, changes: Collection[BundleChange], wanted: Mapping[str, OpmlFeed]
) -> tuple[Touched, ...]:
    """Change what is there already; gives what each tie was and is, for taking it back."""
    there = {canonical_address(each.feed.address): each.feed.id for each in subscriptions.get_subscribed(conn, owner)}
    by_feed: dict[FeedId, list[BundleChange]] = {}
    for change in changes:
        if (feed_id := there.get(canonical_address(change.key))) is not None:
            by_feed.setdefault(feed_id, []).append(change)
    if not by_feed:
        return ()
    before = undoing.ties_of(conn, owner)
    for feed_id, its in by_feed.items():
        for change in its:
            _apply(conn, owner, feed_id, change, wanted.get(change.key))
    after = undoing.ties_of(conn, owner)
    return tuple(Touched(feed_id, before[feed_id], after.get(feed_id)) for feed_id in by_feed)


def _apply(conn: Connection, owner: OwnerId, feed_id: FeedId, change: BundleChange, wanted: OpmlFeed | None) -> None:
    if change.kind is ChangeKind.REMOVED:
        importing.unsubscribe(conn, owner, feed_id)
    elif wanted is not None and change.kind is ChangeKind.REFILED:
        subscriptions.file_under(conn, owner, feed_id, wanted.folders)
    elif wanted is not None:
        own = subscriptions.get_subscription(conn, owner, feed_id)
        title = wanted.title if change.kind is ChangeKind.RENAMED else own.title
        why = wanted.why if change.kind is ChangeKind.REASON else own.why
        subscriptions.set_subscription(conn, owner, feed_id, title=title, why=why)


def _head(
    desk: Desk,
    name: str,
    newest: BundleVersion | None,
    *,
    now: datetime,
    reason: str | None,
    licence: str | None,
    left_out: int,
) -> BundleHead:
    return BundleHead(
        name=name,
        number=newest.number + 1 if newest else 1,
        previous=newest.identity if newest else None,
        published=now.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        publisher=publisher_of(desk.signing_key),
        reason=reason,
        licence=licence,
        left_out=left_out,
    )


def _content(head: BundleHead, chosen: Selection) -> str:
    """Hash what a version says, whatever its place in the chain."""
    blank = replace(head, number=1, previous=None, published="1970-01-01T00:00:00Z", reason=None)
    written = _written("", blank, chosen)
    return hashlib.sha256(written).hexdigest()


def _written(address: str, head: BundleHead, chosen: Selection) -> bytes:
    return write_bundle(
        head,
        title=chosen.title,
        owner=address,
        folders=chosen.folders,
        feeds=chosen.feeds,
        rules=chosen.rules,
        lists=chosen.lists,
    )


def _line(part: str, text: str | None, longest: int) -> str | None:
    line = " ".join((text or "").split())
    if len(line) > longest:
        raise BadInputError(part, f"at most {longest} characters are expected")
    return line or None
