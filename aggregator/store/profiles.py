"""What is known of a member beside the name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from aggregator.model.ids import MemberId
from aggregator.model.signing_in import Profile
from aggregator.store.tables import profile

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_PROFILES = select(
    profile.c.member_id,
    profile.c.joined,
    profile.c.invited_by,
    profile.c.suspended,
    profile.c.removed,
)
_OF = _PROFILES.where(profile.c.member_id == bindparam("member"))
_NAMED = select(profile.c.member_id).where(profile.c.name_key == bindparam("name_key"))


def add_profile(
    conn: Connection, member: MemberId, *, name_key: str, joined: datetime, invited_by: MemberId | None = None
) -> None:
    """Write down when a member came and who invited; the key of a name is had once, see find_named."""
    row = {"member_id": member, "name_key": name_key, "joined": joined, "invited_by": invited_by}
    conn.execute(profile.insert(), row)


def find_named(conn: Connection, name_key: str) -> MemberId | None:
    """Return the member whose name has this key."""
    found = conn.execute(_NAMED, {"name_key": name_key}).scalar()
    return MemberId(found) if found is not None else None


def find_profile(conn: Connection, member: MemberId) -> Profile | None:
    """Return the profile of a member."""
    row = conn.execute(_OF, {"member": member}).first()
    return _profile(row) if row else None


def get_profiles(conn: Connection) -> dict[MemberId, Profile]:
    """Return all profiles."""
    return {MemberId(row.member_id): _profile(row) for row in conn.execute(_PROFILES)}


def set_name_key(conn: Connection, member: MemberId, name_key: str) -> None:
    """Change the key of a member's name."""
    conn.execute(update(profile).where(profile.c.member_id == member).values(name_key=name_key))


def set_theme(conn: Connection, member: MemberId, theme: str | None) -> None:
    """Change the colours of the pages for a member."""
    conn.execute(update(profile).where(profile.c.member_id == member).values(theme=theme))


def set_suspended(conn: Connection, member: MemberId, at: datetime | None) -> None:
    """Suspend a member, or no longer."""
    conn.execute(update(profile).where(profile.c.member_id == member).values(suspended=at))


def set_removed(conn: Connection, member: MemberId, at: datetime | None) -> None:
    """Mark a member as removed, or no longer."""
    conn.execute(update(profile).where(profile.c.member_id == member).values(removed=at))


def removed_before(conn: Connection, before: datetime) -> tuple[MemberId, ...]:
    """Return whom to forget: removed earlier than `before`."""
    rows = conn.execute(select(profile.c.member_id).where(profile.c.removed < before)).scalars()
    return tuple(MemberId(row) for row in rows)


def _profile(row: Row[*tuple[Any, ...]]) -> Profile:
    return Profile(
        member=MemberId(row.member_id),
        joined=row.joined,
        invited_by=MemberId(row.invited_by) if row.invited_by is not None else None,
        suspended=row.suspended,
        removed=row.removed,
    )
