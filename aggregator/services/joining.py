"""How a member comes to be: under a name nobody else can be taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, ConflictError
from aggregator.store import members, profiles
from aggregator.text.names import clean_name, name_key, trouble_with

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import MemberId
    from aggregator.model.member import Role


def good_name(conn: Connection, text: str | None, *, but_for: MemberId | None = None) -> str:
    """Return a name that can be had, cleaned; `but_for` may keep a name like the own one.

    Raises BadInputError for what is no name, ConflictError where a member's name looks like it.
    """
    name = clean_name((text or "")[:1000])
    trouble = trouble_with(name)
    if trouble:
        raise BadInputError("name", trouble)
    if profiles.find_named(conn, name_key(name)) not in {None, but_for}:
        raise ConflictError("name", "a member has this name, or one that looks like it; take another")
    return name


def add_member(  # what a member is made of
    conn: Connection,
    *,
    name: str | None,
    language: str | None,
    role: Role,
    now: datetime,
    invited_by: MemberId | None = None,
) -> MemberId:
    """Make a member in the instance's group. Raises as good_name does."""
    good = good_name(conn, name)
    member = members.add_member(conn, name=good, language=language)
    profiles.add_profile(conn, member, name_key=name_key(good), joined=now, invited_by=invited_by)
    members.set_role(conn, members.instance_group(conn), member, role)
    return member
