"""Members for tests: an instance set up by Ana, and whoever else is asked for."""

from __future__ import annotations

from aggregator.services import accounts, inviting, membership
from aggregator.services.signing_in import Visit

VISIT = Visit("192.0.2.1", "Firefox on Linux")
PASSWORD = "four words do well"


def set_up(desk):
    """Set the instance up; gives the steward."""
    link = accounts.make_link(desk)
    first = {"name": "Ana", "instance_name": "Ropeworks", "language": "en", "password": PASSWORD}
    return accounts.actor_of(desk, accounts.use_link(desk, link, **first))


def member(desk, steward, name, role, *, address=None):
    """Have somebody join with the password; gives who joined."""
    token = inviting.invite(desk, steward, role=role)
    visit = Visit(address or f"198.51.100.{len(membership.member_lines(desk, steward))}")
    session = inviting.join(desk, token, name=name, password=PASSWORD, language="en", visit=visit)
    return accounts.actor_of(desk, session)
