"""The words index when its version changes: all entries indexed anew, newest first, in transactions of milliseconds.

What is written meanwhile is of the new version already, so a search finds a mixture until the end, and nothing waits.
How far it has come stands beside it in the database: whoever is killed goes on from there.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from aggregator.store.dialects import words_index
from aggregator.store.tables import entry, entry_body
from aggregator.store.values import delete_value, find_value, set_value, take_numbers
from aggregator.text.words import INDEX_VERSION, index_html

if TYPE_CHECKING:
    from sqlalchemy import Connection

WHOLE = "words-index"
"""The value that names the version all entries are indexed in; before the second version there was none."""
UNDER_WAY = "words-index-under-way"
"""The value `VERSION BELOW` while it is made anew: entries with ids below are still of an older version."""
HIGHEST_ID = 2**63 - 1
GROUP = 8
SECONDS = 0.015
"""How long one transaction takes, so that nobody waits for it."""

_NEXT = (
    select(entry.c.id, entry.c.title, entry_body.c.content_html, entry_body.c.summary_html)
    .join(entry_body, entry_body.c.entry_id == entry.c.id)
    .where(entry.c.id < bindparam("below"))
    .order_by(entry.c.id.desc())
    .limit(GROUP)
)
_LEFT = select(func.count()).select_from(entry).where(entry.c.id < bindparam("below"))


def is_current(conn: Connection) -> bool:
    """Tell whether the whole index is of this version."""
    return find_value(conn, WHOLE) == INDEX_VERSION


def count_left(conn: Connection) -> int:
    """Return how many entries are still indexed as an earlier version did."""
    return 0 if is_current(conn) else int(conn.execute(_LEFT, {"below": _below(conn) or HIGHEST_ID}).scalar_one())


def set_current(conn: Connection) -> None:
    """Say that the whole index is of this version."""
    set_value(conn, WHOLE, INDEX_VERSION)
    delete_value(conn, UNDER_WAY)


def rebuild_some(conn: Connection) -> bool:
    """Index a few more entries anew; tells whether that was all there was to do."""
    # Whoever writes entries holds this until the end of a transaction: neither undoes what the other did.
    take_numbers(conn, versions=0)
    if is_current(conn):
        return True
    index = words_index(conn)
    below = _below(conn)
    if below is None:
        index.begin_anew(conn)
        below = HIGHEST_ID
    end = time.monotonic() + SECONDS
    while rows := conn.execute(_NEXT, {"below": below}).all():
        index.set_words(conn, [(row.id, index_html(row.title, row.content_html, row.summary_html)) for row in rows])
        below = rows[-1].id
        if time.monotonic() >= end:
            break
    set_value(conn, UNDER_WAY, f"{INDEX_VERSION} {below}")
    if rows or not index.tidy(conn):
        return False
    set_current(conn)
    return True


def _below(conn: Connection) -> int | None:
    version, _, below = (find_value(conn, UNDER_WAY) or "").partition(" ")
    return int(below) if version == INDEX_VERSION else None
