"""How the group's rules treat a source: in each list that draws on it, where its entries are and what put them there.

Feeds that count as one source are counted as one here too. Lists of one member alone are not looked at.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, UnusableRuleError
from aggregator.services.exposure import SPANS
from aggregator.services.opening import open_list
from aggregator.services.rights import Right, require
from aggregator.services.sharing import everybody
from aggregator.sources.identity import source_key
from aggregator.store import feeds, ledger, lists, sharing, subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.exposure import SourceRoom
    from aggregator.model.ids import FeedId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.services.desk import Desk
    from aggregator.services.ranked import Ranked
    from rankers import Treatment

MOST_LISTS = 20
"""Lists looked at, in their order: each is ranked for it, unless somebody has just read it."""


@dataclass(frozen=True, slots=True)
class ListTreatment:
    """What one list makes of a source: as it stands, and what room it had (None: nothing was counted yet)."""

    list: ReadingList
    rule: RuleVersion
    at: datetime
    data_version: int
    now: Treatment
    room: SourceRoom | None

    @property
    def there(self) -> bool:
        """Whether the source has entries in the list, or had any."""
        return bool(self.now.candidates or (self.room and self.room.candidates))


@dataclass(frozen=True, slots=True)
class SourceTreatment:
    """How rules treat a source, list by list. `more`: lists that were not looked at."""

    source: str
    days: int
    lists: tuple[ListTreatment, ...]
    more: int


def source_treatment(desk: Desk, actor: Actor, feed_id: FeedId, days: int = SPANS[1]) -> SourceTreatment:
    """Say how the rules of the group's lists treat the source of a feed, its room over 7, 28 or 90 days.

    Raises NotFoundError("feed"), BadInputError for other spans.
    """
    require(actor, Right.READ)
    if days not in SPANS:
        raise BadInputError("days", f"one of {', '.join(map(str, SPANS))} is expected")
    with desk.database.read() as conn:
        source = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).feed.source
        ours = [(actor, each) for each in lists.get_lists(conn, actor.group)]
        return _treatment(desk, conn, source, ours, days)


def public_treatment(desk: Desk, actor: Actor, address: str) -> SourceTreatment:
    """Say how the rules of public lists treat the source at an address, that of a feed or of its site. Public.

    Of a source that no public list shows anything of, nobody learns whether it is read here.
    """
    with desk.database.read() as conn:
        public = set(sharing.get_public_slugs(conn, actor.group))
        ours = [
            (everybody(actor, only=each.slug), each)
            for each in lists.get_lists(conn, actor.group)
            if each.slug in public
        ]
        held = feeds.find_feed_by_address(conn, address)
        return _treatment(desk, conn, held.source if held else source_key(address, address), ours, SPANS[1])


def _treatment(
    desk: Desk, conn: Connection, source: str, ours: Sequence[tuple[Actor, ReadingList]], days: int
) -> SourceTreatment:
    """Look at lists, each in somebody's name."""
    now = desk.clock.now()
    rankings = _rankings(desk, conn, ours[:MOST_LISTS])
    since = min((ranking.at - ranking.list.max_age for ranking in rankings), default=now)
    ids = feeds.ids_of_source(conn, source, since=since)
    rooms = ledger.rooms_of_source(conn, source, after=now - timedelta(days=days), now=now)
    told = (
        ListTreatment(
            ranking.list,
            ranking.version,
            ranking.at,
            ranking.data_version,
            ranking.treatment(ids),
            rooms.get(ranking.list.id),
        )
        for ranking in rankings
    )
    return SourceTreatment(source, days, tuple(each for each in told if each.there), max(0, len(ours) - MOST_LISTS))


def _rankings(desk: Desk, conn: Connection, ours: Sequence[tuple[Actor, ReadingList]]) -> list[Ranked]:
    rankings = []
    for actor, each in ours:
        with suppress(UnusableRuleError):  # the list's own page says what its rule lacks
            rankings.append(open_list(desk, conn, actor, each.slug, rule=None, at=None, data_version=None).ranking)
    return rankings
