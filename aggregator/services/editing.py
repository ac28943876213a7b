"""Rules: read them in plain words, check a text, publish a version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import tomlkit

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.services.current_model import model_told
from aggregator.services.ranked import sentences_of
from aggregator.services.ranking import document_of, ranked
from aggregator.services.rights import Right, require
from aggregator.services.versions import Origin, sign
from aggregator.store import lists, members
from aggregator.store import rules as stored
from rankers import RuleError, diff_rules, make_statement, parse_rule, published_rules

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import GroupId, VersionId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Diff, ModelName, Problem, RuleDocument, Section

LONGEST_REASON = 1000
SHIPPED = "Shipped with Broadsheet."
OPERATOR = "the operator"
"""Who published what was published from the command line of an instance without members."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a rule in plain words.

    `part` is "score", "filter", "arrange" or "finish"; `points` and `share` (per mille of the rule's budget)
    are 0 for all but "score". `sentence` says what it does ("half as much every 24 hours"), `why` is the author's.
    """

    part: str
    id: str
    signal: str | None
    points: int
    share: int
    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """One version of a rule: its text, its lines in plain words, and its history, newest first.

    `hash_here`: its hash with the model that counts here now; the version has that of when it was published.
    """

    version: RuleVersion
    document: RuleDocument
    lines: tuple[RuleLine, ...]
    budget: int
    versions: tuple[RuleVersion, ...]
    current: bool
    hash_here: str


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What checking a rule's text found: a document, or problems with line and column."""

    document: RuleDocument | None
    problems: tuple[Problem, ...]


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


def rules(desk: Desk, actor: Actor) -> tuple[RuleVersion, ...]:
    """Give the current version of every rule of the instance's group, by title."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return stored.get_current_versions(conn, actor.group)


def rule_page(desk: Desk, actor: Actor, slug: str, number: int | None = None, *, language: str = "en") -> RulePage:
    """Give one rule, its current version or the one named by `number`; everybody is not told who published it.

    Raises NotFoundError.
    """
    require(actor, Right.READ)
    with desk.database.read() as conn:
        versions = stored.get_versions(conn, stored.get_rule(conn, actor.group, slug).id)
        model = tuple(told.model for told in model_told(conn))
    if actor.only is not None:
        versions = tuple(replace(each, author=None) for each in versions)
    version = versions[0] if number is None else next((each for each in versions if each.number == number), None)
    if version is None:
        raise NotFoundError("rule version", number)
    document = document_of(version.toml)
    return RulePage(
        version=version,
        document=document,
        lines=_lines(version.toml, language),
        budget=document.budget,
        versions=versions,
        current=version is versions[0],
        hash_here=document.hash_with(model if document.reads_models else ()),
    )


def find_version(desk: Desk, actor: Actor, name: str) -> RuleVersion:
    """Give a version by name: `many-voices` is the current one, `many-voices@2` the second. Raises NotFoundError."""
    slug, _, number = name.partition("@")
    if number and not number.isdecimal():
        raise NotFoundError("rule version", name)
    return rule_page(desk, actor, slug, int(number) if number else None).version


def changes(before: RuleVersion, after: RuleVersion, *, language: str = "en") -> Diff:
    """Say what differs between two versions, what moves entries first."""
    return diff_rules(document_of(before.toml), document_of(after.toml), sentences_of(language))


def changes_to(before: RuleVersion, after: RuleDocument, *, language: str = "en") -> Diff:
    """Say what a text that is not published changes from a version."""
    return diff_rules(document_of(before.toml), after, sentences_of(language))


def statement(desk: Desk, actor: Actor, version: RuleVersion, *, language: str = "en") -> tuple[Section, ...]:
    """Say a whole rule in plain words, made from the rule itself, with the model that counts here by name."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        models = model_told(conn)
    return make_statement(document_of(version.toml), sentences_of(language), models=models)


def rule_lines(version: RuleVersion, *, language: str = "en") -> tuple[RuleLine, ...]:
    """Say the lines of a version in words. Public: it looks at nothing but the version's own text."""
    return _lines(version.toml, language)


def check_rule(text: str, *, file: str = "rule.toml") -> RuleCheck:
    """Parse a rule's text without keeping anything."""
    try:
        return RuleCheck(parse_rule(text, file=file), ())
    except RuleError as fault:
        return RuleCheck(None, fault.problems)


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


@lru_cache(maxsize=256)
def _lines(toml: str, language: str) -> tuple[RuleLine, ...]:
    """Say each line of a rule in words; a text always says the same."""
    document, words = document_of(toml), sentences_of(language)
    scores = (
        RuleLine(
            part="score",
            id=term.id,
            signal=term.signal.name if term.signal else None,
            points=term.points,
            share=round(1000 * abs(term.points) / document.budget) if document.budget else 0,
            sentence=words.curve(term),
            why=term.why,
        )
        for term in document.scores
    )
    filters = (
        RuleLine("filter", each.id, None, 0, 0, words.test(each.leave_out), each.why) for each in document.filters
    )
    steps = (RuleLine("arrange", each.name, None, 0, 0, words.step(each), each.why) for each in document.arrange)
    finish = RuleLine("finish", "finish", None, 0, 0, words.finish(document.length), "")
    return (*scores, *filters, *steps, finish)
