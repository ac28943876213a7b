from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.entry import EntryData, EntryUpdateIntent, Kind
from aggregator.model.feed import NewFeed
from aggregator.store import entries, feeds, members
from aggregator.text.words import index_text

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def conn(database):
    """A connection for writing whose changes are kept at the end of the test, if it comes to it."""
    with database.write() as connection:
        yield connection


def new_feed(address, **fields):
    told = {"title": "A paper", "site": None, "language": "en", "source": "example.org", "owner": "example.org"}
    return NewFeed(address=address, **{**told, **fields})


def data(key, *, text="Some words", **fields):
    told = {
        "key": key,
        "raw_hash": hashlib.sha256(f"{key}{text}{fields}".encode()).digest()[:16],
        "guid": key,
        "link": f"https://example.org/{key}",
        "title": f"About {key}",
        "authors": (),
        "published": NOW - timedelta(hours=2),
        "updated": None,
        "language": "en",
        "kind": Kind.ARTICLE,
        "categories": (),
        "enclosures": (),
        "image": None,
        "comments": None,
        "content_html": f"<p>{text}</p>",
        "summary_html": "",
        "excerpt": text[:300],
        "words": len(text.split()),
        "paid": False,
        "index": "",
    }
    told.update(fields)
    told["index"] = told["index"] or index_text(told["title"], text)
    return EntryData(**told)


def intent(entry, *, held=None, feed=1, time=None, first_seen=NOW, age_known=True):
    uid = held.uid if held else hashlib.sha256(f"{feed}\n{entry.key}".encode()).hexdigest()[:32]
    return EntryUpdateIntent(
        data=entry,
        uid=uid,
        time=time or (held.time if held else entry.published or first_seen),
        first_seen=held.first_seen if held else first_seen,
        age_known=age_known,
        held=held,
    )


@pytest.fixture
def make():
    """Makes values for the store: `make.feed`, `make.data`, `make.intent`."""

    class Make:
        now = NOW
        feed = staticmethod(new_feed)
        data = staticmethod(data)
        intent = staticmethod(intent)

    return Make


@pytest.fixture
def feed_id(conn):
    """A feed that is there."""
    return feeds.add_feed(conn, new_feed("https://example.org/feed"), now=NOW, due=NOW)


@pytest.fixture
def add(conn, feed_id):
    """Writes entries of the feed and gives them by key."""

    def write(*datas, **options):
        entries.apply_intents(conn, feed_id, [intent(each, **options) for each in datas])
        held = entries.find_held(conn, feed_id, [each.key for each in datas])
        found = entries.get_entries(conn, [each.entry_id for each in held.values()])
        return {each.key: found[held[each.key].entry_id] for each in datas}

    return write


@pytest.fixture
def member(conn):
    """A member who is there."""
    return members.add_member(conn, name="Ada", language="en")


@pytest.fixture
def other_member(conn):
    """Another member."""
    return members.add_member(conn, name="Ben", language=None)


@pytest.fixture
def group(conn):
    """The group of the instance."""
    return members.instance_group(conn)
