"""Imports taken back: what one added goes, and what it changed is as it was, but for what somebody changed since."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import ConflictError, NotFoundError
from aggregator.model.ids import FeedId
from aggregator.model.job import ItemState, JobState
from aggregator.model.subscription import NewSubscription
from aggregator.services.rights import Right, require
from aggregator.services.subscribing import fetch_again, rest_if_unread
from aggregator.store import feeds, folders, jobs, subscriptions, values
from aggregator.text.paths import holds_any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.ids import JobId, OwnerId
    from aggregator.model.member import Actor
    from aggregator.model.subscription import Subscription
    from aggregator.services.desk import Desk

BATCH: Final = 64
"""Feeds written in one transaction: a member's mark waits for no more than that."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What an owner says of a feed, at one time."""

    title: str | None
    why: str | None
    folders: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """A tie that an import changed, before and after; without `after` it ended."""

    feed_id: FeedId
    before: Tie
    after: Tie | None


def ties_of(conn: Connection, owner: OwnerId) -> dict[FeedId, Tie]:
    """Return what an owner says of each feed now."""
    extras = subscriptions.get_extras(conn, owner)
    return {
        held.feed_id: Tie(held.title, held.why, held.folders, extras.get(held.feed_id, ()))
        for held in subscriptions.get_subscriptions(conn, owner)
    }


def note(conn: Connection, job_id: JobId, fresh: Sequence[str], touched: Sequence[Touched]) -> None:
    """Keep what taking an import back will need: the folders it makes, and the ties it changed."""
    values.set_value(conn, _folders_of(job_id), json.dumps(fresh, ensure_ascii=False))
    if touched:
        told = json.dumps([asdict(each) for each in touched], ensure_ascii=False)
        values.set_value(conn, _ties_of(job_id), told)


def undo_import(desk: Desk, actor: Actor, job_id: JobId) -> int:
    """Take back what an import did and nothing else; gives how many sources it had added.

    A feed nobody else reads goes too if nothing was fetched of it; else it rests, since somebody may have starred
    an entry of it. Raises NotFoundError, and ConflictError where the import is not over or was undone already.
    """
    require(actor, Right.IMPORT)
    with desk.database.read() as conn:
        held = jobs.get_job(conn, job_id)
        there = {each.feed_id for each in subscriptions.get_subscriptions(conn, actor.group)}
        touched = _touched(conn, job_id)
    if held.owner != actor.group:
        raise NotFoundError("job", job_id)
    if touched:
        require(actor, Right.CHANGE_SOURCES)
    if held.undone or held.state is not JobState.DONE:
        raise ConflictError("import", "it was undone already" if held.undone else "it is not over yet")
    removed = 0
    for added in added_feeds(desk, job_id):
        with desk.database.write() as conn:
            removed += _take_back(conn, actor.group, [feed_id for feed_id in added if feed_id in there])
    for start in range(0, len(touched), BATCH):
        with desk.database.write() as conn:
            for each in touched[start : start + BATCH]:
                _put_back(conn, actor.group, each, desk.clock.now())
    with desk.database.write() as conn:
        _take_back_folders(conn, actor.group, json.loads(values.find_value(conn, _folders_of(job_id)) or "[]"))
        values.delete_value(conn, _folders_of(job_id))
        values.delete_value(conn, _ties_of(job_id))
        jobs.set_undone(conn, job_id)
    desk.ask.wake()
    return removed


def added_feeds(desk: Desk, job_id: JobId) -> Iterator[list[FeedId]]:
    """Give the feeds an import added, some at a time."""
    after = 0
    while True:
        with desk.database.read() as conn:
            items = jobs.get_items(conn, job_id, state=ItemState.NEW, after=after, limit=BATCH)
        if not items:
            return
        after = items[-1].position
        yield [item.feed_id for item in items if item.feed_id is not None]


def _touched(conn: Connection, job_id: JobId) -> tuple[Touched, ...]:
    told = json.loads(values.find_value(conn, _ties_of(job_id)) or "[]")
    return tuple(
        Touched(FeedId(each["feed_id"]), _tie(each["before"]), each["after"] and _tie(each["after"])) for each in told
    )


def _tie(told: dict[str, Any]) -> Tie:
    extra = tuple((name, value) for name, value in told["extra"])
    return Tie(told["title"], told["why"], tuple(told["folders"]), extra)


def _take_back(conn: Connection, owner: OwnerId, added: Sequence[FeedId]) -> int:
    for feed_id in added:
        subscriptions.delete_subscription(conn, owner, feed_id)
    entries = feeds.count_entries(conn, added)
    for feed_id in added:
        if not entries.get(feed_id) and not subscriptions.count_subscribers(conn, feed_id):
            feeds.delete_feed(conn, feed_id)
        else:
            rest_if_unread(conn, feed_id)
    return len(added)


def _put_back(conn: Connection, owner: OwnerId, touched: Touched, now: datetime) -> None:
    """Make a tie what it was; what differs from how the import left it is somebody's word, and stays."""
    try:
        held = subscriptions.get_subscription(conn, owner, touched.feed_id)
    except NotFoundError:
        if touched.after is None:
            _subscribe_again(conn, owner, touched, now)
        return
    if touched.after is not None:
        _change_back(conn, owner, held, touched.before, touched.after)


def _subscribe_again(conn: Connection, owner: OwnerId, touched: Touched, now: datetime) -> None:
    found = feeds.get_feeds(conn, [touched.feed_id]).get(touched.feed_id)
    if found is None:
        return  # nothing of it is left: it was let go, and its address with it
    was = touched.before
    wanted = NewSubscription(found.id, title=was.title, why=was.why, folders=was.folders, extra=was.extra)
    subscriptions.add_subscription(conn, owner, wanted, now=now)
    fetch_again(conn, found, now)


def _change_back(conn: Connection, owner: OwnerId, held: Subscription, before: Tie, after: Tie) -> None:
    title = before.title if held.title == after.title else held.title
    why = before.why if held.why == after.why else held.why
    subscriptions.set_subscription(conn, owner, held.feed_id, title=title, why=why)
    if set(held.folders) == set(after.folders):
        subscriptions.file_under(conn, owner, held.feed_id, before.folders)


def _take_back_folders(conn: Connection, owner: OwnerId, made: Sequence[str]) -> None:
    """Delete those of the folders an import made that nothing is filed in, the innermost first."""
    filled = [path for held in subscriptions.get_subscriptions(conn, owner) for path in held.folders]
    for path in sorted(made, key=lambda path: -path.count("/")):
        others = [other for other in folders.get_paths(conn, owner) if other != path]
        if path not in filled and not holds_any(path, others):
            folders.delete_folder(conn, owner, path)


def _folders_of(job_id: JobId) -> str:
    return f"import-folders-{job_id}"


def _ties_of(job_id: JobId) -> str:
    return f"import-ties-{job_id}"
