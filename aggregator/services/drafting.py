"""Drafts of rules: whoever may publish writes at their own, and nothing typed is refused or lost.

A draft remembers the version it was begun from. Where somebody published meanwhile it stays, and whoever wrote it
sees what changed and says that it goes on from there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.trying import Draft
from aggregator.services import editing, publishing
from aggregator.services.rights import Right, may, require, require_member
from aggregator.services.rule_cases import publish_if_they_hold
from aggregator.store import drafts
from aggregator.store import rules as stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.member import Actor
    from aggregator.model.readinglist import RuleVersion
    from aggregator.services.desk import Desk
    from rankers import Problem

LONGEST = 256 * 1024
"""Characters kept of a draft: four times what a rule may have, so that too long a text is told and not lost."""


@dataclass(frozen=True, slots=True)
class Desktop:
    """What an editor has before them: the rule as published, and their draft of it where there is one.

    `text` is the draft's, else the published one; `base` the version it was begun from. `others`: who else has a
    draft, and since when it stands as it is.
    """

    current: RuleVersion
    base: RuleVersion
    draft: Draft | None
    discarded: bool
    text: str
    problems: tuple[Problem, ...]
    others: tuple[tuple[str, datetime], ...]

    @property
    def behind(self) -> bool:
        """Whether somebody published since the draft was begun."""
        return self.base.id != self.current.id

    @property
    def changed(self) -> bool:
        """Whether the text is another than the published one."""
        return self.text != self.current.toml


def desktop(desk: Desk, actor: Actor, slug: str, *, text: str | None = None) -> Desktop:
    """Give a rule for trying a change. `text`: what was typed and is not kept. Raises NotFoundError."""
    require(actor, Right.TRY_RULES)
    with desk.database.read() as conn:
        current = _current(conn, actor, slug)
        held = others = None
        if actor.member and may(actor, Right.PUBLISH_RULES):
            held = drafts.find_draft(conn, actor.member.id, current.rule_id)
            others = drafts.get_other_drafts(conn, actor.member.id, current.rule_id)
        live = held if held and not held.discarded else None
        base = stored.get_version(conn, live.base) if live else current
    shown = text if text is not None else live.toml if live else current.toml
    return Desktop(
        current=current,
        base=base,
        draft=live,
        discarded=held is not None and held.discarded,
        text=shown,
        problems=editing.check_rule(shown).problems,
        others=others or (),
    )


def save(desk: Desk, actor: Actor, slug: str, text: str) -> None:
    """Keep a text as the actor's draft, whatever it says. Raises NotFoundError, BadInputError where it is too long."""
    member = require_member(actor, Right.PUBLISH_RULES)
    text = text.replace("\r\n", "\n").replace("\x00", "\ufffd")  # PostgreSQL holds no NUL
    if len(text) > LONGEST:
        raise BadInputError("text", f"at most {LONGEST} characters are kept")
    with desk.database.write() as conn:
        current = _current(conn, actor, slug)
        held = drafts.find_draft(conn, member.id, current.rule_id)
        live = held if held and not held.discarded else None
        before = live.toml if live else current.toml
        if text == before:
            return
        base = live.base if live else current.id
        new = Draft(member.id, current.rule_id, base, text, before, desk.clock.now(), discarded=False)
        drafts.set_draft(conn, new)


def discard(desk: Desk, actor: Actor, slug: str) -> None:
    """Put the draft aside; `undo` takes it back. Raises NotFoundError("draft")."""
    with _mine(desk, actor, slug) as (conn, held):
        if held.discarded:
            raise NotFoundError("draft", slug)
        drafts.set_draft(conn, replace(held, discarded=True))


def undo(desk: Desk, actor: Actor, slug: str) -> None:
    """Take back what was discarded, else the last change; twice is where one was. Raises NotFoundError("draft")."""
    with _mine(desk, actor, slug) as (conn, held):
        if held.discarded:
            drafts.set_draft(conn, replace(held, discarded=False))
        elif held.previous is not None:
            turned = replace(held, toml=held.previous, previous=held.toml, saved=desk.clock.now())
            drafts.set_draft(conn, turned)


def go_on_from_current(desk: Desk, actor: Actor, slug: str) -> None:
    """Say that the draft takes the place of what is published now: its author has seen what changed."""
    with _mine(desk, actor, slug) as (conn, held):
        drafts.set_base(conn, held.member, held.rule, _current(conn, actor, slug).id)


def publish_draft(desk: Desk, actor: Actor, slug: str, reason: str) -> RuleVersion:
    """Publish the actor's draft as the next version, with a reason; the draft is done with then.

    Raises BadInputError without a reason or where the text names another rule, RuleError where it is no rule,
    ConflictError where somebody published meanwhile or a test case of its own fails: the draft stays in each of these.
    """
    member = require_member(actor, Right.PUBLISH_RULES)
    found = desktop(desk, actor, slug)
    if found.draft is None:
        raise ConflictError("draft", "there is nothing to publish: the text is the published one")
    version = publish_if_they_hold(desk, actor, found.text, required(reason), rule=slug, base=found.base)
    with desk.database.write() as conn:
        held = drafts.find_draft(conn, member.id, version.rule_id)
        if held and held.toml == found.text:  # what was typed meanwhile stays
            drafts.delete_draft(conn, member.id, version.rule_id)
    return version


def publish_again(desk: Desk, actor: Actor, slug: str, number: int, reason: str) -> RuleVersion:
    """Publish the text of an older version as the next one: how a version is undone. Raises like publish."""
    require(actor, Right.PUBLISH_RULES)
    page = editing.rule_page(desk, actor, slug, number)
    return publishing.publish(
        desk, actor, page.version.toml, required(reason), rule=slug, supersedes=page.versions[0].id
    )


def to_copy(desk: Desk, actor: Actor, slug: str, number: int | None) -> editing.RulePage:
    """Give the version that a copy is to be made of, the current one for None. Raises NotFoundError."""
    require(actor, Right.PUBLISH_RULES)
    return editing.rule_page(desk, actor, slug, number)


def my_drafts(desk: Desk, actor: Actor) -> tuple[tuple[str, datetime], ...]:
    """Give the rules that the actor has a draft of, by slug, with when it was saved; none for who may not publish."""
    if actor.member is None or not may(actor, Right.PUBLISH_RULES):
        return ()
    with desk.database.read() as conn:
        return drafts.get_open_drafts(conn, actor.member.id, actor.group)


def required(reason: str) -> str:
    """Give a reason without the space around it. Raises BadInputError where there is none."""
    if not reason.strip():
        raise BadInputError("reason", "a sentence that says why; everybody reads it beside the version")
    return reason.strip()


def _current(conn: Connection, actor: Actor, slug: str) -> RuleVersion:
    return stored.get_version(conn, stored.get_rule(conn, actor.group, slug).current)


@contextmanager
def _mine(desk: Desk, actor: Actor, slug: str) -> Iterator[tuple[Connection, Draft]]:
    """Open a transaction with the actor's draft of a rule in it. Raises NotFoundError("draft")."""
    member = require_member(actor, Right.PUBLISH_RULES)
    with desk.database.write() as conn:
        held = drafts.find_draft(conn, member.id, stored.get_rule(conn, actor.group, slug).id)
        if held is None:
            raise NotFoundError("draft", slug)
        yield conn, held
