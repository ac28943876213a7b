"""Drafts of rules: one a member and rule, kept until it is published; what was discarded can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from aggregator.model.ids import MemberId, OwnerId, RuleId, VersionId
from aggregator.model.trying import Draft
from aggregator.store.bulk import Bulk
from aggregator.store.columns import to_microseconds
from aggregator.store.tables import draft, member, rule

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_MINE = (draft.c.member_id == bindparam("of_member"), draft.c.rule_id == bindparam("of_rule"))
_DRAFT = select(draft).where(*_MINE)
_OTHERS = (
    select(member.c.name, draft.c.saved)
    .join_from(draft, member)
    .where(draft.c.rule_id == bindparam("of_rule"), draft.c.member_id != bindparam("of_member"), ~draft.c.discarded)
    .order_by(draft.c.saved.desc())
    .limit(10)
)
_OPEN = (
    select(rule.c.slug, draft.c.saved)
    .join_from(draft, rule)
    .where(draft.c.member_id == bindparam("of_member"), rule.c.owner == bindparam("owner"), ~draft.c.discarded)
    .order_by(draft.c.saved.desc())
)
_SET = Bulk(
    "INSERT INTO draft (member_id, rule_id, base_id, toml, previous, saved, discarded)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (member_id, rule_id) DO UPDATE SET base_id = excluded.base_id,"
    " toml = excluded.toml, previous = excluded.previous, saved = excluded.saved, discarded = excluded.discarded"
)


def find_draft(conn: Connection, member_id: MemberId, rule_id: RuleId) -> Draft | None:
    """Return a member's draft of a rule, a discarded one too."""
    row = conn.execute(_DRAFT, {"of_member": member_id, "of_rule": rule_id}).first()
    return _draft_of(row) if row else None


def set_draft(conn: Connection, new: Draft) -> None:
    """Write a draft in the place of the one before."""
    _SET.run(
        conn,
        [(new.member, new.rule, new.base, new.toml, new.previous, to_microseconds(new.saved), new.discarded)],
    )


def set_base(conn: Connection, member_id: MemberId, rule_id: RuleId, base: VersionId) -> None:
    """Say that a draft goes on from another version."""
    mine = {"of_member": member_id, "of_rule": rule_id}
    conn.execute(update(draft).where(*_MINE).values(base_id=base), mine)


def delete_draft(conn: Connection, member_id: MemberId, rule_id: RuleId) -> None:
    """Take a draft away for good: it was published."""
    conn.execute(delete(draft).where(*_MINE), {"of_member": member_id, "of_rule": rule_id})


def get_other_drafts(conn: Connection, member_id: MemberId, rule_id: RuleId) -> tuple[tuple[str, datetime], ...]:
    """Return who else has a draft of a rule, and since when it is as it is, the newest first; at most ten."""
    rows = conn.execute(_OTHERS, {"of_member": member_id, "of_rule": rule_id})
    return tuple((row.name, row.saved) for row in rows)


def get_open_drafts(conn: Connection, member_id: MemberId, owner: OwnerId) -> tuple[tuple[str, datetime], ...]:
    """Return the slugs of the rules that a member has a draft of, the newest first."""
    rows = conn.execute(_OPEN, {"of_member": member_id, "owner": owner})
    return tuple((row.slug, row.saved) for row in rows)


def _draft_of(row: Row[*tuple[Any, ...]]) -> Draft:
    return Draft(
        member=MemberId(OwnerId(row.member_id)),
        rule=RuleId(row.rule_id),
        base=VersionId(row.base_id),
        toml=row.toml,
        previous=row.previous,
        saved=row.saved,
        discarded=row.discarded,
    )
