"""Stores what became of the feeds that were asked, in transactions so short that nobody waits for them.

A feed's entries come first and its new validators last: whoever is killed in between fetches it again in full, and
finds the entries that are there already by their keys.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregator.errors import ConflictError, StoreError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FetchFailure, FetchOutcome
from aggregator.store import blocks, entries, feeds, leases, moves, pushes
from aggregator.text.marks import marks_of
from aggregator.update.decide import Held, decide
from aggregator.update.kept_out import without
from aggregator.update.moving import after_answer, is_sure
from aggregator.update.outcome import Arrived, Failed, PutOff, Stored, Unchanged
from aggregator.update.sameness import spellings
from aggregator.update.schedule import after_failure, after_not_modified, after_ok, stops, while_pushed
from aggregator.update.source import proposed_again

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.entry import EntryData, EntryUpdateIntent
    from aggregator.model.feed import DueFeed, FeedData
    from aggregator.model.ids import FeedId, Uid
    from aggregator.store.database import Database
    from aggregator.update.outcome import Outcome

log = logging.getLogger(__name__)
MOST_ENTRIES = 64
MOST_SECONDS = 0.020
DOCUMENTS_FAULT = (ConflictError, StoreError, ValueError, OverflowError)
"""What writing one document may raise that writing the others need not."""


def store(database: Database, outcomes: Sequence[Outcome], *, now: datetime) -> Mapping[FeedId, Stored]:
    """Write all outcomes, which end the leases of their feeds; gives what each did.

    A document that cannot be stored counts as a failure of its feed.
    Raises BusyError and StorageFullError; what was written until then stays, the rest may be tried again.
    """
    shelf = _Shelf(database, now)
    light = [outcome for outcome in outcomes if not isinstance(outcome, Arrived)]
    if light:
        with database.write() as conn:
            shelf.put_light(conn, light)
    stored = {outcome.feed.id: Stored() for outcome in light}
    waiting = deque(_Work(outcome) for outcome in outcomes if isinstance(outcome, Arrived))
    while waiting:
        stored.update(shelf.put_documents(waiting))
    return stored


@dataclass(slots=True)
class _Work:
    """A document on its way into the store: `left` is what is still to be written, None before it is decided."""

    arrived: Arrived
    left: tuple[EntryUpdateIntent, ...] | None = None
    new: int = 0
    changed: int = 0
    recognised: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """What one transaction wrote of one document."""

    work: _Work
    left: tuple[EntryUpdateIntent, ...]
    new: int
    changed: int


class _Shelf:
    """Where outcomes are put: the database, at one instant."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now
        self._domains: frozenset[str] | None = None

    def put_light(self, conn: Connection, outcomes: Sequence[Outcome]) -> None:
        """Write all that brought no document."""
        unchanged = [outcome for outcome in outcomes if isinstance(outcome, Unchanged)]
        leases.set_fetched(conn, [self._unchanged(outcome) for outcome in unchanged])
        for same in unchanged:
            self._follow(conn, same.feed, same.moved_to, recognised=True)
        failures = [self._failure(o.feed, o.fault) for o in outcomes if isinstance(o, Failed)]
        leases.set_failed(conn, failures)
        for failure in failures:
            if stops(failure.fault):
                feeds.set_paused(conn, failure.feed_id, paused=True)
        for outcome in outcomes:
            if isinstance(outcome, PutOff):
                leases.set_due(conn, outcome.feed.id, outcome.due)

    def put_documents(self, waiting: deque[_Work]) -> dict[FeedId, Stored]:
        """Write as many documents as fit into one transaction, and take those that are done off the queue."""
        try:
            parts = self._write(tuple(waiting))
        except DOCUMENTS_FAULT:
            # One of them is at fault: the first one alone, so that it takes none of the others down.
            waiting[0].left = None
            try:
                parts = self._write((waiting[0],), careful=True)
            except DOCUMENTS_FAULT as exc:
                return self._give_up(waiting.popleft(), exc)
        done = {}
        for part in parts:
            work = part.work
            work.left, work.new, work.changed = part.left, work.new + part.new, work.changed + part.changed
            if not work.left:
                waiting.popleft()
                done[work.arrived.feed.id] = Stored(work.new, work.changed)
        return done

    def _write(self, works: Sequence[_Work], *, careful: bool = False) -> list[_Part]:
        parts: list[_Part] = []
        room = MOST_ENTRIES
        with self._database.write() as conn:
            end = time.monotonic() + MOST_SECONDS
            for work in works:
                if work.left is None:
                    work.left = self._decide(conn, work.arrived, careful=careful)
                    work.recognised = _recognised(work.arrived, work.left)
                here, later = work.left[:room], work.left[room:]
                new, changed = entries.apply_intents(conn, work.arrived.feed.id, here)
                if not later:
                    self._finish(conn, work.arrived, news=bool(new + work.new), recognised=work.recognised)
                parts.append(_Part(work, later, new, changed))
                room -= len(here)
                if room <= 0 or time.monotonic() >= end:
                    break
        return parts

    def _kept_out(self, conn: Connection) -> frozenset[str]:
        if self._domains is None:
            self._domains = blocks.get_domains(conn)
        return self._domains

    def _decide(self, conn: Connection, arrived: Arrived, *, careful: bool) -> tuple[EntryUpdateIntent, ...]:
        feed, arriving = arrived.feed, without(arrived.document.entries, self._kept_out(conn))
        if not arriving:
            return ()
        there = _held(conn, feed, arriving)

        def decided(taken: frozenset[Uid] = frozenset()) -> tuple[EntryUpdateIntent, ...]:
            return decide(
                arriving,
                there,
                first_address=feed.first_address,
                fresh=feed.fresh,
                now=self._now,
                taken=taken,
                carried=frozenset(arrived.document.carried),
            )

        intents = decided()
        taken: frozenset[Uid] = frozenset()
        # A uid is another entry's where a guid went from one to the next, perhaps more than once. That is rare, and
        # looked for only where writing was refused.
        while careful and (found := _others(conn, intents) - taken):
            taken |= found
            intents = decided(taken)
        return intents

    def _finish(self, conn: Connection, arrived: Arrived, *, news: bool, recognised: bool) -> None:
        """Write what the document says of its feed, and when it is asked again with which validators."""
        feed, document = arrived.feed, arrived.document
        news = news and not feed.fresh  # all of a first document is new; that tells nothing of the feed's rhythm
        schedule = after_ok(feed.schedule, feed.id, document.feed, arrived.wish, news=news, now=self._now)
        if document.feed != feed.hints:
            self._learn(conn, feed, document.feed)
        schedule = while_pushed(schedule, feed.id, feed.pushed_until, now=self._now)
        if arrived.full_text is not None and arrived.full_text != feed.full_text:
            feeds.set_full_text(conn, feed.id, arrived.full_text)
        outcome = FetchOutcome(feed.id, arrived.validators, schedule, self._now, document.carried)
        leases.set_fetched(conn, [outcome])
        self._follow(conn, feed, arrived.moved_to, recognised=recognised)

    def _follow(self, conn: Connection, feed: DueFeed, led_to: str | None, *, recognised: bool) -> None:
        """Count where permanent redirects lead, and move the feed there once that is sure (safety 70)."""
        moving = after_answer(feed.moving, led_to, self._now, recognised=recognised)
        if moving == feed.moving:
            return
        # A password is for the place it was given for: with one, only an editor moves a feed.
        sure = moving is not None and feed.sealed is None and is_sure(moving, feed.address, self._now)
        if not (moving and sure and moves.move_feed(conn, feed.id, moving.to, now=self._now)):
            feeds.set_moving(conn, feed.id, moving)

    def _learn(self, conn: Connection, feed: DueFeed, told: FeedData) -> None:
        """Keep what a document says of its feed, and the source that follows from it."""
        if told.site != feed.site and (keys := proposed_again(feeds.get_feed(conn, feed.id), told)):
            feeds.set_source(conn, feed.id, source=keys[0], owner=keys[1])
        if told.hub != feed.hints.hub or (told.hub and told.self_link != feed.hints.self_link):
            pushes.set_hub(conn, feed.id, told.hub, told.self_link, now=self._now)
        feeds.set_meta(conn, feed.id, told)

    def _unchanged(self, outcome: Unchanged) -> FetchOutcome:
        feed = outcome.feed
        schedule = after_not_modified(feed.schedule, feed.id, feed.hints, outcome.wish, now=self._now)
        schedule = while_pushed(schedule, feed.id, feed.pushed_until, now=self._now)
        return FetchOutcome(feed.id, outcome.validators, schedule, self._now, None)

    def _failure(self, feed: DueFeed, fault: Fault) -> FetchFailure:
        schedule = after_failure(feed.schedule, feed.id, fault, streak=feed.streak, now=self._now)
        return FetchFailure(feed.id, fault, schedule, self._now)

    def _give_up(self, work: _Work, error: Exception) -> dict[FeedId, Stored]:
        feed = work.arrived.feed
        # Without its trace, which would show the texts that were to be written.
        log.error("document not stored feed=%d: %s", feed.id, type(error).__name__)
        failure = self._failure(feed, Fault(FaultCode.BROKEN, "it cannot be stored"))
        with self._database.write() as conn:
            leases.set_failed(conn, [failure])
        return {feed.id: Stored(work.new, work.changed)}


def _recognised(arrived: Arrived, intents: Sequence[EntryUpdateIntent]) -> bool:
    """Say whether a document carries an entry we held before it came."""
    carried = not arrived.feed.known.isdisjoint(arrived.document.carried)
    return carried or any(intent.held is not None for intent in intents)


def _others(conn: Connection, intents: Sequence[EntryUpdateIntent]) -> frozenset[Uid]:
    """Return the uids of these new entries that are entries' already."""
    return frozenset(entries.find_entries(conn, [intent.uid for intent in intents if intent.held is None]))


def _held(conn: Connection, feed: DueFeed, arriving: Sequence[EntryData]) -> Held:
    if feed.fresh and not entries.has_markers(conn, feed.id):
        return Held()
    by_key = entries.find_held(conn, feed.id, [data.key for data in arriving])
    missing = [data for data in arriving if data.key not in by_key]
    if not missing or feed.fresh:
        return Held(by_key)
    others = entries.find_held(conn, feed.id, [s for data in missing for s in spellings(data.key)])
    return Held({**others, **by_key}, entries.find_alike(conn, feed.id, [marks_of(data) for data in missing]))
