"""Bundles: versions of ours, never changed once kept, and those of others that are followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.bundle import BundleVersion, FollowedBundle, FollowedId
from aggregator.model.feed import Validators
from aggregator.model.ids import OwnerId
from aggregator.store.bulk import Bulk
from aggregator.store.tables import bundle, bundle_version, followed_bundle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row

_VERSION = (
    bundle_version.c.name,
    bundle_version.c.number,
    bundle_version.c.identity,
    bundle_version.c.published,
    bundle_version.c.author,
    bundle_version.c.reason,
)
_VERSIONS = (
    select(*_VERSION)
    .where(bundle_version.c.owner == bindparam("owner"))
    .order_by(bundle_version.c.name, bundle_version.c.number.desc())
)
_DOCUMENT = select(bundle_version.c.document, bundle_version.c.content).where(
    bundle_version.c.owner == bindparam("owner"),
    bundle_version.c.name == bindparam("name"),
    bundle_version.c.number == bindparam("number"),
)
_PUBLIC = select(bundle.c.name).where(bundle.c.owner == bindparam("owner"), bundle.c.public)
_SET_PUBLIC = Bulk(
    "INSERT INTO bundle (owner, name, public) VALUES (?, ?, ?)"
    " ON CONFLICT (owner, name) DO UPDATE SET public = excluded.public"
)
_PLAIN = [each for each in followed_bundle.c if each.name not in {"agreed", "pending"}]
_FOLLOWED = select(*_PLAIN, followed_bundle.c.pending.is_not(None).label("waits")).order_by(followed_bundle.c.id)
_OF_OWNER = _FOLLOWED.where(followed_bundle.c.owner == bindparam("owner"))
_BY_ID = _FOLLOWED.where(followed_bundle.c.id == bindparam("id"))
_DUE = _FOLLOWED.where(followed_bundle.c.due <= bindparam("now")).limit(bindparam("limit"))
_DOCUMENTS = select(followed_bundle.c.agreed, followed_bundle.c.pending).where(followed_bundle.c.id == bindparam("id"))


def add_version(conn: Connection, owner: OwnerId, version: BundleVersion, *, content: str, document: bytes) -> None:
    """Keep a version that was handed out."""
    values = {
        "owner": owner,
        "name": version.name,
        "number": version.number,
        "identity": version.identity,
        "content": content,
        "published": version.published,
        "author": version.author,
        "reason": version.reason,
        "document": document,
    }
    conn.execute(insert(bundle_version), values)


def get_versions(conn: Connection, owner: OwnerId) -> tuple[BundleVersion, ...]:
    """Return all versions of an owner's bundles, by name, the newest first."""
    return tuple(BundleVersion(*row) for row in conn.execute(_VERSIONS, {"owner": owner}))


def get_version_document(conn: Connection, owner: OwnerId, name: str, number: int) -> tuple[bytes, str]:
    """Return a version as it was handed out, and the hash of what it says. Raises NotFoundError."""
    row = conn.execute(_DOCUMENT, {"owner": owner, "name": name, "number": number}).first()
    if row is None:
        raise NotFoundError("bundle", f"{name}@{number}")
    return bytes(row.document), row.content


def get_public_names(conn: Connection, owner: OwnerId) -> frozenset[str]:
    """Return the names of the bundles everybody may follow."""
    return frozenset(conn.execute(_PUBLIC, {"owner": owner}).scalars())


def set_public(conn: Connection, owner: OwnerId, name: str, *, public: bool) -> None:
    """Let everybody follow a bundle, or members alone."""
    _SET_PUBLIC.run(conn, [(owner, name, public)])


def add_followed(conn: Connection, owner: OwnerId, address: str, *, now: datetime) -> FollowedId:
    """Follow what is at an address, due at once. Raises ConflictError where that is so already."""
    if any(each.address == address for each in get_followed(conn, owner)):
        raise ConflictError("bundle", "it is followed already")
    made = conn.execute(
        insert(followed_bundle).returning(followed_bundle.c.id),
        {"owner": owner, "address": address, "due": now, "failures": 0},
    )
    return FollowedId(made.scalar_one())


def get_followed(conn: Connection, owner: OwnerId) -> tuple[FollowedBundle, ...]:
    """Return what an owner follows, in the order it came."""
    return tuple(map(_followed_of, conn.execute(_OF_OWNER, {"owner": owner})))


def get_followed_by_id(conn: Connection, followed_id: FollowedId) -> FollowedBundle:
    """Return a followed bundle. Raises NotFoundError."""
    row = conn.execute(_BY_ID, {"id": followed_id}).first()
    if row is None:
        raise NotFoundError("bundle", followed_id)
    return _followed_of(row)


def get_due(conn: Connection, now: datetime, *, limit: int) -> tuple[FollowedBundle, ...]:
    """Return what is to be looked at now."""
    return tuple(map(_followed_of, conn.execute(_DUE, {"now": now, "limit": limit})))


def get_documents(conn: Connection, followed_id: FollowedId) -> tuple[bytes | None, bytes | None]:
    """Return the document decided about last, and the one to decide about. Raises NotFoundError."""
    row = conn.execute(_DOCUMENTS, {"id": followed_id}).first()
    if row is None:
        raise NotFoundError("bundle", followed_id)
    return row.agreed, row.pending


def set_followed(conn: Connection, followed_id: FollowedId, values: Mapping[str, object]) -> None:
    """Write down what a look or a decision found: columns of the table and their values."""
    conn.execute(update(followed_bundle).where(followed_bundle.c.id == followed_id).values(**values))


def delete_followed(conn: Connection, followed_id: FollowedId) -> None:
    """Follow it no longer."""
    conn.execute(delete(followed_bundle).where(followed_bundle.c.id == followed_id))


def _followed_of(row: Row[*tuple[Any, ...]]) -> FollowedBundle:
    return FollowedBundle(
        id=FollowedId(row.id),
        owner=OwnerId(row.owner),
        address=row.address,
        title=row.title,
        publisher=row.publisher,
        name=row.name,
        number=row.number,
        identity=row.identity,
        validators=Validators(row.etag, row.last_modified),
        due=row.due,
        tried=row.tried,
        ok=row.ok,
        failures=row.failures,
        problem=row.problem,
        pending=bool(row.waits),
    )
