"""API tokens: what a program asks with in a member's name; shown once, kept as a hash, bounded by their scope."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.member import Actor, TokenScope
from aggregator.services.bearer import hash_of
from aggregator.services.rights import Right, require_member
from aggregator.store import members, tokens

if TYPE_CHECKING:
    from aggregator.model.ids import TokenId
    from aggregator.model.signing_in import ApiToken
    from aggregator.services.desk import Desk

PREFIX: Final = "bst_"
"""Begins every token, so that one that got into a file or a log can be searched for."""
LONGEST: Final = 200
LONGEST_NAME: Final = 100
MOST: Final = 25


def make_token(desk: Desk, actor: Actor, name: str, scope: str) -> str:
    """Make a token of the member who asks; gives the token, this once. Raises BadInputError, ConflictError."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        raise BadInputError(
            "name", f"1 to {LONGEST_NAME} printable characters are expected, such as “Reader on my phone”"
        )
    if scope not in set(TokenScope):
        raise BadInputError("scope", f"one of {', '.join(TokenScope)} is expected")
    token = PREFIX + secrets.token_urlsafe(32)
    with desk.database.write() as conn:
        if tokens.count_tokens(conn, member.id) >= MOST:
            raise ConflictError("token", f"you have {MOST}; take one back first")
        tokens.add_token(conn, member.id, hash_of(token), name=called, scope=TokenScope(scope), now=desk.clock.now())
    return token


def own_tokens(desk: Desk, actor: Actor) -> tuple[ApiToken, ...]:
    """Return the tokens of the member who asks, without the words themselves."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.read() as conn:
        return tokens.get_tokens(conn, member.id)


def revoke_token(desk: Desk, actor: Actor, token_id: TokenId) -> None:
    """Take a token back: it opens nothing from now on. Raises NotFoundError."""
    member = require_member(actor, Right.OWN_ACCOUNT)
    with desk.database.write() as conn:
        if not tokens.delete_token(conn, member.id, token_id):
            raise NotFoundError("token", token_id)


def actor_of_token(desk: Desk, token: str | None) -> Actor:
    """Say who a token speaks for: nobody where it is missing, unknown, taken back, or its member is suspended.

    Writes nothing. What the actor may do is bounded by the scope (services/rights.py).
    """
    with desk.database.read() as conn:
        nobody = Actor(member=None, group=members.instance_group(conn), role=None)
        if not token or len(token) > LONGEST or not token.startswith(PREFIX):
            return nobody
        found = tokens.find_token(conn, hash_of(token))
        if found is None:
            return nobody
        member, scope = found
        role = members.find_role(conn, nobody.group, member)
        if role is None:
            return nobody
        return replace(nobody, member=members.get_member(conn, member), role=role, scope=scope)
