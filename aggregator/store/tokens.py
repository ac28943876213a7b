"""API tokens. Only hashes of them are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select

from aggregator.model.ids import MemberId, TokenId
from aggregator.model.member import TokenScope
from aggregator.model.signing_in import ApiToken
from aggregator.store.tables import api_token

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_OF = (
    select(api_token.c.id, api_token.c.name, api_token.c.scope, api_token.c.created)
    .where(api_token.c.member_id == bindparam("member"))
    .order_by(api_token.c.id)
)
_HELD = select(api_token.c.member_id, api_token.c.scope).where(api_token.c.hash == bindparam("hash"))


def add_token(
    conn: Connection, member: MemberId, hashed: bytes, *, name: str, scope: TokenScope, now: datetime
) -> TokenId:
    """Keep a token of a member."""
    row = {"member_id": member, "hash": hashed, "name": name, "scope": scope.value, "created": now}
    return TokenId(conn.execute(insert(api_token).returning(api_token.c.id), row).scalar_one())


def count_tokens(conn: Connection, member: MemberId) -> int:
    """Say how many tokens a member has."""
    return int(conn.execute(select(func.count()).where(api_token.c.member_id == member)).scalar_one())


def get_tokens(conn: Connection, member: MemberId) -> tuple[ApiToken, ...]:
    """Return a member's tokens, the first made first."""
    rows = conn.execute(_OF, {"member": member})
    return tuple(ApiToken(TokenId(row.id), row.name, TokenScope(row.scope), row.created) for row in rows)


def find_token(conn: Connection, hashed: bytes) -> tuple[MemberId, TokenScope] | None:
    """Return whose a token is and what it may be used for."""
    row = conn.execute(_HELD, {"hash": hashed}).first()
    return (MemberId(row.member_id), TokenScope(row.scope)) if row else None


def delete_token(conn: Connection, member: MemberId, token_id: TokenId) -> bool:
    """Forget a token of a member; tells whether it was there."""
    which = (api_token.c.id == token_id, api_token.c.member_id == member)
    return conn.execute(delete(api_token).where(*which)).rowcount == 1
