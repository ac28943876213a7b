"""A real database with entries in it, and what its columns should hold."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from aggregator.model.entry import Author, EntryData, EntryUpdateIntent, Kind
from aggregator.model.feed import NewFeed
from aggregator.model.ids import Uid
from aggregator.store import entries, feeds, values
from aggregator.store.database import Database

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class StillClock:
    """A clock that a test moves."""

    def __init__(self, now=NOW):
        self.instant = now

    def now(self):
        return self.instant

    def pass_by(self, **span):
        self.instant += timedelta(**span)


def open_database(folder, clock=None):
    database = Database.open(folder / "broadsheet.db", clock=clock or StillClock())
    database.migrate()
    return database


def add_feed(database, number=1, **given):
    known = {
        "address": f"https://f{number}.example/feed",
        "title": f"Feed {number}",
        "site": None,
        "language": "en",
        "source": f"f{number}.example",
        "owner": f"f{number}.example",
    }
    with database.write() as conn:
        return feeds.add_feed(conn, NewFeed(**{**known, **given}), now=NOW, due=NOW)


def make_entry(number, **given):
    known = {
        "key": f"key {number}",
        "raw_hash": number.to_bytes(16, "big"),
        "guid": f"key {number}",
        "link": f"https://f.example/{number}",
        "title": f"Entry {number}",
        "authors": (),
        "published": NOW,
        "updated": None,
        "language": None,
        "kind": Kind.ARTICLE,
        "categories": (),
        "enclosures": (),
        "image": None,
        "comments": None,
        "content_html": f"<p>Words of entry {number}.</p>",
        "summary_html": "",
        "excerpt": f"Words of entry {number}.",
        "words": 4,
        "paid": False,
        "index": f"entry {number} words of entry {number}",
    }
    return EntryData(**{**known, **given})


def odd_entries(seed, count, start=0):
    """Entries with all sorts of facts, and how long ago each was published."""
    chance = random.Random(seed)
    made = []
    for number in range(start, start + count):
        age = timedelta(seconds=chance.randrange(0, 10 * 86_400))
        data = make_entry(
            number,
            published=NOW - age,
            language=chance.choice([None, "fr", "pt-BR"]),
            kind=chance.choice(list(Kind)),
            authors=(Author("A. Author"),) if chance.random() < 0.5 else (),
            words=chance.choice([None, 3, 900]),
            paid=chance.random() < 0.2,
        )
        made.append((data, age))
    return made


def store(database, feed_id, made, first_seen=NOW):
    """Write entries as new ones or as changes of those held; `made` holds (data, age) pairs."""
    with database.write() as conn:
        held = entries.find_held(conn, feed_id, [data.key for data, _ in made])
        intents = []
        for data, age in made:
            old = held.get(data.key)
            uid = old.uid if old else Uid(random.Random(f"{feed_id} {data.key}").randbytes(16).hex())
            intents.append(
                EntryUpdateIntent(
                    data=data,
                    uid=uid,
                    time=old.time if old else min(first_seen, NOW - age),
                    first_seen=old.first_seen if old else first_seen,
                    age_known=True,
                    held=old,
                )
            )
        entries.apply_intents(conn, feed_id, intents)
    return [intent.uid for intent in intents]


def sync(columns, database):
    with database.read() as conn:
        return columns.sync(conn)


def expected_rows(database):
    """All living entries as the database tells them, by id."""
    with database.read() as conn:
        return {row.entry_id: row for row in entries.changed_since(conn, 0, 10**9) if not row.deleted}


def version_of(database):
    with database.read() as conn:
        return values.data_version(conn)
