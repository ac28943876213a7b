"""Links that make members. Only hashes of their words are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update

from aggregator.model.ids import InvitationId, MemberId
from aggregator.model.member import Role
from aggregator.model.signing_in import Invitation
from aggregator.store.tables import invitation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_ALL = select(
    invitation.c.id,
    invitation.c.role,
    invitation.c.made_by,
    invitation.c.made,
    invitation.c.expires,
    invitation.c.uses_left,
)
_BY_HASH = _ALL.where(invitation.c.hash == bindparam("hash"))


def add_invitation(
    conn: Connection,
    hashed: bytes,
    *,
    role: Role,
    made_by: MemberId | None,
    made: datetime,
    expires: datetime,
    uses: int,
) -> InvitationId:
    """Keep an invitation."""
    row = {"hash": hashed, "role": role.value, "made_by": made_by, "made": made, "expires": expires, "uses_left": uses}
    return InvitationId(conn.execute(insert(invitation).returning(invitation.c.id), row).scalar_one())


def find_invitation(conn: Connection, hashed: bytes) -> Invitation | None:
    """Return an invitation by its word's hash, also where it is over or used up."""
    row = conn.execute(_BY_HASH, {"hash": hashed}).first()
    return _invitation(row) if row else None


def get_open(conn: Connection, *, now: datetime) -> tuple[Invitation, ...]:
    """Return the invitations somebody could still use, the last made first."""
    still = _ALL.where(invitation.c.expires > now, invitation.c.uses_left > 0).order_by(invitation.c.id.desc())
    return tuple(_invitation(row) for row in conn.execute(still))


def use_invitation(conn: Connection, invitation_id: InvitationId, *, now: datetime) -> bool:
    """Use an invitation once; of two at the same time only as many succeed as uses are left."""
    which = (invitation.c.id == invitation_id, invitation.c.uses_left > 0, invitation.c.expires > now)
    used = update(invitation).where(*which).values(uses_left=invitation.c.uses_left - 1)
    return conn.execute(used).rowcount == 1


def delete_invitation(conn: Connection, invitation_id: InvitationId) -> bool:
    """Take an invitation back; tells whether it was there."""
    return conn.execute(delete(invitation).where(invitation.c.id == invitation_id)).rowcount == 1


def delete_of(conn: Connection, member: MemberId) -> None:
    """Take back what a member invited by."""
    conn.execute(delete(invitation).where(invitation.c.made_by == member))


def _invitation(row: Row[*tuple[Any, ...]]) -> Invitation:
    return Invitation(
        id=InvitationId(row.id),
        role=Role(row.role),
        made_by=MemberId(row.made_by) if row.made_by is not None else None,
        made=row.made,
        expires=row.expires,
        uses_left=row.uses_left,
    )
