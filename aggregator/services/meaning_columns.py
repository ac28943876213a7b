"""Puts what the model found into a list's table: stories, copies, nearness to topics, vectors.

Without a model the table has none of these columns, and every line that reads one gives 0 and says so.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from aggregator.candidates.stories import copy_flags, story_columns
from aggregator.errors import BusyError
from aggregator.services.current_model import names_behind
from aggregator.store import vectors
from rankers import STORY_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection

    from aggregator.candidates.facts import Facts
    from aggregator.candidates.snapshot import Snapshot
    from aggregator.candidates.table import Candidates
    from aggregator.services.desk import Desk
    from rankers import CandidateTable, Topic

PREFIX = "topic."
WAIT = 0.5
"""Seconds a topic that nobody published yet may take: a draft that an editor tries."""


def with_meaning(
    desk: Desk,
    conn: Connection,
    snapshot: Snapshot,
    facts: Facts,
    found: Candidates,
    *,
    reads: AbstractSet[str],
    topics: Sequence[Topic],
    since: int,
) -> Candidates:
    """Give the candidates with the columns of meaning that `reads` names; as they are where there is no model.

    `since`: the candidates are from after it (s).
    """
    model = vectors.current_model(conn)
    if model is None:
        return found
    table, held, now = found.table, desk.columns.meaning, found.table.now
    labels, numbers, flags = dict(table.labels), dict(table.numbers), dict(table.flags)
    if reads & STORY_COLUMNS:
        told = story_columns(snapshot, facts, held.stories.rows(conn, snapshot), found.rows, now=now, reads=reads)
        labels, numbers, flags = {**labels, **told[0]}, {**numbers, **told[1]}, {**flags, **told[2]}
    if "copy" in reads:
        flags["copy"] = copy_flags(snapshot, facts, held.copies.rows(conn, snapshot), found.rows, now)
    wanted = [topic for topic in topics if PREFIX + topic.id in reads]
    if wanted:
        known = topic_vectors(desk, conn, model, [text for topic in wanted for text in topic.texts])
        for topic in wanted:
            packed = [known[text] for text in topic.texts if text in known]
            if len(packed) == len(topic.texts):
                numbers[PREFIX + topic.id] = held.nearness(conn, snapshot, model, packed, found.rows)
    models = names_behind(conn, reads, since)
    whole: CandidateTable = replace(table, labels=labels, numbers=numbers, flags=flags, models=models)
    dimensions = vectors.find_dimensions(conn, model) if "meaning" in reads else None
    if dimensions:
        whole = replace(whole, vectors=held.vectors(conn, snapshot, model, dimensions, found.rows))
    return replace(found, table=whole)


def topic_vectors(desk: Desk, conn: Connection, model: str, texts: Sequence[str]) -> dict[str, bytes]:
    """Give the vectors of subjects in words; those not kept yet are asked of the worker, which may be busy."""
    known = vectors.find_topics(conn, model, texts)
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        with suppress(BusyError):
            known |= zip(new, desk.ask.embed(new, wait=WAIT), strict=True)
    return known
