"""Jobs: long work a person can watch, with the document it works on and what became of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from aggregator.errors import NotFoundError
from aggregator.model.ids import FeedId, JobId, OwnerId
from aggregator.model.job import ItemState, Job, JobItem, JobState
from aggregator.store.bulk import Bulk
from aggregator.store.packed import pack_texts, unpack_texts
from aggregator.store.tables import job, job_item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

_JOBS = select(*(column for column in job.c if column.name != "document"))
_JOB = _JOBS.where(job.c.id == bindparam("id"))
_OPEN = _JOBS.where(job.c.state.in_([JobState.WAITING.value, JobState.RUNNING.value])).order_by(job.c.id).limit(1)
_NEWEST = _JOBS.where(job.c.owner == bindparam("owner")).order_by(job.c.id.desc()).limit(bindparam("limit"))
_DOCUMENT = select(job.c.document).where(job.c.id == bindparam("id"))
_ITEMS = (
    select(job_item)
    .where(job_item.c.job_id == bindparam("id"), job_item.c.position > bindparam("after"))
    .order_by(job_item.c.position)
    .limit(bindparam("limit"))
)
_COUNTS = select(job_item.c.state, func.count()).where(job_item.c.job_id == bindparam("id")).group_by(job_item.c.state)
_ADD_ITEMS = Bulk(
    "INSERT INTO job_item (job_id, position, address, title, state, feed_id, note) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (job_id, position) DO UPDATE SET address = excluded.address, title = excluded.title,"
    " state = excluded.state, feed_id = excluded.feed_id, note = excluded.note"
)


def add_job(conn: Connection, owner: OwnerId, name: str, document: bytes, *, now: datetime) -> JobId:
    """Add a job that waits for the worker. `name` is the file's, `document` its bytes."""
    values = {
        "owner": owner,
        "name": name,
        "state": JobState.WAITING.value,
        "total": 0,
        "done": 0,
        "notes": "",
        "created": now,
        "undone": False,
        "document": document,
    }
    return JobId(conn.execute(insert(job).returning(job.c.id), values).scalar_one())


def next_waiting(conn: Connection) -> Job | None:
    """Return the oldest job that waits, or was running when its worker ended."""
    row = conn.execute(_OPEN).first()
    return _job_of(row) if row else None


def set_progress(
    conn: Connection,
    job_id: JobId,
    *,
    state: JobState,
    total: int,
    done: int,
    notes: tuple[str, ...],
    ended: datetime | None = None,
) -> None:
    """Write where a job stands."""
    conn.execute(
        update(job)
        .where(job.c.id == job_id)
        .values(state=state.value, total=total, done=done, notes=pack_texts(notes) or "", ended=ended)
    )


def add_items(conn: Connection, job_id: JobId, items: Sequence[JobItem]) -> None:
    """Write what became of some parts; one at a position that is taken replaces what stood there."""
    _ADD_ITEMS.run(
        conn,
        [
            (job_id, item.position, item.address, item.title, item.state.value, item.feed_id, item.note)
            for item in items
        ],
    )


def get_job(conn: Connection, job_id: JobId) -> Job:
    """Return a job. Raises NotFoundError."""
    row = conn.execute(_JOB, {"id": job_id}).first()
    if row is None:
        raise NotFoundError("job", job_id)
    return _job_of(row)


def get_jobs(conn: Connection, owner: OwnerId, *, limit: int) -> tuple[Job, ...]:
    """Return an owner's jobs, the newest first."""
    return tuple(map(_job_of, conn.execute(_NEWEST, {"owner": owner, "limit": limit})))


def get_items(
    conn: Connection, job_id: JobId, *, state: ItemState | None = None, after: int = -1, limit: int
) -> tuple[JobItem, ...]:
    """Return a page of a job's parts, those behind the position `after`; of one state where it is given."""
    statement = _ITEMS if state is None else _ITEMS.where(job_item.c.state == state.value)
    return tuple(map(_item_of, conn.execute(statement, {"id": job_id, "after": after, "limit": limit})))


def count_items(conn: Connection, job_id: JobId) -> dict[ItemState, int]:
    """Count a job's parts by what became of them; states that none is in are missing."""
    return {ItemState(state): number for state, number in conn.execute(_COUNTS, {"id": job_id})}


def get_document(conn: Connection, job_id: JobId) -> bytes:
    """Return the bytes a job works on. Raises NotFoundError."""
    document = conn.execute(_DOCUMENT, {"id": job_id}).scalar()
    if document is None:
        raise NotFoundError("job", job_id)
    return bytes(document)


def set_undone(conn: Connection, job_id: JobId) -> None:
    """Mark what a job did as taken back."""
    conn.execute(update(job).where(job.c.id == job_id).values(undone=True))


def _job_of(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        id=JobId(row.id),
        owner=OwnerId(row.owner),
        name=row.name,
        state=JobState(row.state),
        total=row.total,
        done=row.done,
        notes=unpack_texts(row.notes),
        created=row.created,
        ended=row.ended,
        undone=row.undone,
    )


def _item_of(row: Row[*tuple[Any, ...]]) -> JobItem:
    return JobItem(
        position=row.position,
        address=row.address,
        title=row.title,
        state=ItemState(row.state),
        feed_id=None if row.feed_id is None else FeedId(row.feed_id),
        note=row.note,
    )
