"""Objections: a member says what is wrong in how a source is treated, an editor answers, and both stay in its log.

What somebody wrote can be taken back by them alone, and only within the hour: what others have read does not vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BadInputError, ConflictError, NotFoundError
from aggregator.model.ids import Uid, is_uid
from aggregator.services.keys import beside
from aggregator.services.rights import Right, may, require, require_member
from aggregator.store import entries, subscriptions
from aggregator.store import objections as stored

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aggregator.model.entry import Entry
    from aggregator.model.ids import FeedId, ObjectionId
    from aggregator.model.member import Actor, Member
    from aggregator.model.objection import Objection
    from aggregator.model.subscription import SubscribedFeed
    from aggregator.services.desk import Desk

LONGEST = 1000
MOST_A_DAY = 10
"""Objections of one member."""
MOST_OF_FEED = 500
SHOWN = 50
UNDO = timedelta(hours=1)
DUE = timedelta(days=14)
"""Within which an answer is owed."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An objection as somebody sees it: what they may do with it, and the entry it is about where it is still held."""

    objection: Objection
    due: datetime
    overdue: bool
    entry: Entry | None
    may_withdraw: bool
    may_answer: bool
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An objection that waits for an answer, and what the source is called."""

    objection: Objection
    title: str
    due: datetime
    overdue: bool


def log_of(desk: Desk, actor: Actor, feed_id: FeedId) -> tuple[Logged, ...]:
    """Give what was objected about a source, the newest first; feeds that count as one source have one log.

    Raises NotFoundError("feed").
    """
    require(actor, Right.READ)
    also = beside(desk, actor, feed_id)
    now = desk.clock.now()
    with desk.database.read() as conn:
        source = subscriptions.get_subscribed_feed(conn, actor.group, feed_id).feed.source
        feeds = [feed_id, *(each.feed.id for each in also if each.feed.source == source)]
        found = stored.get_objections(conn, actor.group, feeds, SHOWN)
        held = entries.find_entries(conn, [each.entry for each in found if each.entry])
    return tuple(_logged(actor, each, held, now) for each in found)


def waiting(desk: Desk, actor: Actor) -> tuple[Waiting, ...]:
    """Give what waits for an answer, the oldest first; nothing to whoever may not answer."""
    if not may(actor, Right.ANSWER):
        return ()
    now = desk.clock.now()
    with desk.database.read() as conn:
        found = stored.get_waiting(conn, actor.group, SHOWN)
        titles = (
            {each.feed.id: _title(each) for each in subscriptions.get_subscribed(conn, actor.group)} if found else {}
        )
    return tuple(
        Waiting(each, titles[each.feed_id], each.made + DUE, now > each.made + DUE)
        for each in found
        if each.feed_id in titles
    )


def object_to(desk: Desk, actor: Actor, feed_id: FeedId, text: str, *, entry: str | None = None) -> ObjectionId:
    """Say what is wrong in how a source, or one of its entries, is treated.

    Raises NotFoundError("feed"), BadInputError for a text that is none, ConflictError beyond so many a day.
    """
    member = require_member(actor, Right.OBJECT)
    said = _said(text)
    now = desk.clock.now()
    with desk.database.write() as conn:
        subscriptions.get_subscribed_feed(conn, actor.group, feed_id)
        stored.delete_withdrawn(conn, now - UNDO)
        if stored.count_since(conn, member.id, now - timedelta(days=1)) >= MOST_A_DAY:
            raise ConflictError("objection", f"{MOST_A_DAY} a day are kept of one member; go on tomorrow")
        if stored.count_of_feed(conn, feed_id) >= MOST_OF_FEED:
            raise ConflictError("objection", f"the log of this source is full, with {MOST_OF_FEED} of them")
        about = entries.find_entry(conn, Uid(entry)) if entry and is_uid(entry) else None
        uid = about.uid if about and about.feed_id == feed_id else None
        return stored.add_objection(conn, actor.group, feed_id, member.id, said, entry=uid, now=now)


def withdraw(desk: Desk, actor: Actor, objection_id: ObjectionId) -> Objection:
    """Take one's own objection back, within the hour and before it is answered. Raises NotFoundError, ConflictError."""
    member = require_member(actor, Right.OBJECT)
    now = desk.clock.now()
    with desk.database.write() as conn:
        found = _own(stored.get_objection(conn, actor.group, objection_id), member)
        if not _may_withdraw(actor, found, now):
            raise ConflictError("objection", "it stays: others have read it, and answers lead to it")
        stored.set_withdrawn(conn, found.id, now)
    return found


def put_back(desk: Desk, actor: Actor, objection_id: ObjectionId) -> Objection:
    """Put back what one took back. Raises NotFoundError."""
    member = require_member(actor, Right.OBJECT)
    with desk.database.write() as conn:
        found = _own(stored.get_objection(conn, actor.group, objection_id), member)
        stored.set_withdrawn(conn, found.id, None)
    return found


def answer(desk: Desk, actor: Actor, objection_id: ObjectionId, text: str) -> Objection:
    """Answer an objection, or say one's own answer otherwise within the hour.

    Raises NotFoundError, BadInputError for a text that is none, ConflictError where it is answered.
    """
    member = require_member(actor, Right.ANSWER)
    said = _said(text)
    now = desk.clock.now()
    with desk.database.write() as conn:
        found = stored.get_objection(conn, actor.group, objection_id)
        if found.withdrawn or not _may_answer(actor, found, now):
            raise ConflictError("answer", "somebody answered it meanwhile, or it was taken back")
        stored.set_answer(conn, found.id, said, member.id, now)
    return found


def take_back_answer(desk: Desk, actor: Actor, objection_id: ObjectionId) -> Objection:
    """Take one's own answer back within the hour; its text stays for going on. Raises NotFoundError, ConflictError."""
    member = require_member(actor, Right.ANSWER)
    with desk.database.write() as conn:
        found = stored.get_objection(conn, actor.group, objection_id)
        if found.answer is None or not _may_take_back(actor, found, desk.clock.now()):
            raise ConflictError("answer", "it stays: others have read it")
        stored.set_answer(conn, found.id, found.answer, member.id, None)
    return found


def _logged(actor: Actor, found: Objection, held: Mapping[Uid, Entry], now: datetime) -> Logged:
    due = found.made + DUE
    return Logged(
        found,
        due,
        overdue=found.answered is None and now > due,
        entry=held.get(found.entry) if found.entry else None,
        may_withdraw=_may_withdraw(actor, found, now),
        may_answer=may(actor, Right.ANSWER) and actor.member is not None and _may_answer(actor, found, now),
        may_take_back=_may_take_back(actor, found, now),
    )


def _may_withdraw(actor: Actor, found: Objection, now: datetime) -> bool:
    mine = actor.member is not None and found.member == actor.member.id
    return mine and found.answered is None and now - found.made <= UNDO


def _may_answer(actor: Actor, found: Objection, now: datetime) -> bool:
    return found.answered is None or _may_take_back(actor, found, now)


def _may_take_back(actor: Actor, found: Objection, now: datetime) -> bool:
    mine = actor.member is not None and found.answerer == actor.member.id
    return mine and found.answered is not None and now - found.answered <= UNDO


def _own(found: Objection, member: Member) -> Objection:
    if found.member != member.id:
        raise NotFoundError("objection", found.id)
    return found


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").replace("\x00", "\ufffd").strip()
    if not said or len(said) > LONGEST:
        raise BadInputError("text", f"one to {LONGEST} characters are expected")
    return said


def _title(held: SubscribedFeed) -> str:
    return held.subscription.title or held.feed.title or held.feed.address
