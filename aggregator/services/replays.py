"""Replays asked for on a page: worked out by the worker a day at a time, watched, cancelled, kept a while."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aggregator.errors import BroadsheetError, NotFoundError
from aggregator.model.ids import Uid
from aggregator.model.trying import ReplayState
from aggregator.services.asking import list_and_rule
from aggregator.services.exposure import source_titles
from aggregator.services.replaying import replay_list
from aggregator.services.rights import Right, require_member
from aggregator.store import entries, lists, replays
from aggregator.store import rules as stored
from rankers import parse_rule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregator.model.ids import ReplayId
    from aggregator.model.member import Actor
    from aggregator.model.readinglist import ReadingList, RuleVersion
    from aggregator.model.trying import StoredReplay
    from aggregator.services.desk import Desk
    from aggregator.services.replaying import Replay

DAYS = 14
KEPT = 10
"""Replays kept of each member."""
MOST_TRIES = 3
"""How often one is begun that a worker did not survive."""
MOST_ROOMS = 15
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """A replay as it stands. `titles`: what sources are called; `entries`: titles of the entries its days name."""

    replay: StoredReplay
    list: ReadingList
    before: RuleVersion
    titles: Mapping[str, str]
    entries: Mapping[str, str]

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.replay.state not in {ReplayState.WAITING, ReplayState.RUNNING}


class _CancelledError(Exception):
    """Somebody ended the replay that is being worked out."""


def start_replay(desk: Desk, actor: Actor, slug: str, rule: str, text: str) -> ReplayId:
    """Have the last days of a list replayed, by a rule's current version and by a text; wakes the worker.

    One at a time for each member: a new one ends the one before. Raises RuleError, NotFoundError.
    """
    member = require_member(actor, Right.TRY_RULES)
    parse_rule(text)
    with desk.database.write() as conn:
        asked = list_and_rule(conn, actor, slug, None)
        version = stored.get_version(conn, stored.get_rule(conn, actor.group, rule).current)
        before = replays.find_open(conn, member.id)
        if before is not None:
            replays.end(conn, before, ReplayState.CANCELLED)
        made = replays.add_replay(
            conn, member.id, asked.list.id, version.id, toml=text, days=DAYS, now=desk.clock.now(), keep=KEPT
        )
    desk.ask.wake()
    return made


def replay_page(desk: Desk, actor: Actor, replay_id: ReplayId) -> ReplayPage:
    """Give one of the actor's replays. Raises NotFoundError("replay")."""
    member = require_member(actor, Right.TRY_RULES)
    with desk.database.read() as conn:
        found = replays.get_replay(conn, replay_id)
        if found.member != member.id:
            raise NotFoundError("replay", replay_id)
        own = lists.find_list_by_id(conn, found.list)
        if own is None:
            raise NotFoundError("list", found.list)
        days: list[dict[str, Any]] = found.result["days"] if found.result else []
        named = {uid for day in days for uid in (*day["came"], *day["went"])}
        there = entries.find_entries(conn, [Uid(uid) for uid in sorted(named)])
        seen = {str(uid): entry.title or entry.excerpt for uid, entry in there.items()}
        return ReplayPage(found, own, stored.get_version(conn, found.before), source_titles(conn, own.draws_on), seen)


def cancel(desk: Desk, actor: Actor, replay_id: ReplayId) -> None:
    """End a replay that is not wanted any more. Raises NotFoundError("replay")."""
    replay_page(desk, actor, replay_id)
    with desk.database.write() as conn:
        replays.end(conn, replay_id, ReplayState.CANCELLED)


def run_waiting_replays(desk: Desk, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Work out what waits, oldest first, until nothing does or `stopping` says so. For the worker."""
    while not stopping():
        with desk.database.read() as conn:
            found = replays.next_open(conn)
        if found is None:
            return
        _run(desk, found, stopping)


def _run(desk: Desk, found: StoredReplay, stopping: Callable[[], bool]) -> None:
    with desk.database.write() as conn:
        if found.tries >= MOST_TRIES:
            replays.end(conn, found.id, ReplayState.FAILED)
            return
        replays.begin(conn, found.id, found.tries + 1)

    def progress(done: int, _: int) -> None:
        with desk.database.write() as conn:
            if stopping() or not replays.set_done(conn, found.id, done):
                raise _CancelledError

    try:
        with desk.database.read() as conn:
            before = stored.get_version(conn, found.before)
            own = lists.find_list_by_id(conn, found.list)
        if own is None:
            raise NotFoundError("list", found.list)  # one place where a replay fails
        after = replace(before, toml=found.toml, hash=parse_rule(found.toml).hash)
        made = replay_list(desk, own, before, after, days=found.days, now=found.created, progress=progress)
    except _CancelledError:
        if stopping():  # the worker ends; the next one begins it again, and this time does not count
            with desk.database.write() as conn:
                replays.begin(conn, found.id, found.tries)
        return
    except (BroadsheetError, ValueError) as exc:
        _log.warning("replay-failed id=%d error=%s", found.id, exc)
        with desk.database.write() as conn:
            replays.end(conn, found.id, ReplayState.FAILED)
        return
    with desk.database.write() as conn:
        replays.end(conn, found.id, ReplayState.DONE, _told(made))


def _told(made: Replay) -> dict[str, Any]:
    """Write a replay down as it is kept."""
    return {
        "overlap": made.overlap,
        "days": [
            {
                "at": day.at.isoformat(),
                "candidates": day.candidates,
                "overlap": day.overlap,
                "entering": day.entering,
                "leaving": day.leaving,
                "moved": day.moved,
                "came": list(day.came),
                "went": list(day.went),
            }
            for day in made.days
        ],
        "sources": [list(row) for row in made.sources[:MOST_ROOMS]],
        "languages": [list(row) for row in made.languages[:MOST_ROOMS]],
    }
