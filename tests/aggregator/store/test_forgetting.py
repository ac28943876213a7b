"""What is deleted is in none of the database's files any more (safety 58)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from aggregator.model.entry import EntryData, EntryUpdateIntent, Kind
from aggregator.model.feed import NewFeed
from aggregator.store import entries, feeds

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRET = "zyzzyvaquux"


def intent(n, words):
    data = EntryData(
        key=f"k{n}", raw_hash=bytes(16), guid=None, link=None, title=words, authors=(), published=None, updated=None,
        language=None, kind=Kind.ARTICLE, categories=(), enclosures=(), image=None, comments=None,
        content_html=f"<p>{words}</p>" * 500, summary_html=words, excerpt=words, words=1, paid=False, index=words,
    )  # fmt: skip
    uid = hashlib.sha256(data.key.encode()).hexdigest()[:32]
    return EntryUpdateIntent(data=data, uid=uid, time=NOW, first_seen=NOW, age_known=True, held=None)


def files_that_hold(directory, word):
    return [path.name for path in directory.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


@pytest.fixture
def secret_feed(sqlite_database):
    with sqlite_database.write() as conn:
        new = NewFeed("https://example.org/f", "T", None, None, "s", "o")
        feed_id = feeds.add_feed(conn, new, now=NOW, due=NOW)
    for n in range(200):
        with sqlite_database.write() as conn:
            entries.apply_intents(conn, feed_id, [intent(n, f"common word{n} {SECRET if n == 77 else 'plain'}")])
    assert files_that_hold(sqlite_database.path.parent, SECRET)
    return feed_id


@pytest.mark.parametrize("how", ["entry", "feed", "change"])
def test_safety_58_deleted_words_are_in_no_file(sqlite_database, secret_feed, how):
    with sqlite_database.write() as conn:
        held = entries.find_held(conn, secret_feed, ["k77"])["k77"]
        match how:
            case "entry":
                entries.delete_entries(conn, [held.entry_id])
            case "feed":
                feeds.delete_feed(conn, secret_feed)
            case "change":
                new = intent(77, "harmless")
                changed = EntryUpdateIntent(new.data, held.uid, NOW, NOW, age_known=True, held=held)
                entries.apply_intents(conn, secret_feed, [changed])
    sqlite_database.checkpoint()
    assert [] == files_that_hold(sqlite_database.path.parent, SECRET)
    assert [] == files_that_hold(sqlite_database.path.parent, SECRET[3:])
