"""How this instance behaves towards publishers, and what it asked of them: for publishers, readers and editors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.model.traffic import Account
from aggregator.outbound.agent import contact_of, user_agent
from aggregator.outbound.politeness import CONNECTIONS_PER_HOST, REQUESTS_PER_MINUTE
from aggregator.services.rights import Right, require
from aggregator.store import moves, traffic
from aggregator.text.masking import mask
from aggregator.update.schedule import FULL_EVERY, LONGEST, MINIMUM, QUIET

if TYPE_CHECKING:
    from aggregator.model.feed import Move
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

DAYS = 7
DOMAINS = 10
MOVES_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Who asks publishers for their feeds here, and what they can expect."""

    user_agent: str
    contact: str
    connections: int
    requests_a_minute: int
    soonest: timedelta
    quiet: timedelta
    latest: timedelta
    full_every: timedelta


def fetcher(desk: Desk) -> Fetcher:
    """Say who fetches. Public: publishers find the page about it in their logs."""
    settings = desk.settings
    return Fetcher(
        user_agent=user_agent(contact_of(public_url=settings.public_url, contact=settings.contact)),
        contact=settings.contact,
        connections=CONNECTIONS_PER_HOST,
        requests_a_minute=REQUESTS_PER_MINUTE,
        soonest=MINIMUM,
        quiet=QUIET,
        latest=LONGEST,
        full_every=FULL_EVERY,
    )


def shown_address(address: str) -> str:
    """Write an address as people may see it: without its secret, where it has one (safety 56)."""
    return mask(address)


def account(desk: Desk, actor: Actor) -> Account:
    """Say what was asked of others in the last days, and of whom most."""
    require(actor, Right.READ)
    since = desk.clock.now().date() - timedelta(days=DAYS - 1)
    with desk.database.read() as conn:
        return Account(traffic.get_days(conn, since), traffic.get_domains(conn, since, limit=DOMAINS))


def recent_moves(desk: Desk, actor: Actor) -> tuple[Move, ...]:
    """Give the feeds whose address changed lately because their publishers said so, the last one first."""
    require(actor, Right.READ)
    with desk.database.read() as conn:
        return moves.get_moves(conn, desk.clock.now() - MOVES_SHOWN)
