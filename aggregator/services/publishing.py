"""Rules published: a text as the next version of its rule, a copy, the rules we ship; each version is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

from aggregator.errors import BadInputError, ConflictError
from aggregator.services.current_model import model_told
from aggregator.services.editing import rule_page
from aggregator.services.ranking import document_of, ranked
from aggregator.services.rights import Right, require
from aggregator.services.versions import Origin, sign
from aggregator.store import lists, members
from aggregator.store import rules as stored
from rankers import parse_rule, published_rules

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import GroupId, VersionId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.desk import Desk
    from rankers import ModelName, RuleDocument

LONGEST_REASON = 1000
SHIPPED = "Shipped with Broadsheet."
OPERATOR = "the operator"
"""Who published what was published from the command line of an instance without members."""


def install_shipped(desk: Desk) -> tuple[RuleVersion, ...]:
    """Publish the shipped rules as rules of the instance's group; gives the versions that were new.

    Twice changes nothing; a shipped rule whose text moved on becomes a new version, unless the group has
    published its own since.
    """
    with desk.database.read() as conn:
        if not _unpublished(conn, members.instance_group(conn)):
            return ()
    now = desk.clock.now()
    with desk.database.write() as conn:  # looked at again: of two processes that start at once one publishes
        group = members.instance_group(conn)
        return tuple(
            _add(desk, conn, group, document_of(toml), author=None, reason=SHIPPED, now=now)
            for toml in _unpublished(conn, group)
        )


def publish(
    desk: Desk,
    actor: Actor,
    text: str,
    reason: str | None,
    *,
    rule: str | None = None,
    supersedes: VersionId | None = None,
    forked_from: str | None = None,
) -> RuleVersion:
    """Publish a text as the next version of the rule it names, or as a new rule.

    `rule`: the slug it has to name. `supersedes`: the version it was made from, which has to be the current one.
    `forked_from`: the id of the version it was copied from, for a copy.
    Raises RuleError where the text is no rule, ConflictError where it is what is published already, or where
    somebody published since `supersedes`.
    """
    require(actor, Right.PUBLISH_RULES)
    document = parse_rule(text)
    if rule is not None and document.id != rule:
        raise BadInputError("id", f'"{rule}" is expected; a rule under another id is a copy of it')
    reason = (reason or "").strip() or None
    if reason and len(reason) > LONGEST_REASON:
        raise BadInputError("reason", f"at most {LONGEST_REASON} characters are expected")
    author = actor.member.name if actor.member else OPERATOR
    with desk.database.write() as conn:
        held = stored.find_rule(conn, actor.group, document.id)
        if held and supersedes is not None and held.current != supersedes:
            raise ConflictError("rule", "somebody published another version of it meanwhile")
        if held and _is_current(conn, stored.get_version(conn, held.current), document):
            raise ConflictError("rule", "this text is its current version already")
        if held and forked_from:
            raise ConflictError("rule", f"there is one called {document.id} already; a copy needs a name of its own")
        version = _add(
            desk,
            conn,
            actor.group,
            document,
            author=author,
            reason=reason,
            now=desk.clock.now(),
            forked_from=forked_from,
        )
    _look_for_its_words(desk, version)
    return version


def fork(
    desk: Desk, actor: Actor, slug: str, new: str, *, title: str | None, reason: str | None, number: int | None = None
) -> RuleVersion:
    """Publish a copy of a rule's current version, or of version `number`, under another id; it names its origin.

    Raises NotFoundError, RuleError where `new` is no id, ConflictError where it is taken.
    """
    page = rule_page(desk, actor, slug, number)
    text = tomlkit.parse(page.version.toml)
    text["id"] = new
    text["title"] = title or page.version.title
    return publish(desk, actor, tomlkit.dumps(text), reason, forked_from=page.version.identity)


def _models(conn: Connection, document: RuleDocument) -> tuple[ModelName, ...]:
    """Name the model that gives what a rule reads of meaning, as things are now."""
    return tuple(told.model for told in model_told(conn)) if document.reads_models else ()


def _is_current(conn: Connection, current: RuleVersion, document: RuleDocument) -> bool:
    """Say whether a text is published as it stands; with another model it is worth another version."""
    return current.toml == document.toml and current.hash == document.hash_with(_models(conn, document))


def _unpublished(conn: Connection, group: GroupId) -> list[str]:
    """Give the shipped texts that are to be published: those new to the group where the last word was ours."""
    texts = []
    for slug, toml in published_rules().items():
        held = stored.find_rule(conn, group, slug)
        versions = stored.get_versions(conn, held.id) if held else ()
        if not versions or (versions[0].author is None and all(each.toml != toml for each in versions)):
            texts.append(toml)
    return texts


def _add(  # what a version is made of; all of it is signed
    desk: Desk,
    conn: Connection,
    group: GroupId,
    document: RuleDocument,
    *,
    author: str | None,
    reason: str | None,
    now: datetime,
    forked_from: str | None = None,
) -> RuleVersion:
    versions = stored.get_versions(conn, stored.make_rule(conn, group, document.id))
    signed = sign(
        desk.signing_key,
        document,
        number=versions[0].number + 1 if versions else 1,
        origin=Origin(versions[0].identity if versions else None, forked_from),
        published=now,
        author=author,
        reason=reason,
        models=_models(conn, document),
    )
    return stored.add_rule_version(
        conn,
        group,
        slug=document.id,
        hash=signed.rule_hash,
        title=document.title,
        plain=document.plain,
        toml=document.toml,
        author=author,
        reason=reason,
        now=now,
        number=signed.number,
        identity=signed.identity,
        envelope=signed.envelope,
    )


def _look_for_its_words(desk: Desk, version: RuleVersion) -> None:
    """Rank the lists of a rule once, so that its text patterns are looked for now and not on a reader's page."""
    if not document_of(version.toml).leaves:
        return
    with desk.database.read() as conn:
        for each in lists.get_lists(conn, members.instance_group(conn)):
            if each.rule_id == version.rule_id:
                ranked(desk, each, version, conn=conn)
