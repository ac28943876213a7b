"""Asks the actors we read to tell us of news, and takes that back: only while a steward wants it."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, FetchError
from aggregator.model.fediverse import FollowState
from aggregator.services.federating import is_on
from aggregator.services.instance_actor import actor_id, ensure_key
from aggregator.store import followed

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.services.desk import Desk
    from aggregator.store.followed import Followed
    from aggregator.worker.fediverse import Fediverse
    from aggregator.worker.records import Records

log = logging.getLogger(__name__)
FIRST_WAIT: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(days=7)
AT_ONCE: Final = 20
_TELLS: Final = frozenset({FollowState.ASKED, FollowState.ACCEPTED})


class Follows:
    """`run` asks those that are to be asked now."""

    def __init__(self, desk: Desk, fediverse: Fediverse, records: Records) -> None:
        self._desk = desk
        self._fediverse = fediverse
        self._records = records
        self._ready = False

    async def run(self) -> None:
        """Ask, or take back, for at most a few actors at a time. Raises BusyError."""
        if not self._desk.settings.public_url:
            return
        if not self._ready:
            await self._records.in_thread(lambda: ensure_key(self._desk))
            self._ready = True
        now = self._desk.clock.now()
        on, all_of_them = await self._records.in_thread(self._look)
        wanted = [one for one in all_of_them if on and self._to_ask(one, now)]
        unwanted = [one for one in all_of_them if one.state in _TELLS and (not on or one.paused)]
        for one in unwanted[:AT_ONCE]:
            await self._tell(one, self._undo(one), FollowState.NONE, now)
        for one in wanted[:AT_ONCE]:
            await self._tell(one, self._follow(one), FollowState.ASKED, now)

    async def _tell(self, one: Followed, activity: dict[str, object], state: FollowState, now: datetime) -> None:
        # Written first: an answer may come before the request has returned.
        await self._records.write(
            partial(followed.set_state, feed_id=one.feed_id, state=state, now=now, failures=one.failures + 1)
        )
        try:
            await self._fediverse.send(one.inbox or "", json.dumps(activity).encode())
        except (FetchError, BusyError) as exc:
            log.info("actor not asked feed=%d: %s", one.feed_id, type(exc).__name__)

    def _to_ask(self, one: Followed, now: datetime) -> bool:
        if one.paused or one.inbox is None or one.state in {FollowState.ACCEPTED, FollowState.REJECTED}:
            return False
        wait = min(FIRST_WAIT * 2 ** min(one.failures, 10), LONGEST_WAIT)
        return one.state is FollowState.NONE or one.state_at is None or now - one.state_at >= wait

    def _follow(self, one: Followed) -> dict[str, object]:
        me = actor_id(self._desk)
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{me}/follows/{one.feed_id}",
            "type": "Follow",
            "actor": me,
            "object": one.actor,
            "to": [one.actor],
        }

    def _undo(self, one: Followed) -> dict[str, object]:
        follow = self._follow(one)
        return {
            "@context": follow.pop("@context"),
            "id": f"{follow['id']}/undo",
            "type": "Undo",
            "actor": follow["actor"],
            "object": follow,
            "to": follow["to"],
        }

    def _look(self) -> tuple[bool, tuple[Followed, ...]]:
        with self._desk.database.read() as conn:
            return is_on(conn), followed.get_all_followed(conn)
