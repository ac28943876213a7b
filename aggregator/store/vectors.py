"""Vectors of entries and of the topics of rules: the truth that every index of them is made from."""

from __future__ import annotations

from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from aggregator.model.ids import EntryId
from aggregator.model.meaning import ChangedVector, TextToRead
from aggregator.store.bulk import Bulk, chunks
from aggregator.store.packed import unpack_extras
from aggregator.store.tables import entry, entry_gone, entry_vector, feed, topic_vector
from aggregator.store.values import find_value, set_value, take_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from aggregator.model.meaning import StoredVector

_UNREAD = (
    select(
        entry.c.id,
        entry.c.version,
        func.coalesce(entry.c.language, feed.c.language).label("language"),
        entry.c.title,
        entry.c.excerpt,
        entry.c.extras,
    )
    .join(feed, feed.c.id == entry.c.feed_id)
    .where(entry.c.version > bindparam("version"))
    .order_by(entry.c.version)
    .limit(bindparam("limit"))
)
_LEFT = select(func.count()).select_from(entry).where(entry.c.version > bindparam("version"))
_LEFT_OF = _LEFT.where(entry.c.version <= bindparam("until"))
_OF_CONTENTS = select(entry_vector.c.content, entry_vector.c.vector).where(
    entry_vector.c.content.in_(bindparam("contents", expanding=True)),
    entry_vector.c.model == bindparam("model"),
    entry_vector.c.vector.is_not(None),
)
_KEEP = Bulk(
    "INSERT INTO entry_vector (entry_id, version, entry_version, model, content, vector) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (entry_id) DO UPDATE SET version = excluded.version, entry_version = excluded.entry_version,"
    " model = excluded.model, content = excluded.content, vector = excluded.vector"
)
_THERE = select(entry.c.id).where(entry.c.id.in_(bindparam("ids", expanding=True)))
_CHANGED = (
    select(entry_vector.c.entry_id, entry_vector.c.version, entry_vector.c.vector)
    .where(entry_vector.c.version > bindparam("version"), entry_vector.c.model == bindparam("model"))
    .order_by(entry_vector.c.version)
    .limit(bindparam("limit"))
)
_GONE = (
    select(entry_gone.c.entry_id, entry_gone.c.version)
    .where(entry_gone.c.version > bindparam("version"))
    .order_by(entry_gone.c.version)
    .limit(bindparam("limit"))
)
# Of an entry that changed since, what was read is no longer what it says.
_OF_ENTRIES = (
    select(entry_vector.c.entry_id, entry_vector.c.vector)
    .join(entry, entry.c.id == entry_vector.c.entry_id)
    .where(
        entry_vector.c.entry_id.in_(bindparam("ids", expanding=True)),
        entry_vector.c.model == bindparam("model"),
        entry_vector.c.entry_version == entry.c.version,
    )
)
_COUNTS = select(func.count(), func.count(entry_vector.c.vector)).where(entry_vector.c.model == bindparam("model"))
_ONE = (
    select(entry_vector.c.vector)
    .where(entry_vector.c.model == bindparam("model"), entry_vector.c.vector.is_not(None))
    .order_by(entry_vector.c.version.desc())
    .limit(1)
)
_TOPICS = select(topic_vector.c.content, topic_vector.c.vector).where(
    topic_vector.c.content.in_(bindparam("contents", expanding=True)), topic_vector.c.model == bindparam("model")
)
_KEEP_TOPIC = Bulk("INSERT INTO topic_vector (model, content, vector) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
_CURRENT = "meaning-model"


def content_of(*texts: str) -> bytes:
    """Return the 16 bytes by which a text that was read is known again."""
    return blake2b("\n\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def current_model(conn: Connection) -> str | None:
    """Return the id of the model whose vectors count; None before there was any."""
    return find_value(conn, _CURRENT) or None


def set_current_model(conn: Connection, model: str) -> None:
    """Let a model's vectors count; empty: none do, as long as there is no model. Rankings made before are old."""
    if (find_value(conn, _CURRENT) or "") != model:
        set_value(conn, _CURRENT, model)
        take_numbers(conn, versions=1)


def read_up_to(conn: Connection, model: str) -> int:
    """Return the data version up to which a model has read the entries."""
    return int(find_value(conn, f"meaning-read:{model}") or 0)


def unread(conn: Connection, after: int, limit: int) -> tuple[TextToRead, ...]:
    """Return entries that came or changed after a data version, the first first."""
    rows = conn.execute(_UNREAD, {"version": after, "limit": limit})
    return tuple(
        TextToRead(
            entry_id=EntryId(row.id),
            version=row.version,
            language=row.language,
            title=row.title,
            text=row.excerpt,
            reserved=unpack_extras(row.extras).reserved,
        )
        for row in rows
    )


def count_unread(conn: Connection, after: int, until: int | None = None) -> int:
    """Count the entries that came or changed after a data version, and up to another where that is told."""
    if until is None:
        return int(conn.execute(_LEFT, {"version": after}).scalar_one())
    return int(conn.execute(_LEFT_OF, {"version": after, "until": until}).scalar_one())


def find_read(conn: Connection, model: str, contents: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the vectors of texts that were read before, in whatever entry."""
    return {
        bytes(content): bytes(found)
        for part in chunks(contents)
        for content, found in conn.execute(_OF_CONTENTS, {"contents": part, "model": model})
    }


def keep(conn: Connection, model: str, vectors: Sequence[StoredVector], *, read_to: int) -> None:
    """Keep the vectors of entries that are still there, and note how far the model has read."""
    ids = [each.entry_id for each in vectors]
    there = {found for part in chunks(ids) for found in conn.execute(_THERE, {"ids": part}).scalars()}
    kept = [each for each in vectors if each.entry_id in there]
    if kept:
        last, _ = take_numbers(conn, versions=len(kept))
        first = last - len(kept) + 1
        _KEEP.run(
            conn,
            [
                (each.entry_id, first + place, each.entry_version, model, each.content, each.vector)
                for place, each in enumerate(kept)
            ],
        )
    set_value(conn, f"meaning-read:{model}", str(read_to))


def changed_since(conn: Connection, model: str, version: int, limit: int) -> tuple[ChangedVector, ...]:
    """Return at most `limit` vectors that came or went after a data version, in the order they did."""
    given = {"version": version, "limit": limit}
    came = [ChangedVector(*row) for row in conn.execute(_CHANGED, {**given, "model": model})]
    went = [ChangedVector(EntryId(entry_id), at, None) for entry_id, at in conn.execute(_GONE, given)]
    return tuple(sorted([*came, *went], key=attrgetter("version"))[:limit])


def of_entries(conn: Connection, model: str, ids: Iterable[EntryId]) -> dict[EntryId, bytes | None]:
    """Return the vectors of what these entries say now; None where the model cannot read one."""
    return {
        EntryId(entry_id): None if found is None else bytes(found)
        for part in chunks(list(ids))
        for entry_id, found in conn.execute(_OF_ENTRIES, {"ids": part, "model": model})
    }


def counts(conn: Connection, model: str) -> tuple[int, int]:
    """Count the entries a model was given, and those of them it can read."""
    given, read = conn.execute(_COUNTS, {"model": model}).one()
    return given, read


def find_dimensions(conn: Connection, model: str) -> int | None:
    """Return how many numbers a model's vectors have; None before there is one."""
    found = conn.execute(_ONE, {"model": model}).scalar()
    return len(found) // 2 if found else None


def find_topics(conn: Connection, model: str, texts: Sequence[str]) -> dict[str, bytes]:
    """Return the vectors of topics by their texts, as far as they are known."""
    by_content = {content_of(text): text for text in texts}
    return {
        by_content[bytes(content)]: bytes(found)
        for part in chunks(list(by_content))
        for content, found in conn.execute(_TOPICS, {"contents": part, "model": model})
    }


def add_topics(conn: Connection, model: str, vectors: Mapping[str, bytes]) -> None:
    """Keep the vectors of topics; rankings made without them are old."""
    if vectors:
        _KEEP_TOPIC.run(conn, [(model, content_of(text), each) for text, each in vectors.items()])
        take_numbers(conn, versions=1)
