"""Each statement of storing may fail, once or from then on, in any way: nothing is half written, nothing lost."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from sqlalchemy import event, exc

from aggregator.errors import BroadsheetError
from aggregator.model.feed import FeedData, Validators
from aggregator.sources.job import ParsedDocument
from aggregator.store import entries, feeds, leases, maintenance
from aggregator.update.outcome import Arrived
from aggregator.update.pipeline import store
from aggregator.update.schedule import Wish

ENTRIES = 70
"""More than one transaction takes."""
KINDS = {"busy": (5, "55P03"), "full": (13, "53100"), "broken": (11, "XX000")}


class Cause(Exception):  # noqa: N818  # what a driver would raise
    def __init__(self, kind):
        self.sqlite_errorcode, self.sqlstate = KINDS[kind]
        self.sqlite_errorname = kind


@contextmanager
def failing(database, kind, place, *, on):
    """Let the statement or commit number `place` fail, and with `on` all after it; gives a list that counts them."""
    count = [0]

    def meet(*_):
        count[0] += 1
        if count[0] == place or (on and count[0] > place):
            cause = Cause(kind)
            if not database.path:
                cause.__dict__.pop("sqlite_errorcode")
            raise exc.OperationalError("", None, cause)

    engine = database._writers
    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, meet)
    try:
        yield count
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(engine, name, meet)


def document(make):
    datas = tuple(make.data(f"e{n}", text=f"about rain {n}") for n in range(ENTRIES))
    told = FeedData(title="Paper", site=None, language="en")
    return ParsedDocument(told, datas, tuple(each.raw_hash for each in datas), "rss-2.0")


def whole(database, feed_id):
    """Say how many entries a feed has, after a look at all that has to hold at any time."""
    assert maintenance.find_problems(database) == ()
    with database.read() as conn:
        held = entries.iter_entries(conn, feed_id=feed_id, limit=1_000)
        feed = feeds.get_feed(conn, feed_id)
    assert len({entry.guid for entry in held}) == len(held)
    # The validators are written last: with them all entries are there.
    assert feed.validators.etag is None or len(held) == ENTRIES
    return len(held)


def lease(database, now, feed_id):
    with database.write() as conn:
        (leased,) = leases.lease_these(
            conn, [feed_id], tried_before=now + timedelta(days=9), now=now, until=now, worker="w", limit=1
        )
        leases.release_leases(conn, "w")
    return leased


def put(database, make, now, feed_id):
    arrived = Arrived(lease(database, now, feed_id), document(make), Validators('"1"'), Wish(), None)
    return store(database, [arrived], now=now)


@pytest.mark.parametrize("on", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize("kind", KINDS)
def test_safety_62_any_statement_of_storing_may_fail(database, make, now, kind, on):
    feed_ids = iter(added(database, make, now))
    with failing(database, kind, 0, on=False) as count:
        put(database, make, now, next(feed_ids))
    assert count[0] >= 20  # fewer, and they are not met any more
    for place in range(1, count[0] + 1):
        feed_id = next(feed_ids)
        leased = lease(database, now, feed_id)
        arrived = Arrived(leased, document(make), Validators('"1"'), Wish(), None)
        with failing(database, kind, place, on=on), suppress(BroadsheetError):
            store(database, [arrived], now=now)
        whole(database, feed_id)
        put(database, make, now, feed_id)
        assert whole(database, feed_id) == ENTRIES


def added(database, make, now):
    with database.write() as conn:
        news = [make.feed(f"https://example.org/{n}") for n in range(100)]
        return feeds.add_feeds(conn, news, now=now, due=[now] * len(news)).values()
