"""What each role may do: the one table, and the one check every use case begins with.

Public, and so without a check: the sample edition, `/up`, the page "What we don't record", static files.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from aggregator.errors import NotAllowedError, NotSignedInError
from aggregator.model.member import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregator.model.member import Actor, Member


class Right(StrEnum):
    """Something a person may do; the value completes "this needs the right to …"."""

    READ = "read lists, entries and sources"
    MARK = "mark entries"
    TRY_RULES = "try rules"
    EXPORT = "export the source list"
    REFRESH = "have sources fetched"
    CHANGE_SOURCES = "add, change and remove sources"
    IMPORT = "import source lists"
    PUBLISH_RULES = "publish rules"
    SEE_MEMBERS = "see the members"
    RUN_INSTANCE = "look after the instance"


_READER = frozenset({Right.READ, Right.MARK, Right.TRY_RULES, Right.EXPORT})
_EDITOR = _READER | {Right.REFRESH, Right.CHANGE_SOURCES, Right.IMPORT, Right.PUBLISH_RULES}
_STEWARD = _EDITOR | {Right.SEE_MEMBERS, Right.RUN_INSTANCE}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.READER: _READER,
    Role.EDITOR: _EDITOR,
    Role.STEWARD: _STEWARD,
}


def may(actor: Actor, right: Right) -> bool:
    """Say whether `actor` has `right`, for leaving out of a page what would be refused."""
    return actor.role is not None and right in RIGHTS[actor.role]


def require(actor: Actor, right: Right) -> None:
    """Pass whoever has `right`. Raises NotSignedInError for nobody, NotAllowedError for somebody without."""
    if may(actor, right):
        return
    if actor.member is None and actor.role is None:
        raise NotSignedInError(right)
    raise NotAllowedError(right)


def require_member(actor: Actor, right: Right) -> Member:
    """Like `require`, for what one person does (marks): the operator without a member is nobody here."""
    require(actor, right)
    if actor.member is None:
        raise NotSignedInError(right)
    return actor.member
