"""Entries, with their bodies, words and seen-markers: written together, deleted together, read apart."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, LargeBinary, bindparam, delete, exists, select, tuple_, type_coerce

from aggregator.errors import NotFoundError
from aggregator.model.entry import Body, Entry, EntryForUpdate, Marks
from aggregator.model.ids import EntryId, FeedId, Uid, is_uid
from aggregator.store.bulk import Bulk, chunks, insert_into
from aggregator.store.columns import to_seconds
from aggregator.store.dialects import words_index
from aggregator.store.entry_rows import (
    CHANGING,
    ENTRY_COLUMNS,
    FACT_COLUMNS,
    changing_values,
    column_row_of,
    entry_of,
    gone_row,
    key_hash,
    link_hash,
)
from aggregator.store.tables import carried, entry, entry_body, entry_gone, seen
from aggregator.store.values import take_numbers
from aggregator.text.marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Row

    from aggregator.model.candidate import ColumnRow
    from aggregator.model.entry import EntryUpdateIntent

HASH_BYTES = 16

_MARKERS = (
    seen.c.key_hash, seen.c.uid, seen.c.entry_id, seen.c.raw_hash, seen.c.time, seen.c.first_seen, seen.c.age_known,
    seen.c.link_mark, seen.c.place_mark, seen.c.title_mark, seen.c.text_mark,
)  # fmt: skip
_HELD = select(*_MARKERS).where(
    seen.c.feed_id == bindparam("feed_id"), seen.c.key_hash.in_(bindparam("hashes", expanding=True))
)
_HAS_MARKERS = select(exists().where(seen.c.feed_id == bindparam("feed_id")))
# Without an index: only a feed's own markers are looked through, and only where something new arrived.
_ALIKE = (
    select(*_MARKERS)
    .where(
        seen.c.feed_id == bindparam("feed_id"),
        seen.c.place_mark.in_(bindparam("places", expanding=True))
        | seen.c.text_mark.in_(bindparam("texts", expanding=True)),
    )
    .order_by(seen.c.first_seen, seen.c.uid)
)
_CARRIED = select(carried.c.feed_id, carried.c.hashes).where(carried.c.feed_id.in_(bindparam("ids", expanding=True)))
_ENTRIES = select(*ENTRY_COLUMNS)
_BY_UID = _ENTRIES.where(entry.c.uid == bindparam("uid"))
_BY_UIDS = _ENTRIES.where(entry.c.uid.in_(bindparam("uids", expanding=True)))
_BY_IDS = _ENTRIES.where(entry.c.id.in_(bindparam("ids", expanding=True)))
_BY_LINK = _ENTRIES.where(entry.c.link_hash == bindparam("hash"), entry.c.link == bindparam("link")).order_by(
    entry.c.id
)
_BODY = select(entry_body.c.content_html, entry_body.c.summary_html).where(entry_body.c.entry_id == bindparam("id"))
_IDS_THERE = select(entry.c.id).where(entry.c.id.in_(bindparam("ids", expanding=True)))
_NEWEST_FIRST = _ENTRIES.order_by(entry.c.time.desc(), entry.c.id.desc()).limit(bindparam("limit"))
# Plain numbers and bytes: at a first filling of the columns a million rows come this way.
_PLAIN = {"uid": LargeBinary, "time": BigInteger, "first_seen": BigInteger}
_CHANGED = (
    select(*(type_coerce(c, _PLAIN[c.name]) if c.name in _PLAIN else c for c in FACT_COLUMNS))
    .where(entry.c.version > bindparam("version"))
    .order_by(entry.c.version)
    .limit(bindparam("limit"))
)
_GONE = (
    select(entry_gone.c.version, entry_gone.c.entry_id)
    .where(entry_gone.c.version > bindparam("version"))
    .order_by(entry_gone.c.version)
    .limit(bindparam("limit"))
)

_ADD = Bulk(insert_into("entry", ("id", "uid", "feed_id", *CHANGING)))
_CHANGE = Bulk(f"UPDATE entry SET {', '.join(f'{name} = ?' for name in CHANGING)} WHERE id = ?")
_ADD_BODY = Bulk(insert_into("entry_body", ("entry_id", "content_html", "summary_html")))
_CHANGE_BODY = Bulk("UPDATE entry_body SET content_html = ?, summary_html = ? WHERE entry_id = ?")
_MARK = Bulk(
    "INSERT INTO seen (feed_id, key_hash, uid, entry_id, raw_hash, time, first_seen, age_known,"
    " link_mark, place_mark, title_mark, text_mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (feed_id, key_hash) DO UPDATE SET entry_id = excluded.entry_id, raw_hash = excluded.raw_hash,"
    " time = excluded.time, first_seen = excluded.first_seen, age_known = excluded.age_known,"
    " link_mark = excluded.link_mark, place_mark = excluded.place_mark, title_mark = excluded.title_mark,"
    " text_mark = excluded.text_mark"
)
_DROP_MARKER = Bulk("DELETE FROM seen WHERE feed_id = ? AND key_hash = ?")
# An entry and its marker have the same time, and there is an index over that.
_UNMARK = Bulk("UPDATE seen SET entry_id = NULL WHERE feed_id = ? AND time = ? AND entry_id = ?")
_BURY = Bulk("INSERT INTO entry_gone (version, entry_id) VALUES (?, ?)")


def has_markers(conn: Connection, feed_id: FeedId) -> bool:
    """Tell whether anything was ever seen of a feed's entries."""
    return bool(conn.execute(_HAS_MARKERS, {"feed_id": feed_id}).scalar())


def find_held(conn: Connection, feed_id: FeedId, keys: Sequence[str]) -> dict[str, EntryForUpdate]:
    """Return what is held of a feed's entries with these keys, also of those that are gone."""
    by_hash = {key_hash(key): key for key in keys}
    rows = (row for part in chunks(list(by_hash)) for row in conn.execute(_HELD, {"feed_id": feed_id, "hashes": part}))
    return {by_hash[bytes(row.key_hash)]: _held_of(row) for row in rows}


def find_alike(conn: Connection, feed_id: FeedId, marks: Sequence[Marks]) -> tuple[EntryForUpdate, ...]:
    """Return what is held of a feed's entries with one of these places or texts, the first seen first."""
    found: dict[Uid, EntryForUpdate] = {}
    for part in chunks(marks):
        given = {"places": [m.place for m in part if m.place], "texts": [m.text for m in part if m.text]}
        held = map(_held_of, conn.execute(_ALIKE, {"feed_id": feed_id, **given}))
        found |= {each.uid: each for each in held}
    return tuple(found.values())


def _held_of(row: Row[*tuple[Any, ...]]) -> EntryForUpdate:
    return EntryForUpdate(
        key_hash=bytes(row.key_hash),
        uid=Uid(row.uid),
        entry_id=None if row.entry_id is None else EntryId(row.entry_id),
        raw_hash=bytes(row.raw_hash),
        time=row.time,
        first_seen=row.first_seen,
        age_known=row.age_known,
        marks=Marks(row.link_mark, row.place_mark, row.title_mark, row.text_mark),
    )


def apply_intents(conn: Connection, feed_id: FeedId, intents: Sequence[EntryUpdateIntent]) -> tuple[int, int]:
    """Write what was decided: entries, bodies, seen-markers and words. Gives the numbers of new and changed ones.

    Passes over a change to an entry that was deleted meanwhile. Raises ConflictError where somebody else wrote a
    new one of them first (at the end of a lease): then nothing of the transaction may stay.
    """
    new = [intent for intent in intents if _held_id(intent) is None]
    there = _ids_there(conn, [entry_id for intent in intents if (entry_id := _held_id(intent)) is not None])
    changed = [(entry_id, intent) for intent in intents if (entry_id := _held_id(intent)) in there and entry_id]
    if not new and not changed:
        return 0, 0
    version, last_id = take_numbers(conn, versions=len(new) + len(changed), entries=len(new))
    added = list(enumerate(new, last_id - len(new) + 1))
    _write_new(conn, feed_id, added, version - len(new) - len(changed) + 1)
    _write_changed(conn, changed, version - len(changed) + 1)
    both = [*added, *changed]
    _drop_old_keys(conn, feed_id, [intent for _, intent in both])
    _MARK.run(conn, [_marker(feed_id, entry_id, intent) for entry_id, intent in both])
    return len(new), len(changed)


def _held_id(intent: EntryUpdateIntent) -> EntryId | None:
    return intent.held.entry_id if intent.held else None


def _drop_old_keys(conn: Connection, feed_id: FeedId, intents: Sequence[EntryUpdateIntent]) -> None:
    """Take away the markers of entries that changed their key: an entry has one, or its source's pace would grow."""
    held = [(each.held.key_hash, key_hash(each.data.key)) for each in intents if each.held]
    _DROP_MARKER.run(conn, [(feed_id, old) for old, new in held if old != new])


def _ids_there(conn: Connection, ids: Sequence[int]) -> set[int]:
    return {entry_id for part in chunks(ids) for entry_id in conn.execute(_IDS_THERE, {"ids": part}).scalars()}


def _write_new(conn: Connection, feed_id: FeedId, added: Sequence[tuple[int, EntryUpdateIntent]], version: int) -> None:
    _ADD.run(
        conn,
        [
            (entry_id, bytes.fromhex(intent.uid), feed_id, *changing_values(intent, version + place))
            for place, (entry_id, intent) in enumerate(added)
        ],
    )
    _ADD_BODY.run(conn, [(entry_id, i.data.content_html, i.data.summary_html) for entry_id, i in added])
    words_index(conn).add_words(conn, [(entry_id, i.data.index) for entry_id, i in added])


def _write_changed(conn: Connection, changed: Sequence[tuple[int, EntryUpdateIntent]], version: int) -> None:
    _CHANGE.run(
        conn,
        [(*changing_values(intent, version + place), entry_id) for place, (entry_id, intent) in enumerate(changed)],
    )
    _CHANGE_BODY.run(conn, [(i.data.content_html, i.data.summary_html, entry_id) for entry_id, i in changed])
    words_index(conn).set_words(conn, [(entry_id, i.data.index) for entry_id, i in changed])


def _marker(feed_id: FeedId, entry_id: int, intent: EntryUpdateIntent) -> tuple[Any, ...]:
    return (
        feed_id,
        key_hash(intent.data.key),
        bytes.fromhex(intent.uid),
        entry_id,
        intent.data.raw_hash,
        to_seconds(intent.time),
        to_seconds(intent.first_seen),
        intent.age_known,
        *marks_of(intent.data),
    )


def known_hashes(conn: Connection, feed_ids: Sequence[FeedId]) -> dict[FeedId, frozenset[bytes]]:
    """Return the raw hashes each feed's last whole document carried: what need not be cleaned again."""
    return {
        FeedId(feed_id): frozenset(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES))
        for part in chunks(feed_ids)
        for feed_id, hashes in conn.execute(_CARRIED, {"ids": part})
    }


def find_entry(conn: Connection, uid: Uid) -> Entry | None:
    """Return the entry with a uid, without its body. What is no uid (from an address, say) is nobody's."""
    if not is_uid(uid):
        return None
    row = conn.execute(_BY_UID, {"uid": uid}).first()
    return entry_of(row) if row else None


def get_entry(conn: Connection, uid: Uid) -> Entry:
    """Return the entry with a uid, without its body. Raises NotFoundError."""
    found = find_entry(conn, uid)
    if found is None:
        raise NotFoundError("entry", uid)
    return found


def get_entries(conn: Connection, ids: Iterable[EntryId]) -> dict[EntryId, Entry]:
    """Return those of these entries that are there, without their bodies."""
    found = (entry_of(row) for part in chunks(list(ids)) for row in conn.execute(_BY_IDS, {"ids": part}))
    return {each.id: each for each in found}


def find_entries(conn: Connection, uids: Iterable[Uid]) -> dict[Uid, Entry]:
    """Return those of the entries with these uids that are there, without their bodies."""
    asked = list(filter(is_uid, uids))
    found = (entry_of(row) for part in chunks(asked) for row in conn.execute(_BY_UIDS, {"uids": part}))
    return {each.uid: each for each in found}


def find_by_link(conn: Connection, link: str) -> tuple[Entry, ...]:
    """Return the entries that link exactly there: several feeds may carry one."""
    return tuple(map(entry_of, conn.execute(_BY_LINK, {"hash": link_hash(link), "link": link})))


def get_body(conn: Connection, entry_id: EntryId) -> Body:
    """Return the long texts of an entry. Raises NotFoundError."""
    row = conn.execute(_BODY, {"id": entry_id}).first()
    if row is None:
        raise NotFoundError("entry", entry_id)
    return Body(row.content_html, row.summary_html)


def iter_entries(
    conn: Connection, *, feed_id: FeedId | None = None, after: Entry | None = None, limit: int
) -> tuple[Entry, ...]:
    """Return a page of the entries of a feed (None: of all), newest first; the next one begins `after` its last."""
    statement = _NEWEST_FIRST
    if feed_id is not None:
        statement = statement.where(entry.c.feed_id == feed_id)
    if after is not None:
        statement = statement.where(tuple_(entry.c.time, entry.c.id) < tuple_(to_seconds(after.time), after.id))
    return tuple(map(entry_of, conn.execute(statement, {"limit": limit})))


def changed_since(conn: Connection, version: int, limit: int) -> tuple[ColumnRow, ...]:
    """Return at most `limit` entries that changed or went after a data version, in the order they did.

    Every row has a version of its own: the next page begins after the last row's.
    """
    given = {"version": version, "limit": limit}
    changed = [column_row_of(row) for row in conn.execute(_CHANGED, given)]
    gone = [gone_row(entry_id, at) for at, entry_id in conn.execute(_GONE, given)]
    return tuple(sorted([*changed, *gone], key=attrgetter("version"))[:limit])


def delete_entries(conn: Connection, ids: Sequence[EntryId]) -> None:
    """Delete entries with bodies, states and words; their seen-markers stay, so they do not come back."""
    bury(conn, ids)  # first: whoever writes entries waits here for the others
    words_index(conn).delete_words(conn, ids)
    for part in chunks(ids):
        rows = conn.execute(
            delete(entry)
            .where(entry.c.id.in_(part))
            .returning(entry.c.feed_id, type_coerce(entry.c.time, BigInteger), entry.c.id)
        ).all()
        _UNMARK.run(conn, [tuple(row) for row in rows])


def bury(conn: Connection, ids: Sequence[int]) -> None:
    """Tell those who follow the data version that these entries are no more."""
    if ids:
        version, _ = take_numbers(conn, versions=len(ids))
        _BURY.run(conn, list(enumerate(ids, version - len(ids) + 1)))
