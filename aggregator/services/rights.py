"""What each role may do: the one table, and the one check every use case begins with.

Public, and so without a check: the sample edition, `/up`, the page "What we don't record", static files, and what the
rules of public lists do with a source.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from aggregator.errors import NotAllowedError, NotSignedInError
from aggregator.model.member import Role, TokenScope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregator.model.member import Actor, Member


class Right(StrEnum):
    """Something a person may do; the value completes "this needs the right to …"."""

    READ = "read lists, entries and sources"
    MARK = "mark entries"
    OWN_LISTS = "keep lists of one's own"
    TRY_RULES = "try rules"
    OBJECT = "object to how a source is treated"
    ANSWER = "answer objections"
    EXPORT = "export the source list"
    REFRESH = "have sources fetched"
    CHANGE_SOURCES = "add, change and remove sources"
    IMPORT = "import source lists"
    CHANGE_LISTS = "make, change and remove lists"
    PUBLISH_RULES = "publish rules"
    PUBLISH_BUNDLES = "publish and follow bundles"
    OWN_ACCOUNT = "look after one's own account"
    SHARE_LISTS = "let everybody follow lists"
    SEE_MEMBERS = "see the members"
    MANAGE_MEMBERS = "invite, change and remove members"
    RUN_INSTANCE = "look after the instance"


_READER = frozenset(
    {Right.READ, Right.MARK, Right.OWN_LISTS, Right.TRY_RULES, Right.OBJECT, Right.EXPORT, Right.OWN_ACCOUNT}
)
_EDITOR = _READER | {
    Right.REFRESH,
    Right.CHANGE_SOURCES,
    Right.IMPORT,
    Right.CHANGE_LISTS,
    Right.PUBLISH_RULES,
    Right.PUBLISH_BUNDLES,
    Right.ANSWER,
}
_STEWARD = _EDITOR | {Right.SHARE_LISTS, Right.SEE_MEMBERS, Right.MANAGE_MEMBERS, Right.RUN_INSTANCE}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.READER: _READER,
    Role.EDITOR: _EDITOR,
    Role.STEWARD: _STEWARD,
}

SCOPES: Mapping[TokenScope, frozenset[Right]] = {
    # What a token may be used for at most, whatever its member may do: nobody's way in is changed by a program.
    TokenScope.READ: frozenset({Right.READ, Right.TRY_RULES, Right.EXPORT}),
    TokenScope.WRITE: frozenset(Right) - {Right.OWN_ACCOUNT, Right.MANAGE_MEMBERS, Right.RUN_INSTANCE},
}


def may(actor: Actor, right: Right) -> bool:
    """Say whether `actor` has `right`, for leaving out of a page what would be refused."""
    if actor.role is None or right not in RIGHTS[actor.role]:
        return False
    return actor.scope is None or right in SCOPES[actor.scope]


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
