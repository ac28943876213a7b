"""Rules: chains of versions under one name. A version is never changed; the newest is the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from aggregator.errors import NotFoundError
from aggregator.model.ids import OwnerId, RuleId, VersionId
from aggregator.model.readinglist import Rule, RuleVersion
from aggregator.store.bulk import Bulk
from aggregator.store.remembering import recall
from aggregator.store.tables import rule, rule_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_CURRENT = (
    select(func.max(rule_version.c.id)).where(rule_version.c.rule_id == rule.c.id).correlate(rule).scalar_subquery()
)
_ALL_TEXTS = select(rule_version.c.toml).distinct()
_RULES = (
    select(rule.c.id, rule.c.owner, rule.c.slug, _CURRENT.label("current"))
    .where(rule.c.owner == bindparam("owner"))
    .order_by(rule.c.id)
)
_BY_SLUG = _RULES.where(rule.c.slug == bindparam("slug"))
_PLAIN = [column for column in rule_version.c if column.name != "envelope"]
_VERSIONS = select(*_PLAIN, rule.c.slug).join_from(rule_version, rule).order_by(rule_version.c.number.desc())
_VERSION = _VERSIONS.where(rule_version.c.id == bindparam("id"))
_VERSIONS_OF = _VERSIONS.where(rule_version.c.rule_id == bindparam("rule_id"))
_BY_IDS = _VERSIONS.where(rule_version.c.id.in_(bindparam("ids", expanding=True)))
_CURRENT_IDS = select(_CURRENT).where(rule.c.owner == bindparam("owner"))
_ENVELOPE = select(rule_version.c.envelope).where(rule_version.c.id == bindparam("id"))
_HOLD = select(rule.c.id).where(rule.c.owner == bindparam("owner"), rule.c.slug == bindparam("slug")).with_for_update()
_ADD_RULE = Bulk("INSERT INTO rule (owner, slug) VALUES (?, ?) ON CONFLICT (owner, slug) DO NOTHING")


def add_rule_version(
    conn: Connection,
    owner: OwnerId,
    *,
    slug: str,
    hash: str,  # noqa: A002  # the word of the whole house for it
    title: str,
    plain: str,
    toml: str,
    author: str | None,
    reason: str | None,
    now: datetime,
    number: int,
    identity: str,
    envelope: str,
) -> RuleVersion:
    """Publish a version of a rule, which becomes its current one; makes the rule where it is the first.

    `identity` and `envelope` are what the publisher signed (services/versions.py), and `number` is part of that.
    """
    rule_id = make_rule(conn, owner, slug)
    values = {
        "rule_id": rule_id,
        "number": number,
        "hash": hash,
        "title": title,
        "plain": plain,
        "toml": toml,
        "author": author,
        "reason": reason,
        "published": now,
        "identity": identity,
        "envelope": envelope,
    }
    version_id = conn.execute(insert(rule_version).returning(rule_version.c.id), values).scalar_one()
    return get_version(conn, VersionId(version_id))


def make_rule(conn: Connection, owner: OwnerId, slug: str) -> RuleId:
    """Return the rule of this name, made where it is missing; who publishes holds its row until the end."""
    _ADD_RULE.run(conn, [(owner, slug)])
    return RuleId(conn.execute(_HOLD, {"owner": owner, "slug": slug}).scalar_one())


def get_envelope(conn: Connection, version_id: VersionId) -> str:
    """Return what the publisher of a version signed, with the signature, as JSON. Raises NotFoundError."""
    found: str | None = conn.execute(_ENVELOPE, {"id": version_id}).scalar()
    if found is None:
        raise NotFoundError("rule version", version_id)
    return found


def get_version(conn: Connection, version_id: VersionId) -> RuleVersion:
    """Return a version. Raises NotFoundError."""
    row = conn.execute(_VERSION, {"id": version_id}).first()
    if row is None:
        raise NotFoundError("rule version", version_id)
    return _version_of(row)


def get_versions(conn: Connection, rule_id: RuleId) -> tuple[RuleVersion, ...]:
    """Return all versions of a rule, the newest first."""
    return tuple(map(_version_of, conn.execute(_VERSIONS_OF, {"rule_id": rule_id})))


def get_current_versions(conn: Connection, owner: OwnerId) -> tuple[RuleVersion, ...]:
    """Return the current version of each of an owner's rules, by title."""

    def load(ids: Sequence[int]) -> dict[int, RuleVersion]:
        return {row.id: _version_of(row) for row in conn.execute(_BY_IDS, {"ids": ids})}

    ids = [found for found in conn.execute(_CURRENT_IDS, {"owner": owner}).scalars() if found is not None]
    found = recall(conn, "rule version", ids, load)
    return tuple(sorted(found.values(), key=lambda version: (version.title, version.slug)))


def get_all_texts(conn: Connection) -> tuple[str, ...]:
    """Return the texts of all versions of all rules, each text once."""
    return tuple(conn.execute(_ALL_TEXTS).scalars())


def find_rule(conn: Connection, owner: OwnerId, slug: str) -> Rule | None:
    """Return an owner's rule by its name."""
    row = conn.execute(_BY_SLUG, {"owner": owner, "slug": slug}).first()
    return _rule_of(row) if row else None


def get_rule(conn: Connection, owner: OwnerId, slug: str) -> Rule:
    """Return an owner's rule by its name. Raises NotFoundError."""
    found = find_rule(conn, owner, slug)
    if found is None:
        raise NotFoundError("rule", slug)
    return found


def _rule_of(row: Row[*tuple[Any, ...]]) -> Rule:
    return Rule(RuleId(row.id), OwnerId(row.owner), row.slug, VersionId(row.current))


def _version_of(row: Row[*tuple[Any, ...]]) -> RuleVersion:
    return RuleVersion(
        id=VersionId(row.id),
        rule_id=RuleId(row.rule_id),
        slug=row.slug,
        number=row.number,
        hash=row.hash,
        title=row.title,
        plain=row.plain,
        toml=row.toml,
        author=row.author,
        reason=row.reason,
        published=row.published,
        identity=row.identity,
    )
