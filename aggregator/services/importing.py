"""Source lists in and out: OPML imported as a job that can be watched, interrupted and undone; OPML exported.

An import reads nothing from the network: its feeds are fetched once the last of them is written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BadDocumentError, NotFoundError
from aggregator.model.job import ItemState, JobItem, JobState
from aggregator.model.mailbox import SCHEME
from aggregator.model.subscription import NewSubscription, OpmlFeed, OpmlFolder
from aggregator.outbound.guard import private_hosts
from aggregator.services import undoing
from aggregator.services.import_plan import Held, plan
from aggregator.services.keys import LONGEST as LONGEST_KEY
from aggregator.services.rights import Right, require
from aggregator.services.subscribing import fetch_again, new_feed, rest_if_unread
from aggregator.services.undoing import BATCH, added_feeds
from aggregator.sources.opml import OWNER, SOURCE, read_opml
from aggregator.sources.opmlout import write_opml
from aggregator.store import blocks, feeds, folders, jobs, leases, subscriptions, values
from aggregator.text.address import is_beneath
from aggregator.text.masking import has_secret, mask
from aggregator.text.paths import is_within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from aggregator.model.feed import NewFeed
    from aggregator.model.ids import FeedId, JobId, OwnerId
    from aggregator.model.job import Job
    from aggregator.model.member import Actor
    from aggregator.model.subscription import OpmlDocument
    from aggregator.services.desk import Desk
    from aggregator.services.import_plan import Planned
    from aggregator.services.undoing import Touched

    Progress = Callable[[int, int], None]
    """Is told how many feeds are done, and of how many."""

NOT_YET = timedelta(days=1)
"""Feeds of an import that is under way are due this much later, and at once when it ends."""
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the feeds of a list. `merged`: in it twice, or held under another address."""

    new: int = 0
    already: int = 0
    merged: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do. `recovered` says in plain words what had to be mended to read the file."""

    title: str | None
    counts: ImportCounts
    items: tuple[JobItem, ...]
    folders: tuple[str, ...]
    recovered: tuple[str, ...]


def preview(desk: Desk, actor: Actor, data: bytes) -> ImportPreview:
    """Say what importing `data` would do, writing nothing. Raises BadDocumentError."""
    require(actor, Right.IMPORT)
    document = read_opml(data)
    items = tuple(_job_item(planned, planned.feed_id) for planned in _plan(desk, actor.group, document))
    paths = tuple(folder.path for folder in document.folders)
    return ImportPreview(document.title, _count(items), items, paths, document.recovered)


def start_import(desk: Desk, actor: Actor, name: str, data: bytes) -> JobId:
    """Put an import in the queue and wake the worker. Raises BadDocumentError for what is no source list."""
    require(actor, Right.IMPORT)
    with desk.database.write() as conn:
        held = folders.get_paths(conn, actor.group)
        job_id = add_import(conn, actor.group, name, data, now=desk.clock.now(), held=held)
    desk.ask.wake()
    return job_id


def add_import(
    conn: Connection,
    owner: OwnerId,
    name: str,
    data: bytes,
    *,
    now: datetime,
    held: Collection[str],
    touched: Sequence[Touched] = (),
) -> JobId:
    """Put an import in the queue, for services that have checked who asks, and wake the worker themselves.

    For taking it back: `held` are the folders there were, `touched` the ties that were changed along with it.
    """
    document = read_opml(data)
    job_id = jobs.add_job(conn, owner, _name(name), data, now=now)
    _note_progress(conn, job_id, JobState.WAITING, 0, document)
    there = (*(folder.path for folder in document.folders), *folders.get_paths(conn, owner))
    undoing.note(conn, job_id, [path for path in dict.fromkeys(there) if path not in held], touched)
    return job_id


def folder_outlines(conn: Connection, owner: OwnerId) -> tuple[OpmlFolder, ...]:
    """Give an owner's folders as outlines in the owner's order."""
    return tuple(OpmlFolder(folder.path, folder.extra) for folder in folders.get_folders(conn, owner))


def run_waiting(desk: Desk, *, progress: Progress | None = None) -> None:
    """Run imports until none waits."""
    while run_next(desk, progress=progress):
        pass


def run_next(desk: Desk, *, progress: Progress | None = None) -> bool:
    """Run the next waiting or interrupted import to its end; False where there is none.

    Safe to be stopped at any point, and to be run by two at once: each batch is one transaction that goes on
    where the last one ended, and gives up where somebody else was quicker.
    """
    with desk.database.read() as conn:
        waiting = jobs.next_waiting(conn)
    if waiting is None:
        return False
    try:
        _run(desk, waiting, progress)
    except BadDocumentError as exc:
        with desk.database.write() as conn:
            jobs.set_progress(
                conn,
                waiting.id,
                state=JobState.FAILED,
                total=waiting.total,
                done=waiting.done,
                notes=(*waiting.notes, str(exc)),
                ended=desk.clock.now(),
            )
    return True


def job(desk: Desk, actor: Actor, job_id: JobId) -> Job:
    """Give an import. Raises NotFoundError("job")."""
    require(actor, Right.IMPORT)
    with desk.database.read() as conn:
        found = jobs.get_job(conn, job_id)
    if found.owner != actor.group:
        raise NotFoundError("job", job_id)
    return found


def recent_jobs(desk: Desk, actor: Actor, *, limit: int = 10) -> tuple[Job, ...]:
    """Give the group's imports, the newest first."""
    require(actor, Right.IMPORT)
    with desk.database.read() as conn:
        return jobs.get_jobs(conn, actor.group, limit=limit)


def counts(desk: Desk, actor: Actor, job_id: JobId) -> ImportCounts:
    """Give what became of the feeds of an import so far. Raises NotFoundError("job")."""
    job(desk, actor, job_id)
    with desk.database.read() as conn:
        found = jobs.count_items(conn, job_id)
    return ImportCounts(**{state.value: number for state, number in found.items()})


def job_items(
    desk: Desk, actor: Actor, job_id: JobId, *, state: ItemState | None = None, after: int = 0, limit: int = 100
) -> tuple[JobItem, ...]:
    """Give the feeds of an import in document order, after a position. `note` is a fault's code or an address.

    Raises NotFoundError("job").
    """
    job(desk, actor, job_id)
    with desk.database.read() as conn:
        return jobs.get_items(conn, job_id, state=state, after=after, limit=limit)


def export_opml(desk: Desk, actor: Actor, *, folder: str | None = None) -> bytes:
    """Write the group's sources, or those of a folder and what is in it, as OPML that any reader can open.

    The same sources give the same bytes. Raises NotFoundError for a folder that there is not.
    Addresses that let in whoever knows them are left out: the file is made to be handed on.
    """
    require(actor, Right.EXPORT)
    with desk.database.read() as conn:
        name = values.instance_name(conn)
        shelves = folder_outlines(conn, actor.group)
    held = [each for each in outlines(desk, actor.group) if not is_ours_alone(each.address)]
    if folder is not None:
        if folder not in {each.path for each in shelves}:
            raise NotFoundError("folder", folder)
        shelves = tuple(each for each in shelves if is_within(each.path, folder))
        inside = ((each, tuple(path for path in each.folders if is_within(path, folder))) for each in held)
        held = [replace(each, folders=within) for each, within in inside if within]
    return write_opml(name, shelves, held)


def left_out_of_export(desk: Desk, actor: Actor) -> tuple[str, ...]:
    """Give the masked addresses that `export_opml` leaves out."""
    require(actor, Right.EXPORT)
    return tuple(mask(each.address) for each in outlines(desk, actor.group) if is_ours_alone(each.address))


def is_ours_alone(address: str) -> bool:
    """Say whether an address is a secret, or a newsletter of our mailbox, which nobody else can fetch."""
    return has_secret(address) or address.startswith(SCHEME)


def outlines(desk: Desk, owner: OwnerId) -> tuple[OpmlFeed, ...]:
    """Give an owner's sources as outlines, but for those of servers kept out. For services that checked who asks."""
    with desk.database.read() as conn:
        kept_out = blocks.get_domains(conn)
        held = subscriptions.get_subscribed(conn, owner)
        extras = subscriptions.get_extras(conn, owner)
    made = [
        OpmlFeed(
            address=each.feed.address,
            title=each.subscription.title or each.feed.title,
            site=each.feed.site,
            language=each.feed.language,
            why=each.subscription.why,
            folders=each.subscription.folders,
            extra=extras.get(each.feed.id, ()),
        )
        for each in held
        if not is_beneath(each.feed.address, kept_out)
    ]
    return tuple(made)


def _run(desk: Desk, job: Job, progress: Progress | None) -> None:
    with desk.database.read() as conn:
        document = read_opml(jobs.get_document(conn, job.id))
    planned = _plan(desk, job.owner, document)
    done = job.done
    while done < len(planned):
        with desk.database.write() as conn:
            # Somebody else may be at the same job: whoever has the turn goes on where it stands.
            done = jobs.get_job(conn, job.id).done
            if not done:
                folders.add_outlines(conn, job.owner, document.folders)
            if batch := planned[done : done + BATCH]:
                _write(conn, job, batch, desk.clock.now())
                done = batch[-1].position
                _note_progress(conn, job.id, JobState.RUNNING, done, document)
        if progress:
            progress(done, len(planned))
    _release(desk, job)
    with desk.database.write() as conn:
        _note_progress(conn, job.id, JobState.DONE, done, document, ended=desk.clock.now())
    desk.ask.wake()


def _plan(desk: Desk, owner: OwnerId, document: OpmlDocument) -> tuple[Planned, ...]:
    with desk.database.read() as conn:
        subscribed = frozenset(each.feed_id for each in subscriptions.get_subscriptions(conn, owner))
        held = Held(feeds.iter_feeds(conn), subscribed)
        kept_out = blocks.get_domains(conn)
    return plan(document.feeds, held, private_hosts(desk.settings.allow_private_hosts), kept_out)


def _note_progress(
    conn: Connection,
    job_id: JobId,
    state: JobState,
    done: int,
    document: OpmlDocument,
    *,
    ended: datetime | None = None,
) -> None:
    jobs.set_progress(
        conn, job_id, state=state, total=len(document.feeds), done=done, notes=document.recovered, ended=ended
    )


def _write(conn: Connection, job: Job, batch: Sequence[Planned], now: datetime) -> None:
    fresh = [item for item in batch if item.state is ItemState.NEW]
    unknown = [_new_feed(item) for item in fresh if item.feed_id is None]
    ids = feeds.add_feeds(conn, unknown, now=now, due=[now + NOT_YET] * len(unknown))
    wanted = [
        NewSubscription(
            feed_id=item.feed_id or ids[item.address],
            title=item.feed.title,
            why=item.feed.why,
            folders=item.folders,
            extra=item.feed.extra,
        )
        for item in fresh
    ]
    subscriptions.add_subscriptions(conn, job.owner, wanted, now=now)
    jobs.add_items(conn, job.id, [_job_item(item, item.feed_id or ids.get(item.address)) for item in batch])


def _new_feed(item: Planned) -> NewFeed:
    """Describe a feed of a list; a bundle may say what it counts as, and for whom."""
    proposed = new_feed(item.address, title=item.feed.title, site=item.feed.site, language=item.feed.language)
    said = {key: value for key, value in item.feed.extra if len(value) <= LONGEST_KEY and " " not in value}
    source = said.get(SOURCE) or proposed.source
    return replace(proposed, source=source, owner=said.get(OWNER) or source)


def _release(desk: Desk, job: Job) -> None:
    """Let the feeds that were added be fetched; one that rested because nobody read it goes on when that is fair."""
    for added in added_feeds(desk, job.id):
        now = desk.clock.now()
        with desk.database.write() as conn:
            held = feeds.get_feeds(conn, added).values()
            for feed in held:
                if feed.health.last_tried is None:
                    leases.set_due(conn, feed.id, now)
                fetch_again(conn, feed, now)


def unsubscribe(conn: Connection, owner: OwnerId, feed_id: FeedId) -> None:
    """End a subscription, for services that have checked who asks; nobody fetches what nobody reads."""
    subscriptions.delete_subscription(conn, owner, feed_id)
    rest_if_unread(conn, feed_id)


def _job_item(planned: Planned, feed_id: FeedId | None) -> JobItem:
    return JobItem(planned.position, planned.address, planned.feed.title, planned.state, feed_id, planned.note)


def _count(items: Sequence[JobItem]) -> ImportCounts:
    states = [item.state for item in items]
    return ImportCounts(**{state.value: states.count(state) for state in ItemState})


def _name(name: str) -> str:
    return " ".join(name.split())[:NAME_LENGTH] or "import"
